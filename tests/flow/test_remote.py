"""Two engineers at two machines share one MLflow: PostgreSQL, an S3-compatible object store, names and passwords.

Each engineer has a folder of their own, so that no file lock is common to them. The PostgreSQL is a real one, started
here; the object store is moto's server, which speaks S3.
"""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
import pytest

from framing.tracking import history, mutex, registry
from framing.tracking import store as tracking
from tests.conftest import write_toy_articles
from tests.serving.conftest import until

PROGRAMS = Path("/usr/lib/postgresql")
NEEDED = ("psycopg", "boto3", "moto", "flask_wtf")
MISSING = [name for name in NEEDED if importlib.util.find_spec(name) is None]
BINARIES = sorted(PROGRAMS.glob("*/bin/initdb"))
pytestmark = [
    pytest.mark.skipif(not BINARIES, reason="no PostgreSQL server: apt-get install postgresql"),
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}; pip install '.[dev]'"),
]
ADMIN = {"MLFLOW_TRACKING_USERNAME": "admin", "MLFLOW_TRACKING_PASSWORD": "an-admin-password"}
AUTH = """[mlflow]
default_permission = EDIT
database_uri = {database}
admin_username = admin
admin_password = an-admin-password
auth_cache_ttl_seconds = 60
authorization_function = mlflow.server.auth:authenticate_request_basic_auth
"""
CONFIG = "run: {name}\ndataset: toy\nmodel:\n  kind: linear\ndraws: 100\n"
BUCKET = "framing"
S3 = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def answers(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def database():
    """The address of an empty database; PostgreSQL refuses to run as root, and then runs as `postgres`."""
    folder, port = Path(tempfile.mkdtemp(prefix="postgres-")), free_port()
    become = []
    if os.getuid() == 0:
        become = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres")
    programs = BINARIES[-1].parent
    data = folder / "data"
    subprocess.run([*become, programs / "initdb", "-D", data, "-A", "trust", "-U", "framing"], check=True)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    control = [*become, programs / "pg_ctl", "-D", data, "-w"]
    subprocess.run([*control, "-l", folder / "log", "-o", options, "start"], check=True)
    try:
        yield f"postgresql+psycopg://framing@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True)
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def bucket():
    """The address of an object store with one bucket."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port := free_port(), verbose=False)
    server.start()
    address = f"http://127.0.0.1:{port}"
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=address, **keys).create_bucket(Bucket=BUCKET)
    yield address
    server.stop()


@pytest.fixture(scope="module")
def server(database, bucket, tmp_path_factory):
    """The address of an `mlflow server` with PostgreSQL behind it, artifacts in the bucket, and passwords."""
    folder, port = tmp_path_factory.mktemp("server"), free_port()
    (folder / "auth.ini").write_text(AUTH.format(database=database), encoding="utf-8")
    own = {
        "MLFLOW_AUTH_CONFIG_PATH": str(folder / "auth.ini"),
        "MLFLOW_FLASK_SERVER_SECRET_KEY": "a key of the test",
        "MLFLOW_S3_ENDPOINT_URL": bucket,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }
    words = ["server", "--app-name", "basic-auth", "--backend-store-uri", database, "--workers", "1"]
    words += ["--artifacts-destination", f"s3://{BUCKET}", "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        command = [sys.executable, "-m", "mlflow", *words]
        process = subprocess.Popen(command, env=os.environ | own | S3, stdout=log, stderr=log, cwd=folder)
    try:
        until(lambda: process.poll() is not None or answers(port), 90)
        assert process.poll() is None, (folder / "log").read_text(encoding="utf-8")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def admin(server, monkeypatch, tmp_path):
    """A client that may do everything."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    for name, value in ADMIN.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return tracking.connect()


@pytest.fixture
def engineers(admin, server, tmp_path):
    """Two folders with data and a config each, and the environments of their owners."""
    made = []
    for name in ("ada", "bela"):
        login = {"username": name, "password": f"{name}-and-a-password"}
        httpx.post(f"{server}/api/2.0/mlflow/users/create", json=login, auth=tuple(ADMIN.values())).raise_for_status()
        folder = tmp_path / name
        (folder / "configs" / "train").mkdir(parents=True)
        write_toy_articles(folder / "toy")
        (folder / "configs" / "train" / "mine.yaml").write_text(CONFIG.format(name=name), encoding="utf-8")
        made.append((name, folder, os.environ | {f"MLFLOW_TRACKING_{key.upper()}": login[key] for key in login}))
    return made


def both(engineers, script):
    """Every engineer runs the commands, at once; what they printed."""
    running = [
        subprocess.Popen(
            ["bash", "-ec", script.format(name=name)],
            cwd=folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for name, folder, env in engineers
    ]
    said = [process.communicate(timeout=280)[0].decode() for process in running]
    assert [process.returncode for process in running] == [0, 0], "\n".join(said)
    return said


FRAMING = f"{sys.executable} -m framing.cli.main"


def test_two_engineers_train_and_promote_at_once(admin, engineers):
    both(engineers, f"{FRAMING} data build toy && {FRAMING} train configs/train/mine.yaml")
    both(engineers, f"{FRAMING} promote {{name}} --force --why 'turn of {{name}}'")

    told = history.entries(admin)
    moved = [entry for entry in told if entry.decision == "forced"]
    assert {entry.run for entry in moved} == {"ada", "bela"}
    assert [entry.former for entry in moved] == [None, *(entry.version for entry in moved[:-1])]
    assert registry.champion(admin).version == moved[-1].version
    assert registry.aliased(admin, registry.PREVIOUS).version == moved[-2].version
    assert mutex.holder(admin) is None
    assert registry.load(registry.DEFAULT).facts["version"] == str(moved[-1].version)


def test_a_stranger_is_told_in_one_line(server, tmp_path):
    env = os.environ | {"MLFLOW_TRACKING_URI": server, "MLFLOW_TRACKING_USERNAME": "eve"}
    env["MLFLOW_TRACKING_PASSWORD"] = "a guess that is wrong"
    end = subprocess.run(
        [*FRAMING.split(), "promote", "--history"], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )

    assert end.returncode == 2
    assert len(end.stderr.strip().splitlines()) == 1
    assert "wrong" not in end.stderr
