import json
import re
import shlex
import subprocess

import pytest

from framing.serving.app import make_app
from framing.serving.requests import MAX_CHARACTERS, MAX_COMPARED, MAX_TEXTS
from framing.serving.settings import Limits, Settings
from framing.tracking import registry
from tests.conftest import ROOT
from tests.serving.conftest import running

PAGE = (ROOT / "docs" / "serve.md").read_text(encoding="utf-8")
HERE = "http://127.0.0.1:8000"
CURLS = [line for block in re.findall(r"^```bash\n(.*?)^```$", PAGE, re.M | re.S) for line in block.splitlines()]
PYTHON = re.findall(r"^```py\n(.*?)^```$", PAGE, re.M | re.S)


@pytest.fixture
def address(champion, tmp_path):
    settings = Settings(corrections=str(tmp_path / "inbox.jsonl"))
    with running(make_app(registry.load("models:/framing@champion"), settings)) as address:
        yield address


def test_every_curl_line_is_answered(address):
    for line in CURLS:
        words = [word.replace(HERE, address) for word in shlex.split(line)]
        done = subprocess.run([*words, "-w", "\n%{http_code}"], check=True, capture_output=True, text=True)
        body, _, status = done.stdout.rpartition("\n")
        assert status in {"200", "201"}, line
        assert body


def test_every_endpoint_has_a_curl_line(address):
    import httpx

    paths = httpx.get(f"{address}/openapi.json").json()["paths"]

    assert {path for path in paths if not any(f"{HERE}{path}" in line for line in CURLS)} == set()


def test_the_python_example_runs(address, capsys):
    (code,) = PYTHON
    exec(compile(code.replace(HERE, address), "block", "exec"), {})

    assert "The army said it had liberated the town." in capsys.readouterr().out


def test_the_limits_of_the_page_are_those_of_the_code():
    limits = Limits()
    numbers = [
        limits.sentences,
        limits.sentence_characters,
        limits.queued_sentences,
        limits.requests,
        limits.requests_of_a_key,
        MAX_CHARACTERS,
        MAX_TEXTS,
        MAX_COMPARED,
    ]

    table = PAGE.partition("## Limits")[2].partition("## Speed")[0]
    assert [number for number in numbers if f"{number:,}" not in table] == []
    assert f"{limits.body_bytes // 2**20} MiB" in table
    assert f"{limits.request_seconds:.0f} s, `--timeout`" in table


def test_the_image_is_not_root_and_asks_for_keys():
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    entry = next(line for line in lines if line.startswith("ENTRYPOINT"))

    assert lines.index("USER framing") < lines.index(entry)
    assert json.loads(entry.removeprefix("ENTRYPOINT "))[-2:] == ["--keys", "/run/framing/keys"]
