import io
import stat
import tarfile
import zipfile

import pytest

from framing.data.archives import Limits, unpack
from framing.errors import FramingError


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members:
            archive.writestr(name, text)
    return path


def tarred(path, members, mode="w:gz"):
    with tarfile.open(path, mode) as archive:
        for info, text in members:
            item = tarfile.TarInfo(info) if isinstance(info, str) else info
            item.size = len(text)
            archive.addfile(item, io.BytesIO(text))
    return path


def linked(name, kind):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "/etc/passwd"
    return info


def test_a_zip_and_a_tarball_give_their_files(tmp_path):
    folder = tarfile.TarInfo("empty")
    folder.type = tarfile.DIRTYPE
    one = unpack(zipped(tmp_path / "a.zip", [("x/", ""), ("x/b.txt", "B"), ("c.txt", "C")]), tmp_path / "one")
    two = unpack(tarred(tmp_path / "a.tgz", [(folder, b""), ("x/b.txt", b"B"), ("c.txt", b"C")]), tmp_path / "two")

    assert [str(p) for p in one] == [str(p) for p in two] == ["x/b.txt", "c.txt"]
    assert (tmp_path / "one/x/b.txt").read_text() == (tmp_path / "two/x/b.txt").read_text() == "B"


@pytest.mark.parametrize("name", ["../out.txt", "/etc/out.txt", "x/../../out.txt", "C:/out.txt", "x\\..\\out.txt"])
def test_a_path_that_leads_out_is_refused_and_nothing_is_left(tmp_path, name):
    for archive in (zipped(tmp_path / "a.zip", [("ok", "1"), (name, "x")]),
                    tarred(tmp_path / "a.tar", [("ok", b"1"), (name, b"x")], "w")):  # fmt: skip
        with pytest.raises(FramingError, match="the path"):
            unpack(archive, tmp_path / "out")

    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.tar", "a.zip"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_of_a_tarball_are_refused(tmp_path, kind):
    with pytest.raises(FramingError, match="a link or device 'x'"):
        unpack(tarred(tmp_path / "a.tgz", [(linked("x", kind), b"")]), tmp_path / "out")


def test_links_of_a_zip_are_refused(tmp_path):
    info = zipfile.ZipInfo("x")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(FramingError, match="a link or device 'x'"):
        unpack(zipped(tmp_path / "a.zip", [(info, "/etc/passwd")]), tmp_path / "out")


def test_a_bomb_is_stopped_by_ratio_size_and_count(tmp_path):
    bomb = zipped(tmp_path / "a.zip", [("x", "0" * 3_000_000)])
    many = zipped(tmp_path / "b.zip", [(f"{k}", "x") for k in range(4)])

    with pytest.raises(FramingError, match="more bytes than its limits allow"):
        unpack(bomb, tmp_path / "out")
    with pytest.raises(FramingError, match="more bytes than its limits allow"):
        unpack(bomb, tmp_path / "out", Limits(size=2_999_999, ratio=100_000))
    with pytest.raises(FramingError, match="more than 3 files"):
        unpack(many, tmp_path / "out", Limits(files=3))
    assert len(unpack(bomb, tmp_path / "out", Limits(size=3_000_000, ratio=100_000))) == 1


def test_what_is_cut_off_repeated_or_no_archive_is_refused(tmp_path):
    whole = tarred(tmp_path / "a.tgz", [("x", bytes(k % 251 for k in range(90_000)))]).read_bytes()
    (tmp_path / "cut.tgz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text").write_text("no archive")
    twice = tarred(tmp_path / "twice.tar", [("x", b"1"), ("x", b"2")], "w")

    with pytest.raises(FramingError, match=r"cut\.tgz, found (EOFError|ReadError|another format)"):
        unpack(tmp_path / "cut.tgz", tmp_path / "out")
    with pytest.raises(FramingError, match="another format"):
        unpack(tmp_path / "text", tmp_path / "out")
    with pytest.raises(FramingError, match="the path 'x' twice"):
        unpack(twice, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_encrypted_file_is_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", [("x", "text")])
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)

    with pytest.raises(FramingError, match="an encrypted file 'x'"):
        unpack(path, tmp_path / "out")


def test_an_unknown_compression_is_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", [("x", "x")])
    for mark, at in ((b"PK\3\4", 8), (b"PK\1\2", 10)):  # where a file's own header and the directory name it
        data = bytearray(path.read_bytes())
        data[data.index(mark) + at] = 99
        path.write_bytes(data)

    with pytest.raises(FramingError, match="NotImplementedError: That compression method is not supported"):
        unpack(path, tmp_path / "out")
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


def test_a_folder_that_is_there_is_not_overwritten(tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(FramingError, match="Remove it"):
        unpack(zipped(tmp_path / "a.zip", [("x", "1")]), tmp_path / "out")
