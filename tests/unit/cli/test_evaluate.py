import json

import pytest

from tests.unit.cli.test_commands import framing, one_line  # noqa: F401 - the fixture

CHAMPION = "models:/framing@champion"


@pytest.fixture
def evaluate(framing, champion):  # noqa: F811 - the fixture
    return lambda *words: framing("evaluate", CHAMPION, "toy", *words)


def test_evaluate_prints_the_score_sheet_of_the_split(evaluate):
    status, out, _ = evaluate("--split", "validation")

    assert status == 0
    assert "split `validation`" in out
    assert "Side-neutrality" not in out
    assert "Behaviour" not in out


def test_evaluate_adds_certificate_and_behaviour_where_asked(evaluate):
    _, out, _ = evaluate("--sides", "--behaviour")

    heads = [line for line in out.splitlines() if line.startswith("## ")]
    assert heads == ["## Side-neutrality certificate", "## Behaviour"]
    assert "TARVIA-QUELLIN" in out


def test_evaluate_judges_as_the_run_did(evaluate, champion):
    from framing.tracking import registry, runs
    from framing.tracking import store as tracking

    record = json.loads(evaluate("--json")[1])

    client = tracking.connect()
    kept = json.loads(runs.read_artifact(client, registry.champion(client).run_id, "reports.json"))["test"]
    assert set(record) == {"report"}
    assert record["report"]["data_digest"] == kept["data_digest"]
    assert record["report"]["macro_f1"][0] == kept["macro_f1"][0]


def test_evaluate_writes_files_and_a_model_folder_gives_the_same(evaluate, framing, champion, tmp_path):  # noqa: F811
    from framing.tracking import resolved

    status, out, _ = evaluate("--sides", "--behaviour", "--json", "--out", tmp_path)
    record = json.loads(out)
    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert status == 0
    assert set(written) == {"sheet.md", "report.json", "sides.json", "behaviour.json"}
    assert json.loads(written["sides.json"]) == record["sides"]
    assert "## Behaviour" in written["sheet.md"]

    folder, _ = resolved.recall(CHAMPION)
    again = json.loads(framing("evaluate", folder, "toy", "--sides", "--behaviour", "--json")[1])
    assert again == record


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["none", "toy"], "a model folder with framing.json"),
        ([CHAMPION, "none"], "a dataset folder with manifest.json"),
        ([CHAMPION, "toy", "--taxonomy", "none"], "a taxonomy among"),
        ([CHAMPION, "toy", "--out", "/proc/none"], "a place to write"),
    ],
)
def test_what_cannot_be_evaluated_ends_in_one_line(framing, champion, words, message):  # noqa: F811
    one_line(framing("evaluate", *words), message)


def test_a_split_that_is_none_ends_with_status_2(evaluate):
    assert evaluate("--split", "all")[0] == 2
