import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlparse

import pytest

from framing import pipeline
from framing import reproduce as reproduction
from framing.cli import main
from framing.data import dataset as datasets
from framing.data import gold
from framing.errors import FramingError
from framing.reproduce import Reproduction, require
from framing.tracking import store as tracking


def quiet(line):
    pass


@pytest.fixture
def outcome(made):
    return pipeline.train(made(), say=quiet)


def reproduce(run_id, **more):
    return reproduction.reproduce(run_id, say=quiet, **more)


def artifact(run_id, name):
    return Path(urlparse(tracking.connect().get_run(run_id).info.artifact_uri).path) / name


def logged_model(outcome):
    return next((artifact(outcome.run_id, "").parents[1]).rglob("framing.json"))


@pytest.mark.parametrize("scores_only", [False, True])
def test_a_linear_run_comes_out_again(outcome, scores_only):
    result = reproduce(outcome.run_id, scores_only=scores_only)

    assert result.holds
    assert result.largest <= 5.1e-7  # the rounding of the record
    assert result.retrained is not scores_only
    assert result.scores == (outcome.test.sentences + outcome.validation.sentences) * len(outcome.test.labels)
    assert result.changed == ()
    require(result)


def test_a_tampered_score_is_found_at_its_sentence(outcome):
    path = artifact(outcome.run_id, "test_scores.jsonl")
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    row = json.loads(first)
    row["scores"][0] += 0.25
    path.write_text("\n".join([json.dumps(row), *rest]) + "\n", encoding="utf-8")

    result = reproduce(outcome.run_id)
    assert result.largest == pytest.approx(0.25, abs=1e-6)
    with pytest.raises(FramingError, match=rf"found a difference of 0\.25\S* at sentence {row['id']}\. Distrust"):
        require(result)


def test_scores_of_other_sentences_are_no_match(outcome):
    path = artifact(outcome.run_id, "test_scores.jsonl")
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[1:]), encoding="utf-8")

    with pytest.raises(FramingError, match="a difference of inf at the sentences of test"):
        require(reproduce(outcome.run_id))


def test_tampered_weights_and_thresholds_are_found(outcome):
    path = logged_model(outcome)
    facts = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(
        json.dumps({**facts, "decisions": {**facts["decisions"], "slope": [9.0] * len(facts["decisions"]["slope"])}}),
        encoding="utf-8",
    )
    assert not reproduce(outcome.run_id, scores_only=True).holds

    facts["decisions"]["thresholds"][0] += 0.1
    path.write_text(json.dumps(facts), encoding="utf-8")
    with pytest.raises(
        FramingError, match=r"a difference of 0\.1 at the threshold of liberation\. Distrust that model"
    ):
        reproduce(outcome.run_id, scores_only=True)


def test_other_data_is_refused(outcome, dataset):
    article = next((dataset / "articles").glob("*.txt"))
    article.write_text(article.read_text(encoding="utf-8").replace("Rain fell", "Snow fell"), encoding="utf-8")
    gold.compile_folder(dataset, "conflict")

    with pytest.raises(FramingError, match=r"the data in .*toy of run .* Restore what the run was trained on"):
        reproduce(outcome.run_id)


def test_another_split_is_refused(outcome, dataset, conflict):
    data = datasets.load(dataset, conflict)
    train, test = data.splits["train"], data.splits["test"]
    moved = [s for s in train if s.document == train[0].document]
    kept = [s for s in train if s.document != train[0].document]
    datasets.save(replace(data, splits={**data.splits, "train": kept, "test": [*test, *moved]}), dataset, {})

    with pytest.raises(FramingError, match=r"the split of .*toy of run"):
        reproduce(outcome.run_id)


def test_another_taxonomy_is_refused(outcome):
    path = artifact(outcome.run_id, "taxonomy.yaml")
    path.write_text(path.read_text(encoding="utf-8").replace("title:", "title: Other", 1), encoding="utf-8")

    with pytest.raises(FramingError, match="the taxonomy 'conflict' of run"):
        reproduce(outcome.run_id)


def test_other_code_and_packages_are_named_and_the_scores_decide(outcome, monkeypatch):
    path = artifact(outcome.run_id, "packages.json")
    packages = json.loads(path.read_text(encoding="utf-8"))
    old = dict.fromkeys(list(packages)[:6], "0.0")
    path.write_text(json.dumps({**packages, **old}), encoding="utf-8")
    monkeypatch.setattr(reproduction, "code_commit", lambda: "f" * 40)

    result = reproduce(outcome.run_id, scores_only=True)
    code, first, *_, more = result.changed
    assert result.holds
    assert code.endswith("-> ffffffffffff")
    assert first == f"{min(old)} 0.0 -> {packages[min(old)]}"
    assert more == "2 packages more"
    require(result)


def test_a_difference_under_other_code_names_the_code():
    result = Reproduction("r", True, 9, 0.5, "sentence s", ("code aaa -> bbb",))

    with pytest.raises(FramingError, match=r"changed since: code aaa -> bbb\. Check out the recorded commit"):
        require(result)


def test_a_run_that_is_not_there_and_one_without_a_record_are_refused(outcome):
    with pytest.raises(FramingError, match=r"a finished training run none .* `framing train` finished"):
        reproduce("none")
    artifact(outcome.run_id, "reports.json").unlink()
    with pytest.raises(FramingError, match="with a whole record"):
        reproduce(outcome.run_id)


def test_the_command_ends_with_0_or_with_2_and_one_line(outcome, monkeypatch, capsys):
    def framing(*words):
        monkeypatch.setattr(sys, "argv", ["framing", "reproduce", outcome.run_id, *words])
        try:
            main.run()
        except SystemExit as end:
            return end.code or 0, capsys.readouterr()

    status, shown = framing("--scores-only")
    assert status == 0
    assert "judged again: " in shown.out
    status, shown = framing("--scores-only", "--json")
    assert json.loads(shown.out)["reproduced"] is True

    rows = artifact(outcome.run_id, "test_scores.jsonl")
    shutil.copy(artifact(outcome.run_id, "validation_scores.jsonl"), rows)
    status, shown = framing("--scores-only", "--json")
    assert (status, len(shown.err.splitlines())) == (2, 1)
    assert shown.err.startswith("framing: expected the scores of run")
    assert json.loads(shown.out)["reproduced"] is False
