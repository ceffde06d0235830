"""The examples for clusters: held against the schemas of those who will read them."""

import os
import re
import stat
import subprocess

import jsonschema
import kubernetes_validate
import pytest
import yaml
from torch.distributed.run import get_args_parser
from typer.testing import CliRunner

from framing.cli.main import app
from tests.conftest import ROOT

SBATCH = ROOT / "examples" / "train.sbatch"
KUBERNETES = list(yaml.safe_load_all((ROOT / "examples" / "train.yaml").read_text(encoding="utf-8")))
NUMBER = {"type": "string", "pattern": r"^[1-9]\d*$"}
OPTIONS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["nodes", "ntasks-per-node", "time"],
    "properties": {
        "job-name": {"type": "string", "pattern": r"^[\w-]+$"},
        "nodes": NUMBER,
        "ntasks-per-node": {"const": "1"},
        "gpus-per-node": {"type": "string", "pattern": r"^(\w+:)?[1-9]\d*$"},
        "cpus-per-task": NUMBER,
        "mem": {"type": "string", "pattern": r"^[1-9]\d*[KMGT]?$"},
        "time": {"type": "string", "pattern": r"^(\d+-)?\d{2}:\d{2}:\d{2}$"},
        "output": {"type": "string", "pattern": r"^[\w./%-]+$"},
    },
}
"""Of sbatch(1), Slurm 24.05, those that the example uses; one torchrun a node."""
SHIM = '#!/usr/bin/env bash\nfor word in "$@"; do echo "$word"; done > "$RECORD"\n'


def options(text):
    return dict(re.findall(r"^#SBATCH --([\w-]+)=(\S+)$", text, re.MULTILINE))


def test_the_batch_script_has_options_that_slurm_knows():
    text = SBATCH.read_text(encoding="utf-8")

    jsonschema.validate(options(text), OPTIONS)
    assert len(options(text)) == text.count("#SBATCH")
    assert text.index("#SBATCH") < text.index("set -euo")  # sbatch stops reading options at the first command


def test_a_schema_that_lets_everything_pass_would_be_noticed():
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(options("#SBATCH --node=2\n"), OPTIONS)
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**KUBERNETES[1], "spec": {"completion": 2}}, "1.37.0", strict=True)


def test_the_batch_script_starts_a_torchrun_on_every_node(tmp_path):
    """With programs of Slurm's names in its path: what `srun` is given is what torchrun would get."""
    for name, text in {
        "srun": SHIM,
        "scontrol": "#!/usr/bin/env bash\nprintf 'node7\\n'\nsleep 0.2\nprintf 'node8\\n'\n",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / name).chmod(0o755 | stat.S_IEXEC)
    slurm = {"SLURM_JOB_NODELIST": "node[7-8]", "SLURM_NNODES": "2", "SLURM_GPUS_ON_NODE": "4"}
    slurm |= {"SLURM_JOB_ID": "42", "SLURM_CPUS_PER_TASK": "16", "MLFLOW_TRACKING_URI": "https://mlflow.example.org"}
    env = os.environ | slurm | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "RECORD": str(tmp_path / "words")}

    subprocess.run(["bash", SBATCH, "configs/train/roberta-base.yaml", "seed=7"], env=env, check=True)

    option, program, *words = (tmp_path / "words").read_text(encoding="utf-8").splitlines()
    assert (option, program) == ("--kill-on-bad-exit=1", ".venv/bin/torchrun")
    found = check_torchrun(words)
    assert (found.nnodes, found.nproc_per_node, found.rdzv_endpoint) == ("2", "4", "node7:29500")
    assert found.training_script_args == ["train", "configs/train/roberta-base.yaml", "seed=7"]


@pytest.mark.parametrize("resource", KUBERNETES, ids=lambda r: r["kind"])
def test_kubernetes_takes_every_resource(resource):
    for version in ("1.30.0", "1.37.0"):
        kubernetes_validate.validate(resource, version, strict=True)


def test_the_pods_start_a_torchrun_that_finds_its_first_pod():
    service, job = KUBERNETES
    pod = job["spec"]["template"]["spec"]
    container = pod["containers"][0]

    found = check_torchrun(container["args"])
    assert container["command"] == ["torchrun"]
    assert int(found.nnodes) == job["spec"]["parallelism"] == job["spec"]["completions"]
    assert int(found.nproc_per_node) == container["resources"]["limits"]["nvidia.com/gpu"]
    name, port = service["metadata"]["name"], service["spec"]["ports"][0]["port"]
    assert pod["subdomain"] == name == job["metadata"]["name"] == service["spec"]["selector"]["job-name"]
    assert found.rdzv_endpoint == f"{name}-0.{name}:{port}"


def check_torchrun(words):
    """What torchrun's own parser makes of them, if the program they start is ours and knows its command."""
    found = get_args_parser().parse_args(words)
    assert (found.module, found.training_script) == (True, "framing.cli.main")
    command, config = found.training_script_args[:2]
    assert (ROOT / config).is_file()
    assert CliRunner().invoke(app, [command, "--help"]).exit_code == 0
    return found
