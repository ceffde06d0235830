"""Corpora into the cache, from a host on this machine."""

import hashlib
import http.server
import io
import json
import re
import threading
import zipfile
from dataclasses import replace
from functools import partial

import pytest

from framing import taxonomy as taxonomies
from framing.data import corpora, dataset
from framing.data.corpora import Corpus, ptc, sources
from framing.data.corpora.card import Parsed
from framing.data.download import Download
from framing.data.fetch import accept_licence, cache_folder, fetch_downloads
from framing.errors import FramingError
from framing.schema import Sentence


class Quiet(http.server.SimpleHTTPRequestHandler):
    asked: list[str]

    def do_GET(self):
        self.server.asked.append(self.path)
        super().do_GET()

    def log_message(self, *words):
        pass


def archive():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as opened:
        opened.writestr(
            zipfile.ZipInfo("rows.txt"), "\n".join(f"line {k} stands alone here as w{k} x{k}" for k in range(9))
        )
    return held.getvalue()


@pytest.fixture
def host(tmp_path):
    """Serves `toy.zip` and `notes.txt` under `/v1`."""
    served = tmp_path / "served" / "v1"
    served.mkdir(parents=True)
    (served / "toy.zip").write_bytes(archive())
    (served / "notes.txt").write_text("notes")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(served.parent)))
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "framing"


def pinned(name, body, **more):
    return Download(f"https://example.org/v1/{name}", hashlib.sha256(body).hexdigest(), len(body), **more)


TOY = (pinned("toy.zip", archive(), unpack=True), pinned("notes.txt", b"notes", place="docs/notes.txt"))


def parse(root):
    """A corpus of one sentence a document, split as nobody should: the first two are one text."""
    lines = (root / "toy" / "rows.txt").read_text().split("\n")
    rows = [Sentence(f"{k}", f"{k}", 0, 0, len(x), x, taxonomy="ptc/14") for k, x in enumerate(lines)]
    twin = replace(rows[0], id="twin", document="twin")
    return Parsed({"train": [twin, *rows[1:]], "validation": [], "test": [rows[0]]})


@pytest.fixture
def toy(monkeypatch):
    card = replace(ptc.CARD, name="toy", licence="toy licence 1", counts={"lines": 9}, downloads=TOY)
    monkeypatch.setattr(corpora, "CORPORA", {**corpora.CORPORA, "toy": Corpus(card, ptc.LABELS, parse)})


def test_files_are_fetched_unpacked_and_never_asked_for_again(host, cache):
    said = []
    for _ in range(2):
        root = fetch_downloads("toy", TOY, host=host.url, say=said.append)

    assert root == cache / "toy"
    assert (root / "toy/rows.txt").read_text().startswith("line 0")
    assert (root / "docs/notes.txt").read_text() == "notes"
    assert host.asked == ["/v1/toy.zip", "/v1/notes.txt"]
    assert said == [f"toy: already in {root}"]


def test_a_failure_leaves_no_manifest_and_the_next_call_goes_on(host, cache):
    bad = replace(TOY[1], sha256="0" * 64)
    with pytest.raises(FramingError, match="instead of 000000000000"):
        fetch_downloads("toy", (TOY[0], bad), host=host.url, say=print)
    assert not (cache / "toy/fetched.json").exists()

    fetch_downloads("toy", TOY, host=host.url, say=print)

    assert host.asked.count("/v1/toy.zip") == 1
    assert (cache / "toy/fetched.json").is_file()


def test_a_place_outside_the_cache_is_refused(host):
    with pytest.raises(FramingError, match="files below"):
        fetch_downloads("toy", (replace(TOY[1], place="../x"),), host=host.url, say=print)


def test_a_licence_is_asked_for_once_and_again_when_it_changes():
    asked = []

    def yes(question):
        asked.append(question)
        return True

    accept_licence("toy", "one", accepted=False, ask=yes)
    accept_licence("toy", "one", accepted=False, ask=None)
    accept_licence("toy", "two", accepted=True, ask=None)

    assert asked == ["toy is under this licence: one. Accept it?"]
    with pytest.raises(FramingError, match=r"licence of toy to be accepted, found 'three'.*--accept-licence"):
        accept_licence("toy", "three", accepted=False, ask=None)
    with pytest.raises(FramingError, match="not accepted yet"):
        accept_licence("toy", "three", accepted=False, ask=lambda question: False)


