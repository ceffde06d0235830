"""Stand-off labels on invented files in the layout of the real ones."""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from framing import taxonomy as taxonomies
from framing.data import corpora, dataset
from framing.data.corpora import conflict_real
from framing.data.fetch import fetch_files
from framing.errors import FramingError

TEXT = "Bulletin.\r\nThe army said it had freed\r\n  the town.  Rain fell on the town.\nCafé noir.\n"
PLACE = ("owner/name", "c0ffee", "notes/a file.txt")


def row(number, start, end, **more):
    folded = " ".join(TEXT[start:end].split())
    usual = {
        "id": f"s{number}",
        "repository": PLACE[0],
        "commit": PLACE[1],
        "path": PLACE[2],
        "encoding": "utf-8",
        "start": start,
        "end": end,
        "text_sha256": hashlib.sha256(folded.encode()).hexdigest(),
        "document": f"d{number}",
        "labels": [],
        "evidence": [],
        "voice": "indirect",
        "distance": "neutral",
        "votes": [],
        "audit": {"date": "1900"},
    }
    return {**usual, **more}


FREED = row(0, 11, 51, labels=["liberation"], evidence=[{"label": "liberation", "start": 21, "end": 26}])
RAIN = row(1, 53, 74)
ALLOWED = {"label", "start", "end", "voice", "source", "distance"}


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An annotations folder of three sentences, the last of a file that is gone."""
    folder = tmp_path / "annotations"
    folder.mkdir()
    rows = [FREED, RAIN, row(2, 0, 9, path="gone.txt")]
    (folder / "annotations.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    (folder / "splits.json").write_text(json.dumps({"d0": "test", "d1": "train", "d2": "train"}))
    (folder / "splits_period.json").write_text(json.dumps({"d0": "train", "d1": "validation"}))
    monkeypatch.setattr(conflict_real, "annotations_home", lambda: folder)
    return folder


@pytest.fixture
def root(tmp_path):
    path = tmp_path / "copy" / "/".join(PLACE)
    path.parent.mkdir(parents=True)
    path.write_bytes(TEXT.encode())
    return tmp_path / "copy"


def test_offsets_count_the_file_as_it_is_and_white_space_is_folded(root):
    (found,), left_out = conflict_real.rebuild([FREED], root)

    assert found.text == "The army said it had freed the town."
    assert found.text[found.evidence[0].start : found.evidence[0].end] == "freed"
    assert (found.voice, found.audit, left_out) == ("indirect", {"date": "1900"}, [])


def test_a_span_has_the_voice_that_was_coded_for_it(root):
    span = {**FREED["evidence"][0], "voice": "mixed", "source": [0, 8], "distance": "distanced"}

    (found,), _ = conflict_real.rebuild([{**FREED, "evidence": [span]}], root)
    (plain,), _ = conflict_real.rebuild([FREED], root)

    assert (found.evidence[0].voice, found.evidence[0].source) == ("mixed", "The army")
    assert found.evidence[0].distance == "distanced"
    assert (plain.evidence[0].voice, plain.evidence[0].source) == ("indirect", None)


def test_what_is_missing_or_changed_is_listed_and_left_out(root, home, tmp_path):
    place = root / "/".join(PLACE)
    place.write_bytes(TEXT.replace("Rain", "Snow").encode())
    said = corpora.fetch("conflict_real", source=root, out=tmp_path / "out", host=None, say=print)

    assert "left out 2 sentences" in said
    assert "s1: other text in owner/name/c0ffee/notes/a file.txt" in said
    assert "s2: no file owner/name/c0ffee/gone.txt" in said
    kept = dataset.load(tmp_path / "out", taxonomies.load("conflict"))
    assert [s.id for s in kept.splits["test"]] == ["s0"]


def test_nothing_to_rebuild_from_is_refused(home, tmp_path):
    with pytest.raises(FramingError, match=r"files of conflict_real .* found none that could be used"):
        corpora.fetch("conflict_real", source=tmp_path / "empty", out=tmp_path / "out", host=None, say=print)


def test_other_corpora_say_where_to_register(tmp_path):
    with pytest.raises(FramingError, match="Register at https://propaganda"):
        corpora.fetch("ptc", source=None, out=tmp_path, host=None, say=print)
    with pytest.raises(FramingError, match="Correct the name"):
        corpora.fetch("none", source=None, out=tmp_path, host=None, say=print)


class Host(BaseHTTPRequestHandler):
    """Serves the file; `short` lies about its length, `long` has no end in sight, everything else is missing."""

    asked: ClassVar[list] = []

    def do_GET(self):
        Host.asked.append(self.path)
        if self.path.endswith("a%20file.txt"):
            self.reply(TEXT.encode(), len(TEXT.encode()))
        elif self.path.endswith("short"):
            self.reply(b"half", 400)
        elif self.path.endswith("long"):
            self.reply(b"x" * 5000, 5000)
        else:
            self.send_error(404)

    def reply(self, body, length):
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


@pytest.fixture
def host():
    server = HTTPServer(("127.0.0.1", 0), Host)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    Host.asked.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_fetch_downloads_once_and_builds(home, host, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    said = []
    for _ in range(2):
        corpora.fetch("conflict_real", source=None, out=tmp_path / "out", host=host, say=said.append, accepted=True)

    assert Host.asked.count("/owner/name/c0ffee/notes/a%20file.txt") == 1
    assert any("gone.txt: Not Found" in line or "gone.txt: HTTP Error 404" in line for line in said)
    assert len(dataset.load(tmp_path / "out", taxonomies.load("conflict")).splits["train"]) == 1


@pytest.mark.parametrize(("name", "reason"), [("short", "4 of 400 bytes"), ("long", "more than 1000 bytes")])
def test_a_broken_download_leaves_nothing_behind(host, tmp_path, name, reason):
    failed = fetch_files([(name, Path(name))], host=host, root=tmp_path, max_bytes=1000, say=lambda line: None)

    assert len(failed) == 1
    assert reason in failed[0] or "IncompleteRead" in failed[0]
    assert list(tmp_path.iterdir()) == []


def test_a_host_that_is_down_is_said(tmp_path):
    failed = fetch_files(
        [("x", Path("x"))], host="http://127.0.0.1:9", root=tmp_path, max_bytes=10, say=lambda line: None
    )

    assert "refused" in failed[0]


def test_a_path_that_leads_out_of_the_folder_is_refused(tmp_path):
    with pytest.raises(FramingError, match="files below"):
        fetch_files(
            [("x", Path("../x"))], host="http://127.0.0.1:9", root=tmp_path, max_bytes=10, say=lambda line: None
        )


def test_the_published_annotations_hold_no_text():
    home = conflict_real.annotations_home()
    rows = conflict_real.read_annotations(home)

    assert len(rows) > 1000
    assert all("text" not in r and all(set(e) <= ALLOWED for e in r["evidence"]) for r in rows)
    assert len({r["id"] for r in rows}) == len(rows)


def test_no_conflict_and_no_period_crosses_the_published_splits():
    home = conflict_real.annotations_home()
    wars, years = conflict_real.read_splits(home, "conflict"), conflict_real.read_splits(home, "period")
    seen = {"wars": {}, "years": {}}
    for r in conflict_real.read_annotations(home):
        if r["audit"]["conflict"]:
            seen["wars"].setdefault(r["audit"]["conflict"], set()).add(wars[r["document"]])
        if r["document"] in years and r["audit"]["date"]:  # an undated one goes with its near-duplicate
            seen["years"].setdefault(years[r["document"]], []).append(int(r["audit"]["date"][:4]))

    assert [war for war, homes in seen["wars"].items() if len(homes) > 1] == []
    assert max(seen["years"]["train"] + seen["years"]["validation"]) < 1990 <= min(seen["years"]["test"])


def test_another_way_of_splitting_is_taken_and_an_unknown_one_refused(root, home, tmp_path):
    corpora.convert("conflict_real", root=root, out=tmp_path / "out", by="period")

    assert [len(dataset.load(tmp_path / "out", taxonomies.load("conflict")).splits[s]) for s in dataset.SPLITS] == [
        1,
        1,
        0,
    ]
    with pytest.raises(FramingError, match="--by"):
        corpora.convert("conflict_real", root=root, out=tmp_path / "out", by="moon")
    with pytest.raises(FramingError, match="split ptc"):
        corpora.convert("ptc", root=root, out=tmp_path / "out", by="period")
