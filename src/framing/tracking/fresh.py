"""A logged model in a fresh process without network: does it still give the scores that its run recorded?

python -m framing.tracking.fresh MODEL SENTENCES SCORES   (what `reproduce` starts)
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import framing
from framing import taxonomy as taxonomies
from framing.data import dataset as datasets
from framing.data.files import write_jsonl
from framing.errors import FramingError
from framing.evaluation.facts import Artifact
from framing.schema import Sentence, from_record, to_record
from framing.tracking import evidence, runs, store

if TYPE_CHECKING:
    from mlflow import MlflowClient

SECONDS = 1800
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", **store.QUIET}
NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")


def reproduce(client: "MlflowClient", run_id: str) -> Artifact:
    """Score the run's test split again with its logged model, in another process, and compare with what it logged."""
    recorded = [json.loads(line) for line in runs.read_artifact(client, run_id, evidence.SCORES).splitlines()]
    try:
        sentences = sentences_of(client, run_id, "test")
    except FramingError as error:
        return Artifact(None, str(error))
    if [s.id for s in sentences] != [row["id"] for row in recorded]:
        return Artifact(None, "other sentences in the dataset than in the run's scores")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_jsonl(folder / "sentences.jsonl", map(to_record, sentences))
        if problem := _score_again(client, run_id, folder):
            return Artifact(float("inf"), problem)
        scores = np.load(folder / "scores.npy")
    return Artifact(_distance(scores, np.array([row["scores"] for row in recorded])))


def main(model: Path, sentences: Path, scores: Path) -> None:
    """The fresh process: load the logged model as MLflow does, read, write the scores."""
    sys.addaudithook(refuse_network)
    import mlflow

    loaded = mlflow.pyfunc.load_model(str(model)).unwrap_python_model().model
    rows = [from_record(json.loads(line)) for line in sentences.read_text(encoding="utf-8").splitlines()]
    np.save(scores, loaded.read(rows)[0])


def refuse_network(event: str, args: Any) -> None:
    """An audit hook: no name is resolved and nothing is connected to."""
    if event in NETWORK:
        raise ConnectionError(f"{event} while loading a model offline")


def sentences_of(client: "MlflowClient", run_id: str, split: str) -> list[Sentence]:
    """A split of the dataset that the run was made with; raises FramingError where it is gone or has changed."""
    config = json.loads(runs.read_artifact(client, run_id, "config.json"))
    test = json.loads(runs.read_artifact(client, run_id, runs.REPORT))["test"]
    with tempfile.TemporaryDirectory() as scratch:
        yaml = Path(scratch) / "taxonomy.yaml"
        yaml.write_text(runs.read_artifact(client, run_id, "taxonomy.yaml"), encoding="utf-8")
        data = datasets.load(_place(config["dataset"]), taxonomies.load(str(yaml)))
    data = data.restricted([row["label"] for row in test["labels"]])
    if data.digest != test["data_digest"]:
        raise FramingError(
            expected=f"data {test['data_digest'][:12]} in {config['dataset']}",
            found=data.digest[:12],
            fix="Train the run again, or check out its data.",
        )
    return list(data.splits[split])


def _place(dataset: str) -> Path:
    """The dataset folder, which a run names from its own current folder: here, or beside the store."""
    return Path(dataset) if Path(dataset).exists() else store.home().parent / dataset


def _model(client: "MlflowClient", run_id: str, scratch: Path) -> Path:
    """The folder of the logged model; a remote one is copied into `scratch`."""
    import mlflow

    uri = f"models:/{evidence.model_id(client, run_id)}"
    target = None if store.uri().startswith("sqlite:") else str(scratch)
    return Path(mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=target))


def _score_again(client: "MlflowClient", run_id: str, folder: Path) -> str:
    """Run `main` in another process on the files in `folder`; what went wrong, or nothing."""
    from mlflow.exceptions import MlflowException

    try:
        return _start(_model(client, run_id, folder), folder)
    except (MlflowException, OSError) as error:
        return f"the logged model is not there: {str(error).splitlines()[0]}"
    except subprocess.TimeoutExpired:
        return f"the model did not score within {SECONDS} s"


def _start(model: Path, folder: Path) -> str:
    path = os.pathsep.join([str(Path(framing.__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", __name__, str(model), "sentences.jsonl", "scores.npy"]
    done = subprocess.run(  # noqa: S603 - our own module, our own files
        command,
        cwd=folder,
        env={**os.environ, **OFFLINE, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode == 0:
        return ""
    return f"the model did not load or score: {(done.stderr.strip().splitlines() or ['no message'])[-1]}"


def _distance(scores: Any, recorded: Any) -> float:
    """The largest difference; infinite where a score is missing or no number."""
    if scores.shape != recorded.shape or not np.isfinite(scores).all():
        return float("inf")
    return float(np.abs(scores - recorded).max(initial=0.0))


if __name__ == "__main__":
    main(*(Path(word) for word in sys.argv[1:]))
