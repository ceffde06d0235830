import importlib.util
import shutil
import sys

import pytest

from framing.errors import FramingError
from framing.preparing import build, weak
from framing.scoring import spark
from framing.scoring.sources import Columns
from tests.unit.scoring.conftest import SENTENCES, bad_rows, read_parts, texts, write_lines

HERE = bool(shutil.which("java")) and importlib.util.find_spec("pyspark") is not None
needs_spark = pytest.mark.skipif(not HERE, reason="needs pyspark (framing[spark]) and Java 17 or later")


@needs_spark
def test_spark_writes_the_files_that_local_processes_write(run, tmp_path):
    rows = [*texts(9), "{", *texts(3)]
    source = write_lines(tmp_path / "in.jsonl", rows)
    local, other = run(source, out="local"), run(source, out="spark", engine="spark", workers=2)

    assert other == local
    assert read_parts(tmp_path / "spark") == read_parts(tmp_path / "local")
    assert bad_rows(tmp_path / "spark") == bad_rows(tmp_path / "local")


@needs_spark
def test_spark_labels_and_splits_as_local_processes_do(tmp_path, monkeypatch):
    monkeypatch.setattr(weak, "ROWS", 20)
    rows = [{"id": f"s{k}", "text": f"{SENTENCES[k % 3]} {k} {k * k} {k * 7}"} for k in range(60)]
    source = write_lines(tmp_path / "pool.jsonl", rows)
    made = {}
    for engine in ("local", "spark"):
        labelled, split = tmp_path / engine / "labelled", tmp_path / engine / "split"
        way = {"taxonomy": "conflict", "engine": engine, "workers": 2, "progress": lambda *done: None}
        weak.label(source, labelled, functions=None, columns=Columns(), **way)
        made[engine] = build.build(labelled, split, held=5, **way), read_parts(labelled), read_parts(split / "train")

    assert made["spark"] == made["local"]
    assert len(made["spark"][1]) == 60


def test_without_pyspark_one_line_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)

    with pytest.raises(FramingError, match=r"expected pyspark, found none. Install it: pip install 'framing\[spark\]'"):
        spark._session(1)
