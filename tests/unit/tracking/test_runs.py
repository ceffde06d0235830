"""What runs log, where another run logs the same at the same moment."""

import mlflow
import pytest
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import BAD_REQUEST, INTERNAL_ERROR

from framing.tracking import runs
from framing.tracking import store as tracking

ROWS = [{"id": "a-1", "labels": ["liberation"]}]


@pytest.fixture
def refused_once(monkeypatch):
    """The first of two runs that insert the same dataset: the store lets the other one in."""
    logged, asked = mlflow.log_input, []

    def log_input(*args, **kwargs):
        asked.append(args)
        if len(asked) == 1:
            raise MlflowException("duplicate key value violates unique constraint", error_code=BAD_REQUEST)
        logged(*args, **kwargs)

    monkeypatch.setattr(mlflow, "log_input", log_input)
    return asked


@pytest.fixture
def inside(store):
    client = tracking.connect()
    with runs.run(tracking.experiment(client, "toy"), "one", {}) as run_id:
        yield client, run_id


def test_the_dataset_that_another_run_inserts_first_is_linked(inside, refused_once):
    client, run_id = inside

    runs.log_dataset("toy", "ab" * 32, ROWS, "test")

    linked = client.get_run(run_id).inputs.dataset_inputs
    assert [one.dataset.name for one in linked] == ["toy/test"]
    assert len(refused_once) == 2


@pytest.mark.parametrize(
    ("code", "times"), [(BAD_REQUEST, 2), (INTERNAL_ERROR, 1)], ids=["BAD_REQUEST", "INTERNAL_ERROR"]
)
def test_what_stays_refused_is_raised(inside, monkeypatch, code, times):
    asked = []

    def log_input(*args, **kwargs):
        asked.append(args)
        raise MlflowException("no", error_code=code)

    monkeypatch.setattr(mlflow, "log_input", log_input)
    with pytest.raises(MlflowException, match="no"):
        runs.log_dataset("toy", "ab" * 32, ROWS, "test")
    assert len(asked) == times
