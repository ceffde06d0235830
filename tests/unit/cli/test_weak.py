import json
import subprocess
import sys

import pytest

from framing.cli import main

OWN = """
from framing.data.weak.functions import ABSTAIN


def rain(sentence):
    return None if "Rain" in sentence.text else ABSTAIN
"""


@pytest.fixture
def framing(capsys, monkeypatch):
    """Run a command; returns exit status, standard output and standard error."""

    def framing(*words):
        monkeypatch.setattr(sys, "argv", ["framing", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main.run()
        return end.value.code or 0, *capsys.readouterr()

    return framing


@pytest.fixture
def pool(tmp_path):
    path = tmp_path / "pool.jsonl"
    path.write_text('{"text": "Its men liberated the town."}\n{"text": "Rain fell."}\n', encoding="utf-8")
    return path


def test_label_with_own_functions_and_gold(framing, champion, pool, tmp_path):
    own = tmp_path / "own.py"
    own.write_text(OWN, encoding="utf-8")

    status, out, _ = framing(
        "label", pool, "-o", tmp_path / "weak.jsonl", "--functions", own, "--aggregate", "dawid-skene", "--gold", "toy",
        "--analysis",
    )  # fmt: skip

    rows = [json.loads(line) for line in (tmp_path / "weak.jsonl").read_text().splitlines()]
    assert status == 0
    assert [row["labels"] for row in rows] == [["liberation"], []]
    assert "2 sentences: liberation 1" in out
    assert "majority vote: macro F1" in out
    assert "| rain " in out


def test_label_for_programs(framing, pool, tmp_path):
    status, out, _ = framing("label", pool, "-o", tmp_path / "weak.jsonl.gz", "--json")

    assert (status, json.loads(out)["labels"]["liberation"], json.loads(out)["verdict"]) == (0, 1, None)


def test_a_users_mistakes_are_one_line_and_status_2(framing, pool, tmp_path):
    status, _, err = framing("label", pool, "-o", tmp_path / "w.jsonl", "--functions", tmp_path / "none.py")

    assert (status, err.count("\n")) == (2, 1)
    assert "a Python file" in err


def test_audit_writes_table_json_and_an_mlflow_run(framing, champion, tmp_path):
    import mlflow

    status, out, err = framing("data", "audit", "toy", "--out", tmp_path / "audit", "--mlflow")

    (run,) = mlflow.search_runs(experiment_names=["framing-audits"], output_format="list")
    record = json.loads((tmp_path / "audit" / "audit.json").read_text())
    assert status == 0
    assert out.rstrip("\n") == (tmp_path / "audit" / "audit.md").read_text().rstrip("\n")
    assert (tmp_path / "audit" / "likely_errors.jsonl").is_file()
    assert f"logged as run {run.info.run_id}" in err
    assert run.data.metrics["audit/macro_f1/text"] == pytest.approx(record["views"][0]["macro_f1"][0])
    assert json.loads(mlflow.artifacts.load_text(f"{run.info.artifact_uri}/audit.json")) == record


def test_audit_for_programs(framing, champion):
    status, out, _ = framing("data", "audit", "toy", "--json")

    assert (status, json.loads(out)["sentences"]) == (0, 60)


def test_help_of_the_commands_loads_nothing_heavy():
    code = (
        "import sys; from framing.cli import main; "
        "sys.exit(sorted({'torch', 'mlflow', 'sklearn', 'scipy'} & set(sys.modules)) or 0)"
    )

    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
