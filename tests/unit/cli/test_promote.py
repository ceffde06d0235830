import json

import pytest

from framing.tracking import history, promotion
from tests.unit.cli.test_commands import framing, one_line  # noqa: F401 - a fixture

POOR = history.Entry(
    "2026-01-02T03:04:05+00:00",
    "refused",
    "0123456789abcdef",
    "minilm",
    "3",
    "2",
    "ada",
    "spring",
    (history.Reason("leak", True, "no leak", "none"), history.Reason("sides", False, "flips <= 0.02", "0.05")),
)


def test_the_champion_is_left_as_it_is_with_status_0(framing, champion):  # noqa: F811
    status, out, _ = framing("promote", "toy")

    assert status == 0
    assert out.startswith("champion already: run toy (")
    assert out.endswith("version 1; champion before: version 1\n")


def test_history_for_people_and_programs(framing, champion):  # noqa: F811
    status, out, _ = framing("promote", "--history")
    records = json.loads(framing("promote", "--history", "--json")[1])

    first = out.splitlines()[0]
    assert status == 0
    assert first.startswith(
        f"{records[0]['time']}  forced: run toy ({records[0]['run_id'][:8]}), version 1; why: first"
    )
    assert "    FAIL  beats metadata  macro F1 above metadata, interval above 0: not measured" in out
    assert (records[0]["decision"], records[0]["former"]) == ("forced", None)
    assert {"rule": "leak", "ok": True, "expected": "no test text seen in training", "found": "not marked leaky"} in (
        records[0]["reasons"]
    )


def test_an_empty_history_says_so(framing, store):  # noqa: F811
    assert framing("promote", "--history")[:2] == (0, "no decision yet\n")


def test_a_refusal_prints_every_rule_and_ends_with_status_2(framing, champion, monkeypatch):  # noqa: F811
    monkeypatch.setattr(promotion, "promote", lambda *a, **k: POOR)
    status, out, _ = framing("promote", "minilm")

    assert status == 2
    assert out.splitlines() == [
        "ok    leak   no leak: none",
        "FAIL  sides  flips <= 0.02: 0.05",
        "refused: run minilm (01234567), version 3; champion before: version 2; why: spring",
    ]
    status, out, _ = framing("promote", "minilm", "--json")
    assert (status, json.loads(out)) == (2, POOR.to_record())


def test_force_and_policy_and_why_reach_the_gate(framing, champion, monkeypatch):  # noqa: F811
    seen = {}
    monkeypatch.setattr(promotion, "promote", lambda client, run, policy, **k: seen.update(k, run=run) or POOR)
    framing("promote", "minilm", "--force", "--why", "spring", "--policy", "default")

    assert seen == {"run": "minilm", "force": "always", "why": "spring"}


def test_rollback_prints_where_it_went(framing, champion, monkeypatch):  # noqa: F811
    monkeypatch.setattr(promotion, "rollback", lambda client, why: POOR)

    assert framing("rollback", "--why", "spring")[1].splitlines()[-1].startswith("refused: run minilm")
    assert json.loads(framing("rollback", "--json")[1])["version"] == "3"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "a run or --history, found neither"),
        (["toy", "--history"], "either a run or --history, found both"),
        (["toy", "--force"], "a reason with --force, found none"),
        (["none"], "found none. Name a finished run"),
        (["toy", "--policy", "none"], "a policy among ['default'] or a .yaml file, found 'none'"),
        (["toy", "--policy", "none.yaml"], "a readable config none.yaml, found No such file"),
    ],
)
def test_mistakes_end_in_one_line(framing, champion, words, message):  # noqa: F811
    one_line(framing("promote", *words), message)


def test_rollback_with_nothing_to_go_back_to_ends_in_one_line(framing, champion):  # noqa: F811
    one_line(framing("rollback"), "a champion and a previous version to go back to")
