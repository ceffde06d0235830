"""The lock of a registry that several machines write, on a store that is told it is shared."""

import threading
from contextlib import nullcontext

import pytest

from framing.errors import FramingError
from framing.tracking import mutex
from framing.tracking import store as tracking


@pytest.fixture
def shared(store, monkeypatch):
    """A client of a store which several machines write: no file lock is common to them."""
    client = tracking.connect()
    monkeypatch.setattr(tracking, "is_local", lambda: False)
    monkeypatch.setattr(tracking, "lock", lambda name: nullcontext())
    return client


def test_one_holds_it_and_the_others_follow(shared):
    inside, most, lock = 0, [], threading.Lock()

    def promote():
        nonlocal inside
        with mutex.registry(shared):
            with lock:
                inside += 1
                most.append(inside)
            threading.Event().wait(0.05)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=promote) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert most == [1, 1, 1, 1]
    assert mutex.holder(shared) is None


def test_it_is_let_go_after_an_error(shared):
    def fail():
        with mutex.registry(shared):
            assert "process" in mutex.holder(shared)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert mutex.holder(shared) is None


def test_who_waits_too_long_is_told_who_holds_it(shared, monkeypatch):
    monkeypatch.setattr(mutex, "SECONDS", 0.3)
    told = "`framing registry unlock` lets the registry go"

    with mutex.registry(shared):
        held = mutex.holder(shared)
        with pytest.raises(FramingError, match=told) as caught, mutex.registry(shared):
            pass
        assert mutex.holder(shared) == held

    assert held in str(caught.value)


def test_whose_lock_was_taken_does_not_take_the_next_ones(shared):
    with mutex.registry(shared):
        assert "process" in mutex.unlock(shared)
        shared.create_registered_model(mutex.MODEL, tags={mutex.HOLDER: "another machine"})

    assert mutex.holder(shared) == "another machine"


def test_a_local_store_needs_no_more_than_the_file(store):
    client = tracking.connect()

    with mutex.registry(client):
        assert mutex.holder(client) is None
    assert mutex.unlock(client) is None
