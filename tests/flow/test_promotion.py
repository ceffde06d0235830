"""Promotion on a copy of the trained project's store: runs are copies of its one run with other artifacts."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from framing.config import load_policy
from framing.errors import FramingError
from framing.evaluation.facts import Artifact
from framing.evaluation.gate import Reason
from framing.tracking import evidence, fresh, history, promotion, registry, runs
from framing.tracking import store as tracking

POLICY = load_policy()
EASY = POLICY.model_copy(update={"optional": ("slices",), "calibration_error": 1.0})
"""The trained champion logged no slices, and four test sentences calibrate nothing."""
COPIED = ("README.md", "reports.json", "test_scores.jsonl", "budget.json", "config.json", "taxonomy.yaml")
EVIDENCE = {
    "sides.json": {"flip_rate": [0.0, 0.0, 0.01], "moved": 0.0, "signed": [0.0, -0.01, 0.01], "sentences": 9},
    "behaviour.json": {"cases": 10, "pass_rate": 0.9, "rows": []},
    "slices.json": [
        {"slice": "voice", "value": "direct", "sentences": 60, "documents": 9, "micro_f1": [0.5, 0.4, 0.6]}
    ],
}


@pytest.fixture
def client(trained_project, store):
    (store / "runs").mkdir(exist_ok=True)
    shutil.copy(trained_project / "runs" / "mlflow.db", store / "runs" / "mlflow.db")
    shutil.copytree(trained_project / "toy", store / "toy")
    return tracking.connect()


@pytest.fixture
def copied(client):
    """A run with the artifacts of the trained one, but for those that are given; None leaves one out."""
    first = registry.champion(client).run_id
    base = {name: runs.read_artifact(client, first, name) for name in COPIED}
    experiment, tags = client.get_run(first).info.experiment_id, client.get_run(first).data.tags

    def copied(name, *, status="FINISHED", kind="encoder", files=None):
        known = {runs.KIND: kind, runs.DATA: tags[runs.DATA]}
        run = client.create_run(experiment, run_name=name, tags=known)
        texts = base | {k: v if v is None or isinstance(v, str) else json.dumps(v) for k, v in (files or {}).items()}
        for file, text in texts.items():
            if text is not None:
                client.log_text(run.info.run_id, text, file)
        client.set_terminated(run.info.run_id, status)
        return run.info.run_id

    copied.base = base
    return copied


@pytest.fixture
def good(copied):
    """A run that finds every gold label, beside baselines that find none, under a champion with slices."""
    rows = [json.loads(line) for line in copied.base["test_scores.jsonl"].splitlines()]
    none = "".join(json.dumps({**row, "decided": []}) + "\n" for row in rows)
    perfect = "".join(json.dumps({**row, "decided": row["gold"]}) + "\n" for row in rows)
    for kind in ("metadata", "linear"):
        copied(kind, kind=kind, files={"test_scores.jsonl": none})
    return copied("good", files={"test_scores.jsonl": perfect, **EVIDENCE})


@pytest.fixture
def quick(monkeypatch):
    """Without the fresh process, which tests of its own start."""
    monkeypatch.setattr(fresh, "reproduce", lambda *a: Artifact(0.0))


def aliases(client):
    return {name: str(version) for name, version in client.get_registered_model(registry.NAME).aliases.items()}


def test_a_run_that_passes_becomes_champion_and_the_former_previous(client, good):
    client.log_text(good, '{"bytes": 9, "milliseconds": 0.001}', "budget.json")
    entry = promotion.promote(client, "good", EASY, why="for the spring")

    version = client.get_model_version(registry.NAME, entry.version)
    assert [reason for reason in entry.reasons if not reason.ok] == []
    assert (entry.decision, entry.run_id, entry.version, entry.former) == ("promoted", good, "2", "1")
    assert aliases(client) == {"champion": "2", "previous": "1"}
    assert version.tags["gate.status"] == client.get_run(good).data.tags["gate.status"] == "promoted"
    assert json.loads(version.tags["gate.report"])["why"] == "for the spring"
    assert version.tags["gate.time"] == entry.time


def test_a_run_that_fails_leaves_the_champion_and_its_refusal_is_kept(client, copied, quick):
    poor = copied("poor")
    entry = promotion.promote(client, poor, POLICY)

    kept = history.entries(client)
    version = client.get_model_version(registry.NAME, "2")
    failed = {reason.rule for reason in entry.reasons if not reason.ok}
    assert (entry.decision, aliases(client)) == ("refused", {"champion": "1"})
    assert failed >= {"beats metadata", "sides", "behaviour", "slices"}
    assert [(e.decision, e.version) for e in kept] == [("forced", "1"), ("refused", "2")]
    assert {r.rule for r in kept[1].reasons if not r.ok} == failed
    assert version.tags["gate.status"] == client.get_run(poor).data.tags["gate.status"] == "refused"


def test_a_forced_run_is_promoted_with_its_reasons_and_its_why(client, copied, quick):
    poor = copied("poor")
    refused = promotion.promote(client, poor, POLICY)
    entry = promotion.promote(client, poor, POLICY, force="always", why="the old one is withdrawn")

    assert (refused.decision, entry.decision) == ("refused", "forced")
    assert refused.version == entry.version == "2"
    assert aliases(client) == {"champion": "2", "previous": "1"}
    assert history.entries(client)[-1].why == "the old one is withdrawn"
    assert any(not reason.ok for reason in history.entries(client)[-1].reasons)


def test_the_first_is_forced_only_while_there_is_no_champion(client, copied, quick):
    poor = copied("poor")
    refused = promotion.promote(client, poor, POLICY, force="first", why="nothing answers")
    client.delete_registered_model_alias(registry.NAME, "champion")
    forced = promotion.promote(client, poor, POLICY, force="first", why="nothing answers")

    assert (refused.decision, refused.why) == ("refused", "")
    assert (forced.decision, forced.why) == ("forced", "nothing answers")


def test_the_champion_itself_is_left_as_it_is(client):
    before = history.entries(client)
    entry = promotion.promote(client, "toy", POLICY)

    assert (entry.decision, entry.version) == ("unchanged", "1")
    assert history.entries(client) == before


def test_rollback_swaps_and_swaps_again_and_is_kept(client, copied, quick):
    poor = copied("poor")
    promotion.promote(client, poor, POLICY, force="always", why="a trial")
    back = promotion.rollback(client, "the trial is over")

    assert (back.decision, back.run, back.version, back.former) == ("rolled back", "toy", "1", "2")
    assert aliases(client) == {"champion": "1", "previous": "2"}
    assert client.get_model_version(registry.NAME, "2").tags["gate.status"] == "rolled back"
    assert client.get_model_version(registry.NAME, "1").tags["gate.status"] == "restored"
    assert client.get_run(poor).data.tags["gate.status"] == "rolled back"
    promotion.rollback(client)
    assert aliases(client) == {"champion": "2", "previous": "1"}
    assert [e.decision for e in history.entries(client)] == ["forced", "forced", "rolled back", "rolled back"]


def test_rollback_works_when_the_run_of_the_previous_version_is_gone(client, copied, quick):
    first = registry.champion(client).run_id
    promotion.promote(client, copied("poor"), POLICY, force="always", why="a trial")
    client.delete_run(first)

    assert promotion.rollback(client).version == "1"
    assert aliases(client)["champion"] == "1"


def test_rollback_without_a_previous_version_is_refused(client):
    with pytest.raises(FramingError, match="a champion and a previous version to go back to, found no previous"):
        promotion.rollback(client)


def test_rollback_without_a_champion_is_refused(client):
    client.delete_registered_model_alias(registry.NAME, "champion")

    with pytest.raises(FramingError, match="found no champion"):
        promotion.rollback(client)


@pytest.mark.parametrize(
    ("force", "why", "words"),
    [("always", " ", "a reason with --force, found none"), ("never", "x" * 301, "at most 300 characters, found 301")],
)
def test_force_without_a_reason_and_long_reasons_are_refused(client, force, why, words):
    with pytest.raises(FramingError, match=words):
        promotion.promote(client, "toy", POLICY, force=force, why=why)


def test_a_run_without_decisions_is_refused(client, copied):
    old = copied("old", files={"test_scores.jsonl": '{"id": "a", "scores": [0.5]}\n'})

    with pytest.raises(FramingError, match=r"decisions in test_scores.jsonl, found run 'old' without them"):
        promotion.promote(client, old, POLICY)


def test_unreadable_evidence_is_refused_of_a_candidate_and_left_out_of_a_champion(client, copied, caplog):
    odd = copied("odd", files={"sides.json": {"flips": 1}})

    with pytest.raises(FramingError, match=r"sides.json of run \w+ as this version of framing writes it"):
        promotion.promote(client, odd, POLICY)
    assert evidence.read(client, client.get_run(odd)).sides is None
    assert "sides.json" in caplog.text


def test_evidence_is_read_as_it_was_logged(client, good):
    facts = evidence.read(client, client.get_run(good), baselines=("metadata", "linear", "rules"))

    assert (facts.sides.flip_rate, facts.sides.signed) == (0.0, (0.0, -0.01, 0.01))
    assert (facts.behaviour.pass_rate, facts.behaviour.cases) == (0.9, 10)
    assert (facts.slices["voice=direct"].sentences, facts.slices["voice=direct"].micro_f1) == (60, 0.5)
    assert facts.budget.bytes > 1000
    assert facts.budget.milliseconds > 0
    assert set(facts.baselines) == {"metadata", "linear"}
    assert (facts.rows.decided == facts.rows.gold).all()
    assert facts.rows.gold.sum() == sum(row.support for row in facts.report.labels)
    assert not facts.baselines["linear"].decided.any()
    assert not facts.leaky
    client.set_tag(good, runs.LEAKY, "true")
    assert evidence.read(client, client.get_run(good)).leaky


def test_a_champion_whose_run_is_gone_is_not_measured(client, copied, quick):
    source = registry.champion(client).source
    stray = client.create_model_version(registry.NAME, source=source, run_id="f" * 32)
    client.set_registered_model_alias(registry.NAME, "champion", stray.version)
    entry = promotion.promote(client, copied("poor"), POLICY)

    assert {"data", "labels", "champion"} <= {r.rule for r in entry.reasons if r.found == "not measured"}


def test_the_logged_model_gives_its_recorded_scores_in_a_fresh_process(client):
    artifact = fresh.reproduce(client, registry.champion(client).run_id)

    assert artifact.problem == ""
    assert artifact.difference <= 1e-6


def test_changed_scores_are_noticed(client, copied):
    rows = [json.loads(line) for line in copied.base["test_scores.jsonl"].splitlines()]
    rows[0]["scores"][0] += 0.01
    tampered = copied("tampered", files={"test_scores.jsonl": "".join(json.dumps(row) + "\n" for row in rows)})

    assert fresh.reproduce(client, tampered).difference == pytest.approx(0.01, abs=1e-6)


def test_a_model_that_does_not_load_or_is_gone_fails(client, copied, tmp_path, monkeypatch):
    run = registry.champion(client).run_id
    with monkeypatch.context() as patch:
        patch.setattr(fresh, "_model", lambda *a: tmp_path)
        broken = fresh.reproduce(client, run)
    record = json.loads(copied.base["reports.json"]) | {"model_id": "m-" + "0" * 32}
    gone = fresh.reproduce(client, copied("gone", files={"reports.json": record}))

    assert broken.difference == gone.difference == float("inf")
    assert "the model did not load or score" in broken.problem
    assert "the logged model is not there" in gone.problem


def test_a_model_that_takes_for_ever_fails(client, monkeypatch):
    monkeypatch.setattr(fresh, "SECONDS", 0.01)

    assert "did not score within" in fresh.reproduce(client, registry.champion(client).run_id).problem


def test_without_its_data_a_model_cannot_be_tried(client, copied):
    run = registry.champion(client).run_id
    lines = copied.base["test_scores.jsonl"].splitlines(keepends=True)
    fewer = fresh.reproduce(client, copied("fewer", files={"test_scores.jsonl": "".join(lines[1:])}))
    record = json.loads(copied.base["reports.json"])
    record["test"]["data_digest"] = "0" * 64
    other = fresh.reproduce(client, copied("other", files={"reports.json": record}))
    shutil.rmtree("toy")
    absent = fresh.reproduce(client, run)

    assert fewer.difference is other.difference is absent.difference is None
    assert fewer.problem == "other sentences in the dataset than in the run's scores"
    assert "expected data 000000000000 in toy" in other.problem
    assert "a dataset folder with manifest.json" in absent.problem


def test_scores_of_another_shape_or_without_a_number_are_infinitely_far():
    one = np.zeros((2, 2))

    assert fresh._distance(one, np.zeros((2, 3))) == fresh._distance(one * np.nan, one) == float("inf")


@pytest.mark.parametrize("event", fresh.NETWORK)
def test_the_fresh_process_has_no_network(event):
    fresh.refuse_network("open", ())
    with pytest.raises(ConnectionError, match=event):
        fresh.refuse_network(event, ())


def test_a_socket_is_really_refused_in_a_process_with_the_hook():
    code = (
        "import sys, socket; from framing.tracking import fresh; sys.addaudithook(fresh.refuse_network);"
        "socket.create_connection(('127.0.0.1', 9))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "while loading a model offline" in done.stderr


RACE = """
import sys
from framing.config import load_policy
from framing.tracking import evidence, promotion, store
from framing.tracking.lookup import find_run
client = store.connect()
facts = evidence.read(client, find_run(client, sys.argv[1]))
promotion.settle(client, facts, load_policy(), force="always", why="a race")
"""


@pytest.mark.parametrize("count", [3, pytest.param(8, marks=pytest.mark.slow)])
def test_processes_that_promote_at_once_follow_one_another(client, copied, count):
    names = [copied(f"runner-{n}") for n in range(count)]
    started = [subprocess.Popen([sys.executable, "-c", RACE, name], stderr=subprocess.PIPE) for name in names]
    ended = [(process.communicate()[1], process.returncode) for process in started]

    kept = history.entries(client)
    assert [code for _, code in ended] == [0] * count, ended
    assert {entry.run_id for entry in kept[1:]} == set(names)
    assert [entry.former for entry in kept] == [None, *(entry.version for entry in kept[:-1])]
    assert aliases(client) == {"champion": kept[-1].version, "previous": kept[-2].version}
    assert len({entry.version for entry in kept}) == count + 1


def test_history_tags_hold_the_longest_decision(client):
    reasons = tuple(Reason("beats metadata", False, "ä" * 500, '"' * 500) for _ in range(14))
    entry = history.Entry(
        "2026-01-01T00:00:00+00:00", "refused", "r" * 32, "n" * 200, "1", None, "me", "w" * 300, reasons
    )
    history.append(client, entry)

    (kept,) = history.entries(client)[-1:]
    assert len(entry.to_tag()) <= history.LONGEST_TAG
    assert kept.reasons[0].expected == "ä" * 59 + "…"
    assert kept.why == "w" * 300
