import pytest

from framing import shipped
from framing.errors import FramingError


def test_a_wheel_is_asked_before_a_checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "__file__", str(tmp_path / "src/framing/shipped.py"))
    checkout, wheel = tmp_path / "configs/sides", tmp_path / "src/framing/resources/sides"
    checkout.mkdir(parents=True)
    assert shipped.shipped("configs/sides") == checkout

    wheel.mkdir(parents=True)
    assert shipped.shipped("configs/sides") == wheel


def test_what_did_not_travel_is_refused():
    with pytest.raises(FramingError, match="the folder configs/none, found none"):
        shipped.shipped("configs/none")
