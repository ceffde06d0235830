import importlib.util
import shutil
import sys

import pytest

from framing.errors import FramingError
from framing.scoring import spark
from tests.unit.scoring.conftest import bad_rows, read_parts, texts, write_lines

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


def test_without_pyspark_one_line_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)

    with pytest.raises(FramingError, match=r"expected pyspark, found none. Install it: pip install 'framing\[spark\]'"):
        spark._session(1)
