"""The page's and the corrections' routes, without a browser."""

import re

import pytest
from fastapi.testclient import TestClient
from filelock import FileLock

from framing.data import corrections as inboxes
from framing.data.articles import read_articles
from framing.serving import corrections, page
from framing.serving.app import make_app
from framing.serving.settings import Settings
from tests.conftest import ROOT
from tests.serving.keywords import keyword_model

SENTENCE = "The ministry said it had liberated the port."


@pytest.fixture
def inbox(tmp_path):
    return tmp_path / "runs" / inboxes.PLACE


@pytest.fixture
def client(conflict, inbox):
    with TestClient(make_app(keyword_model(conflict), Settings(corrections=str(inbox)))) as client:
        yield client


def sent(client, **fields):
    return client.post("/v1/corrections", json={"text": SENTENCE, "label": "liberation", "verdict": "absent"} | fields)


def test_the_page_lets_a_browser_ask_this_service_only(client):
    found = client.get("/")

    assert found.headers["content-type"] == "text/html; charset=utf-8"
    policy = found.headers["content-security-policy"]
    assert policy.startswith(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
    )
    assert "unsafe" not in policy
    assert found.headers["x-content-type-options"] == "nosniff"
    assert found.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", sorted(page.FOLDER.iterdir()), ids=lambda path: path.name)
def test_every_file_is_served_with_its_kind_and_names_no_other_host(client, path):
    found = client.get(f"/page/{path.name}")

    assert found.content == path.read_bytes()
    assert found.headers["content-type"].startswith(page.KINDS[path.suffix])
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)\S+", found.text) == []
    assert len(found.text.splitlines()) <= 300


@pytest.mark.parametrize("name", ["nothing.js", "..%2Fpage.py", "%2e%2e/app.py", "", "."])
def test_no_other_file_is_served(client, name):
    found = client.get(f"/page/{name}")

    assert found.status_code == 404


def test_no_script_writes_markup():
    text = "".join(path.read_text(encoding="utf-8") for path in page.FOLDER.glob("*.js"))

    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b", text) == []


def test_an_html_file_is_read_as_predict_reads_it(client, tmp_path):
    words = "The valley was quiet in the morning. " * 8
    html = f"<html><body><nav>Menu</nav><article><p>{words}</p></article></body></html>"
    path = tmp_path / "a.html"
    path.write_text(html, encoding="utf-8")

    found = client.post("/v1/text", json={"html": html})
    assert found.json() == {"text": read_articles(str(path))[0].text}


@pytest.mark.parametrize("html", ["<html><script>SECRET</script></html>", "", " ", None, ["SECRET"]])
def test_a_file_without_an_article_is_refused(client, html):
    found = client.post("/v1/text", json={"html": html})

    assert found.status_code == 422
    assert "SECRET" not in found.text


def test_a_correction_is_kept_with_what_the_model_gave(client, inbox):
    found = sent(client, note="plain reversal", document="00000000000000ff")

    assert (found.status_code, found.json()) == (201, {"id": inboxes.sentence_id(SENTENCE)})
    (row,) = inboxes.read(inbox)
    received = row["provenance"].pop("received")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", received)
    assert row == {
        "id": inboxes.sentence_id(SENTENCE),
        "document": "00000000000000ff",
        "text": SENTENCE,
        "label": "liberation",
        "verdict": "absent",
        "labels": ["liberation"],
        "evidence": [
            {
                "label": "liberation",
                "start": 25,
                "end": 34,
                "voice": "indirect",
                "source": "The ministry",
                "distance": "neutral",
            }
        ],
        "taxonomy": "conflict/1.0",
        "provenance": {
            "kind": "correction",
            "by": "reader",
            "note": "plain reversal",
            "score": 0.9,
            "threshold": 0.6,
            "model": {
                "name": "framing",
                "version": "7",
                "run_id": "r",
                "kind": "rules",
                "taxonomy": "conflict/1.0",
                "base": None,
            },
        },
    }


def test_nothing_about_the_sender_is_kept(client, inbox):
    client.post(
        "/v1/corrections",
        json={"text": SENTENCE, "label": "liberation", "verdict": "absent"},
        headers={"x-forwarded-for": "203.0.113.7", "user-agent": "WHO"},
    )

    kept = inbox.read_text(encoding="utf-8")
    assert not any(trace in kept for trace in ("203.0.113.7", "WHO", "testclient"))


def test_a_corrected_sentence_may_have_white_space_around_it(client, inbox):
    sent(client, text=f"  {SENTENCE}\n")

    assert inboxes.read(inbox)[0]["text"] == SENTENCE


@pytest.mark.parametrize(
    "fields",
    [
        {"text": ""},
        {"text": "  \n"},
        {"text": "\x1c"},
        {"text": "SECRET" * 1000},
        {"label": "SECRET"},
        {"verdict": "SECRET"},
        {"note": "SECRET" * 200},
        {"document": "SECRET"},
        {"SECRET": 1},
        {"verdict": "present", "words": "SECRET"},
    ],
    ids=range(10),
)
def test_a_bad_correction_is_refused_kept_out_and_never_echoed(client, inbox, fields):
    found = sent(client, **fields)

    assert found.status_code == 422
    assert "SECRET" not in found.text
    assert not inbox.exists()


def test_a_lone_surrogate_is_refused(client):
    raw = b'{"text": "\\ud800 fell.", "label": "liberation", "verdict": "absent"}'
    found = client.post("/v1/corrections", content=raw, headers={"content-type": "application/json"})

    assert found.status_code == 400


def test_another_site_cannot_send_one_without_asking_first(client):
    """`text/plain` is what a foreign page may send without a preflight, which this service never answers."""
    raw = b'{"text": "Rain.", "label": "liberation", "verdict": "present"}'

    assert client.post("/v1/corrections", content=raw, headers={"content-type": "text/plain"}).status_code == 415
    asked = client.options(
        "/v1/corrections", headers={"origin": "http://evil", "access-control-request-method": "POST"}
    )
    assert "access-control-allow-origin" not in asked.headers


def test_a_busy_inbox_asks_to_come_back_later(client, inbox, monkeypatch):
    assert sent(client).status_code == 201
    monkeypatch.setattr(inboxes, "LOCK_SECONDS", 0.05)
    with FileLock(inbox.with_suffix(".lock")):
        found = sent(client)

    assert (found.status_code, found.headers["retry-after"]) == (503, corrections.RETRY_SECONDS)


def test_an_inbox_that_cannot_be_written_is_told(client, inbox):
    inbox.parent.parent.mkdir()
    inbox.parent.write_text("a file where the folder should be", encoding="utf-8")

    assert sent(client).status_code == 503


def test_a_service_without_an_inbox_takes_no_correction(conflict):
    with TestClient(make_app(keyword_model(conflict))) as client:
        found = sent(client)

    assert (found.status_code, found.json()["detail"]) == (404, "this service keeps no corrections")


def test_the_wheel_carries_the_page():
    """Everything under src/framing is packaged; nothing of the page may be ignored by git, which hatch obeys."""
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()

    assert page.FOLDER.is_relative_to(ROOT / "src" / "framing")
    assert {f"{part}/" for part in page.FOLDER.relative_to(ROOT).parts} & set(ignored) == set()
