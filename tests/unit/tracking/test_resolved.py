from framing.tracking import registry, resolved
from framing.tracking import store as tracking

URI = "models:/framing@champion"


def test_what_was_found_is_recalled_until_the_store_changes(champion):
    registry.load(URI)
    place, facts = resolved.recall(URI)

    client = tracking.connect()
    assert (place / "framing.json").is_file()
    assert facts["version"] == "1"
    client.set_registered_model_tag("framing", "touched", "yes")
    assert resolved.recall(URI) is None
    assert registry.load(URI).facts["version"] == "1"


def test_a_recalled_model_is_the_same_model(champion):
    first, again = registry.load(URI), registry.load(URI)

    assert resolved.recall(URI) is not None
    assert (first.facts, first.decisions) == (again.facts, again.decisions)


def test_another_address_is_not_recalled(champion):
    registry.load(URI)

    assert resolved.recall("models:/framing/1") is None


def test_nothing_is_kept_where_the_store_changed_meanwhile(champion):
    registry.load(URI)
    seen = resolved.state()
    tracking.connect().set_registered_model_tag("framing", "touched", "again")
    resolved.remember(URI, champion, {"version": "0"}, seen=seen)

    assert resolved.recall(URI) is None


def test_a_server_is_always_asked(champion, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")

    assert resolved.state() is None
    assert resolved.recall(URI) is None
