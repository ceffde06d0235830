"""`torchrun` and `accelerate launch` on the CPU: two processes learn what one does from the same batches."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from framing.errors import FramingError
from framing.models import checkpoint, processes
from framing.models.batching import LengthBatches
from framing.tracking import store as tracking
from tests.conftest import ROOT
from tests.flow.conftest import weights

TORCHRUN = ["torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m"]
ACCELERATE = ["accelerate.commands.launch", "--multi_gpu", "--num_processes", "2", "--mixed_precision", "no", "-m"]

KILLED = """
import os
import signal
import sys
from pathlib import Path
from framing import config, pipeline
from framing.models import processes, training

class Killed(training.KeepBest):
    def on_step_end(self, args, state, control, **more):
        super().on_step_end(args, state, control, **more)
        if processes.rank() and state.global_step == 11:
            os.kill(os.getpid(), signal.SIGKILL)

training.KeepBest = Killed
loaded = config.load(Path(sys.argv[1]), sys.argv[2:])
pipeline.assist(loaded) if processes.rank() else pipeline.train(loaded)
"""


@pytest.fixture
def config(dataset, tiny_base, tmp_path):
    """A training without dropout, whose batches of five do not part evenly among two processes."""
    base = shutil.copytree(tiny_base, tmp_path / "base")
    settings = json.loads((base / "config.json").read_text())
    settings |= {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    (base / "config.json").write_text(json.dumps(settings))
    path = tmp_path / "config.yaml"
    path.write_text(
        f"run: toy\ndataset: {dataset}\nthreads: 1\ndraws: 100\nmodel:\n  kind: encoder\n  base: {base}\n"
        "  epochs: 12\n  patience: 12\n  batch_size: 5\n  max_length: 32\n  learning_rate: 1.0e-3\n"
    )
    return path


def call(*arguments):
    """A command with `python -m`, as a user has it; its exit status and what it says."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    return done.returncode, done.stdout + done.stderr


def learnt(name):
    """The weights of the newest run of that name, which has ended well."""
    client = tracking.connect()
    chosen = f"attributes.run_name = '{name}' and attributes.status = 'FINISHED'"
    run, *_ = client.search_runs([tracking.experiment(client, "framing")], chosen)
    return weights(run.info.run_id)


def test_two_processes_learn_what_one_does(config):
    for launcher, name in (([], "one"), (TORCHRUN, "two")):
        status, said = call(*launcher, "framing.cli.main", "train", config, f"run={name}")
        assert status == 0, said

    client = tracking.connect()
    found = {r.info.run_name: r for r in client.search_runs([tracking.experiment(client, "framing")])}
    assert sorted(found) == ["one", "two"]
    for name in ("train/loss", "val/macro_ap"):
        one, two = (client.get_metric_history(found[run].info.run_id, name) for run in ("one", "two"))
        assert [m.step for m in one] == [m.step for m in two]
        assert len(one) >= 2
        assert [m.value for m in two] == pytest.approx([m.value for m in one], rel=1e-3, abs=1e-4)


def test_several_processes_train_one_run_only(config):
    status, said = call(*ACCELERATE, "framing.cli.main", "train", config, "--seeds", "1,2")

    assert status != 0
    assert "expected one process for --seeds, found 2. Call it without torchrun." in said


def test_two_processes_of_which_one_is_killed_go_on_where_they_were(config, tmp_path):
    cut = tmp_path / "cut.py"
    cut.write_text(KILLED)
    settings = ["model.epochs=5", "run=cut"]
    status, said = call(*TORCHRUN, "framing.cli.main", "train", config, *settings, "run=whole")
    assert status == 0, said
    whole = learnt("whole")

    for every, newest in ((3, 9), (0, 7)):  # within an epoch, and at the end of one
        status, said = call(*TORCHRUN[:-1], cut, config, *settings, f"model.checkpoint_steps={every}")
        assert status != 0
        (folder,) = (tracking.home() / "checkpoints").iterdir()
        assert checkpoint.newest(folder).name == f"checkpoint-{newest}"
        status, said = call(*TORCHRUN, "framing.cli.main", "train", "--resume", folder.name)
        assert status == 0, said

        found = learnt("cut")
        assert max(abs(whole[name] - found[name]).max() for name in whole) < 1e-4


def test_a_checkpoint_that_only_the_first_process_sees_is_refused(tmp_path):
    with pytest.raises(FramingError, match=r"checkpoint-9, for every process to read, found none on this machine"):
        checkpoint.check_seen(tmp_path / "checkpoint-9")


def test_every_row_is_read_once_and_a_short_batch_by_all(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    shares = []
    for rank in ("0", "1"):
        monkeypatch.setenv("RANK", rank)
        shares.append(list(LengthBatches([3, 5, 4, 9, 7, 6, 8], batch_size=3, seed=1)))

    for first, second in zip(*shares, strict=True):
        assert (first == second and len(first) == 1) or not set(first) & set(second)
    assert {row for share in shares for batch in share for row in batch} == set(range(7))
    assert processes.share([4]) == [4]
