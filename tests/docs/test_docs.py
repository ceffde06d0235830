import re
import shlex
import shutil
import subprocess
import sys

import pytest
import typer

from framing import taxonomy as taxonomies
from framing.cli import main
from framing.data import gold
from framing.data.corpora import CORPORA
from framing.evaluation.codebook import codebook
from framing.models.table import MODELS
from tests.conftest import ROOT

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "data").rglob("README.md")])
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TEXTS = {page: page.read_text(encoding="utf-8") for page in PAGES}


def blocks(language):
    return [
        pytest.param(code, id=f"{page.stem}-{n}")
        for page, text in TEXTS.items()
        for n, (kind, code) in enumerate(BLOCK.findall(text))
        if kind == language
    ]


def test_the_readme_begins_with_the_two_commands():
    first = BLOCK.search(TEXTS[ROOT / "README.md"])

    assert [line.split("#")[0].strip() for line in first[2].splitlines()] == ["make run", "make test"]


@pytest.mark.parametrize("code", blocks("python"))
def test_python_blocks_run(code, project, capsys):
    exec(compile(code, "block", "exec"), {})

    assert capsys.readouterr().out


@pytest.mark.parametrize("code", blocks("sh"))
def test_command_blocks_run(code, project, capsys, monkeypatch):
    for line in code.splitlines():
        words = shlex.split(line, comments=True)
        if words[0] == "make":
            assert f"\n{words[1]}:" in (ROOT / "Makefile").read_text(encoding="utf-8")
            continue
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as end:
            main.run()
        assert end.value.code in {0, None}, capsys.readouterr().err


@pytest.fixture(scope="module")
def pages_project(trained_project, tmp_path_factory):
    """A copy of the trained project for the pages, which train more runs; with the files that they speak of."""
    copy = tmp_path_factory.mktemp("pages") / "project"
    shutil.copytree(trained_project, copy)
    (copy / "article.txt").write_text("The army said it had liberated the town.", encoding="utf-8")
    for name in ("conflict_frames", "behaviour"):
        shutil.copytree(ROOT / "data" / name, copy / "data" / name)
    shutil.copytree(ROOT / "configs", copy / "configs", dirs_exist_ok=True)
    thin(copy / "data" / "conflict_frames")
    return copy


def thin(folder):
    """Keep a third of the articles: the pages' commands are to run, not to score."""
    for number, article in enumerate(sorted((folder / "articles").glob("*.txt"))):
        if number % 3:
            article.unlink()
    gold.compile_folder(folder, "conflict")


@pytest.fixture
def project(pages_project, monkeypatch):
    """The current folder is that project."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.chdir(pages_project)
    return pages_project


def test_the_codebook_page_is_what_the_taxonomy_says():
    assert TEXTS[ROOT / "docs/codebook.md"] == codebook(taxonomies.load("conflict"))


def test_the_datasheets_count_what_is_there():
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/write_datasheets.py", "--check"], check=False, capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")


def commands(app, prefix="framing"):
    for name, command in app.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}", command


ALL = dict(commands(typer.main.get_command(main.app)))
TEXT = "\n".join(TEXTS.values())


@pytest.mark.parametrize("name", ALL)
def test_every_command_and_option_is_documented(name):
    options = {option for parameter in ALL[name].params for option in parameter.opts if option.startswith("--")}

    assert name in TEXT
    assert {option for option in options - {"--help"} if f"{option}" not in TEXT} == set()


@pytest.mark.parametrize("name", [*MODELS, *CORPORA])
def test_every_model_and_corpus_is_documented(name):
    assert f"`{name}`" in TEXT


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_between_pages_lead_somewhere(page):
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", TEXTS[page])

    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_no_page_has_an_open_place():
    assert re.findall(r"^(?:SHEET|TODO|PTC_LINE|VOICE_TABLE)\b.*$", TEXT, re.MULTILINE) == []
