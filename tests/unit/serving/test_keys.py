import hashlib
import stat

import pytest

from framing.cli import main
from framing.errors import FramingError
from framing.serving.keys import Keys, make
from framing.serving.service import check
from framing.serving.settings import Settings


def test_a_key_is_known_by_its_hash_only(tmp_path):
    path = tmp_path / "keys"
    key = make("reader", path)

    assert path.read_text(encoding="utf-8") == f"reader:{hashlib.sha256(key.encode()).hexdigest()}\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Keys(path).name_of(key) == "reader"
    assert Keys(path).name_of("framing_other") is None


@pytest.mark.parametrize("name", ["", "two words", "a:b", "line\n", "x" * 65])
def test_a_name_that_is_no_name_is_refused(tmp_path, name):
    with pytest.raises(FramingError, match="a name of letters"):
        make(name, tmp_path / "keys")


def test_a_name_that_is_taken_is_refused(tmp_path):
    make("reader", tmp_path / "keys")

    with pytest.raises(FramingError, match=r"a name that .* does not have, found reader"):
        make("reader", tmp_path / "keys")


@pytest.mark.parametrize("text", ["reader", "reader:12", f"a:{'0' * 64}\na:{'1' * 64}"])
def test_a_file_of_something_else_is_refused(tmp_path, text):
    (tmp_path / "keys").write_text(text, encoding="utf-8")

    with pytest.raises(FramingError, match="name:sha256 lines"):
        Keys(tmp_path / "keys")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FramingError, match="a file of keys"):
        Keys(tmp_path / "keys")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_without_keys_no_other_machine_is_answered(host, tmp_path):
    with pytest.raises(FramingError, match="keys for a service that other machines can reach"):
        check(Settings(host=host))
    make("reader", tmp_path / "keys")
    check(Settings(host=host, keys=str(tmp_path / "keys")))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_loopback_needs_no_keys(host):
    check(Settings(host=host))


def test_the_command_prints_a_key_once(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["framing", "keys", "new", "reader", "--keys", str(tmp_path / "keys")])
    with pytest.raises(SystemExit) as end:
        main.run()

    assert end.value.code in {0, None}
    assert Keys(tmp_path / "keys").name_of(capsys.readouterr().out.strip()) == "reader"
