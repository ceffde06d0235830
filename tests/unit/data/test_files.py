import pytest

from framing.data.files import new_folder
from framing.errors import FramingError


def test_a_folder_appears_when_it_is_complete(tmp_path):
    with new_folder(tmp_path / "a" / "report") as folder:
        (folder / "one.txt").write_text("1")
        assert not (tmp_path / "a" / "report").exists()

    assert (tmp_path / "a" / "report" / "one.txt").read_text() == "1"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["report"]


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "report").mkdir()
    with new_folder(tmp_path / "report") as folder:
        (folder / "one.txt").write_text("1")

    assert (tmp_path / "report" / "one.txt").exists()


def test_a_block_that_fails_leaves_nothing(tmp_path):
    with pytest.raises(ZeroDivisionError), new_folder(tmp_path / "report") as folder:
        (folder / "one.txt").write_text(str(1 / 0))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["full", "full/one.txt"])
def test_what_is_there_is_not_overwritten(tmp_path, name):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "one.txt").write_text("1")

    with pytest.raises(FramingError, match="an absent or empty folder"), new_folder(tmp_path / name):
        pass
    assert (tmp_path / "full" / "one.txt").read_text() == "1"


def test_a_place_that_cannot_be_written_is_refused():
    from pathlib import Path

    with pytest.raises(FramingError, match="a place to write /proc/none/report"), new_folder(Path("/proc/none/report")):
        pass
