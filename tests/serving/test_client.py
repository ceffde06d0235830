import asyncio

import httpx
import pytest

from framing import client as clients
from framing.answer import answer, to_documents
from framing.client import AsyncClient, Client, ServiceError, pause
from framing.serving.app import make_app
from framing.serving.keys import make
from framing.serving.settings import Settings
from framing.tracking import registry
from tests.serving.conftest import free_port, running

TEXT = "Its men had liberated hamlet 5."


@pytest.fixture
def model(champion):
    return registry.load("models:/framing@champion")


@pytest.fixture
def address(model):
    with running(make_app(model)) as address:
        yield address


def documents(model, *texts):
    return answer(model, to_documents([(str(k), text) for k, text in enumerate(texts)]))["documents"]


def test_the_client_gets_what_the_service_answers(model, address):
    with Client(address) as client:
        assert client.predict(TEXT)["documents"] == documents(model, TEXT)
        assert client.predict([TEXT, "Rain."])["documents"] == documents(model, TEXT, "Rain.")
        assert list(client.predict(TEXT, {"labels": ["liberation"]})["documents"][0]["sentences"][0]["scores"]) == [
            "liberation"
        ]
        assert client.compare({"a": TEXT, "b": "Rain."})["exclusive"].keys() == {"a", "b"}
        assert client.model()["version"] == "1"
        assert client.taxonomy()["name"] == "conflict/1.0"
        page = f"<html><body><article><p>{TEXT * 9}</p></article></body></html>"
        assert TEXT in client.predict_html(page)["documents"][0]["text"]


def test_the_async_client_gets_the_same_from_many_requests_at_once(model, address):
    async def ask():
        async with AsyncClient(address) as client:
            several = await asyncio.gather(*(client.predict(f"{TEXT} {k}") for k in range(20)))
            pair = await client.compare({"a": TEXT, "b": "Rain."})
            return several, pair, await client.model(), await client.taxonomy()

    several, pair, facts, taxonomy = asyncio.run(ask())
    assert [found["documents"] for found in several] == [documents(model, f"{TEXT} {k}") for k in range(20)]
    assert (facts["version"], taxonomy["name"], len(pair["documents"])) == ("1", "conflict/1.0", 2)


def test_a_refusal_is_an_error_that_says_why(address):
    with Client(address) as client, pytest.raises(ServiceError, match="422: expected labels among"):
        client.predict(TEXT, {"labels": ["other"]})


def test_a_key_is_sent(model, tmp_path):
    key = make("reader", tmp_path / "keys")
    with running(make_app(model, Settings(keys=str(tmp_path / "keys")))) as address:
        with Client(address, key=key) as client:
            assert client.model()["version"] == "1"
        with Client(address) as client, pytest.raises(ServiceError, match="401"):
            client.model()


@pytest.fixture
def pauses(monkeypatch):
    slept = []
    monkeypatch.setattr(clients.time, "sleep", slept.append)
    return slept


def answering(client, *responses):
    """The client gets these responses, one a request."""
    waiting = list(responses)
    transport = httpx.MockTransport(lambda request: waiting.pop(0))
    client._http = httpx.Client(base_url="http://a", transport=transport)
    return waiting


def test_a_busy_service_is_asked_again_when_it_says(pauses):
    client = Client()
    left = answering(
        client,
        httpx.Response(503, headers={"retry-after": "3"}),
        httpx.Response(429),
        httpx.Response(200, json={"version": "1"}),
    )

    assert client.model() == {"version": "1"}
    assert (pauses, left) == ([3.0, 0.5], [])


def test_a_service_that_stays_busy_is_given_up(pauses):
    client = Client(retries=2)
    left = answering(client, *[httpx.Response(503)] * 4)

    with pytest.raises(ServiceError, match="503"):
        client.model()
    assert (pauses, len(left)) == ([0.25, 0.5], 1)


def test_a_fault_is_not_asked_for_twice(pauses):
    client = Client()
    left = answering(client, httpx.Response(500), httpx.Response(200, json={}))

    with pytest.raises(ServiceError, match="500: Internal Server Error"):
        client.model()
    assert (pauses, len(left)) == ([], 1)


def test_a_service_out_of_reach_is_tried_again_then_told(pauses):
    with Client(f"http://127.0.0.1:{free_port()}", retries=1) as client, pytest.raises(httpx.ConnectError):
        client.model()

    assert pauses == [0.25]


def test_pauses_double_and_end():
    assert [pause(attempt) for attempt in (0, 1, 2, 9)] == [0.25, 0.5, 1.0, 10.0]
    assert pause(0, "7") == 7.0
    assert pause(0, "Wed, 21 Oct 2026 07:28:00 GMT") == 0.25