def test_fetch_builds_and_leaves_out_what_a_later_split_holds(host, toy, tmp_path):
    said = json.loads(
        corpora.fetch("toy", source=None, out=tmp_path / "out", host=host.url, say=print, accepted=True, as_json=True)
    )

    built = dataset.load(tmp_path / "out", taxonomies.load("ptc"))
    assert said["sentences"] == {"train": 8, "validation": 0, "test": 1}
    assert said["left_out"] == ["twin: nearly 0, which is in test"]
    assert (said["by"], said["leaky"], said["digest"]) == ("published", False, built.digest)


def test_build_takes_the_cache_and_any_preset(host, toy, tmp_path):
    fetch_downloads("toy", TOY, host=host.url, say=print)

    said = json.loads(corpora.convert("toy", root=None, out=tmp_path / "out", by="article", as_json=True))

    assert said["by"] == "article"
    assert sum(said["sentences"].values()) == 10
    assert min(said["sentences"].values()) > 0


def test_random_needs_consent_and_marks_the_dataset(host, toy, tmp_path):
    fetch_downloads("toy", TOY, host=host.url, say=print)
    with pytest.raises(FramingError, match="--allow-leaks beside --by random"):
        corpora.convert("toy", root=None, out=tmp_path / "out", by="random")

    said = corpora.convert("toy", root=None, out=tmp_path / "out", by="random", allow_leaks=True)

    assert "leaky: documents cross the splits" in said
    assert dataset.read_manifest(tmp_path / "out")["leaky"] is True
    assert dataset.load(tmp_path / "out", taxonomies.load("ptc")).leaky


def test_a_dataset_of_random_splits_without_its_mark_is_refused(tmp_path):
    rows = [Sentence(f"{k}", "d", k, 0, 1, "x", taxonomy="ptc/14") for k in range(3)]
    leaky = dataset.Dataset("x", "ptc/14", {"train": rows[:1], "validation": rows[1:2], "test": rows[2:]}, leaky=True)
    dataset.save(leaky, tmp_path, {})
    assert dataset.load(tmp_path, taxonomies.load("ptc")).split_digest == leaky.split_digest

    stated = json.loads((tmp_path / "manifest.json").read_text())
    (tmp_path / "manifest.json").write_text(json.dumps({**stated, "leaky": "yes"}))

    with pytest.raises(FramingError, match="every document in one split"):
        dataset.load(tmp_path, taxonomies.load("ptc"))


def test_check_counts_a_copy_and_refuses_strange_labels(host, toy, monkeypatch):
    root = fetch_downloads("toy", TOY, host=host.url, say=print)

    facts = corpora.check("toy", root=root)
    assert (facts["card"], facts["sentences"]["train"], facts["documents"]) == ({"lines": 9}, 9, 10)

    strange = replace(parse(root).splits["test"][0], labels=("none",))
    row = corpora.CORPORA["toy"]._replace(parse=lambda root: Parsed({"test": [strange]}))
    monkeypatch.setattr(corpora, "CORPORA", {"toy": row})
    with pytest.raises(FramingError, match=r"only labels of toy, found \['none'\]"):
        corpora.check("toy", root=root)


def test_the_list_says_how_to_get_each_corpus(host, toy):
    before = {row["name"]: row for row in corpora.listed()}
    fetch_downloads("toy", TOY, host=host.url, say=print)
    after = {row["name"]: row for row in corpora.listed()}

    assert before["ptc"]["get"] == f"register at {ptc.CARD.url}"
    assert before["conflict_real"]["get"] == "framing data fetch conflict_real"
    assert (before["toy"]["cached"], after["toy"]["cached"]) == (False, True)
    assert after["toy"]["counts"] == {"lines": 9}


def test_a_corpus_on_registration_says_where_and_where_to_put_the_files(tmp_path):
    with pytest.raises(FramingError) as refused:
        corpora.fetch("ptc", source=None, out=tmp_path, host=None, say=print)

    assert ptc.CARD.url in refused.value.fix
    assert str(cache_folder("ptc")) in refused.value.fix


def test_every_pinned_download_has_a_whole_hash_and_a_size():
    pins = [d for found in sources.DOWNLOADS.values() for d in found]

    assert len(pins) >= 6
    assert all(re.fullmatch(r"[0-9a-f]{64}", d.sha256) and d.size > 0 for d in pins)
    assert all(re.match(r"https://[^/]+/[^/]+/[^/]+/[0-9a-f]{40}/", d.url) for d in pins)
    assert [corpora.downloads(name) for name in ("conflict_real", "ptc")] == [(), ()]
