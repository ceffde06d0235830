import json
import os
import subprocess
import sys

import pytest

from framing.answer import answer, to_documents
from framing.tracking import registry, runs
from framing.tracking import store as tracking

TEXT = "Its men had liberated hamlet 5, the general said. Rain fell."
FRESH = """
import json, sys
import mlflow
mlflow.set_tracking_uri(sys.argv[1])
model = mlflow.pyfunc.load_model("models:/framing@champion")
found = model.predict([{"id": "a", "text": sys.argv[2]}])
print(json.dumps(found))
print(json.dumps(model.predict([{"text": sys.argv[2]}], params={"unit": "sentence"})))
print(model.metadata.signature.inputs.to_json())
"""


def test_the_pyfunc_answers_in_a_fresh_process_offline(champion):
    command = [sys.executable, "-c", FRESH, tracking.uri(), TEXT]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "HF_HUB_OFFLINE": "1", **tracking.QUIET}
    )

    found, one, signature = map(json.loads, done.stdout.splitlines())
    model = registry.load("models:/framing@champion")
    assert found == json.loads(json.dumps(answer(model, to_documents([("a", TEXT)]))["documents"]))
    assert len(one[0]["sentences"]) == 1
    assert "text" in json.dumps(signature)


def test_nothing_pickled_is_logged(champion):
    files = [path for path in (champion / "runs" / "artifacts").rglob("*") if path.is_file()]

    assert any(path.name == "framing.json" for path in files)
    assert [path for path in files if path.suffix in {".pkl", ".pickle", ".joblib", ".bin", ".pt"}] == []


def test_the_logged_model_names_pinned_requirements(champion):
    path = next((champion / "runs" / "artifacts").rglob("requirements.txt"))
    lines = path.read_text(encoding="utf-8").splitlines()

    assert {line.split("==")[0] for line in lines} >= {"framing", "mlflow", "torch", "scikit-learn", "safetensors"}
    assert all("==" in line for line in lines)


def test_a_version_and_a_run_are_found_as_well(champion):
    version = registry.champion(tracking.connect())

    assert registry.load("models:/framing/1").facts["run_id"] == version.run_id
    assert registry.load(f"models:/{version.source.removeprefix('models:/')}").kind == "linear"


@pytest.mark.parametrize(("label", "kept"), [("Name_Calling,Labeling", "Name_Calling_Labeling"), ("a/b", "a/b")])
def test_names_that_mlflow_refuses_are_mended(label, kept):
    assert runs.NOT_IN_KEYS.sub("_", label) == kept


def test_eight_processes_may_start_on_a_new_store(store):
    (store / "runs" / tracking.DATABASE).unlink()
    code = "from framing.tracking import store; store.experiment(store.connect(), 'x')"
    processes = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(8)]

    assert [process.wait() for process in processes] == [0] * 8, [process.stderr.read() for process in processes]
    for process in processes:
        process.stderr.close()
