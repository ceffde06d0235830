"""Downloads from a host on this machine that misbehaves in every way that hosts do."""

import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from framing.data import download as module
from framing.data.download import download, partial
from framing.errors import FramingError

BODY = bytes(k % 251 for k in range(200_000))
SHA = hashlib.sha256(BODY).hexdigest()


class Host(BaseHTTPRequestHandler):
    """The path says what goes wrong; `state` counts the requests and keeps their headers."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.state.append(dict(self.headers))
        way, first = self.path.strip("/"), len(self.server.state) == 1
        if way == "gone" or (way == "busy" and first):
            self.send_error(404 if way == "gone" else 503)
        elif way in {"cut", "cut-plain", "changed", "stall", "elsewhere"}:
            body = b"old" * 50_000 if way == "changed" and first else BODY
            tag = None if way == "cut-plain" else '"v2"' if way == "changed" and not first else '"v1"'
            self.ranged(
                body, cut=70_000 if first else None, tag=tag, stall=way == "stall", shift=7 * (way == "elsewhere")
            )
        else:
            lie = {"longer": 5000, "shorter": -5000}.get(way, 0)
            self.reply(BODY[:-1] + b"?" if way == "wrong" else BODY, len(BODY) + lie)
        self.close_connection = True

    def ranged(self, body, *, cut, tag, stall, shift):
        asked = self.headers.get("Range")
        if asked and self.headers.get("If-Range") in {None, tag}:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            if start >= len(body):
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start + shift}-{len(body) - 1}/{len(body)}")
            body = body[start:]
        else:
            self.send_response(200)
        if tag:
            self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:cut])
        if stall and cut:
            self.wfile.flush()
            time.sleep(1.0)

    def reply(self, body, length):
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """A client that went away is what some tests are about."""


@pytest.fixture
def host(monkeypatch):
    monkeypatch.setattr(module, "PAUSE", 0.0)
    monkeypatch.setattr(module, "TIMEOUT", 5.0)
    server = Server(("127.0.0.1", 0), Host)
    server.state = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def left(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_sound_file_is_complete_and_nothing_is_beside_it(host, tmp_path):
    seen = []
    download(f"{host.url}/sound", tmp_path / "a", sha256=SHA, bar=lambda *row: seen.append(row))

    assert (tmp_path / "a").read_bytes() == BODY
    assert left(tmp_path) == ["a"]
    assert seen[-1] == ("a", len(BODY), len(BODY))
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)


def test_a_host_that_dies_half_way_is_continued_not_asked_for_all(host, tmp_path):
    download(f"{host.url}/cut", tmp_path / "a", sha256=SHA)

    assert (tmp_path / "a").read_bytes() == BODY
    assert [(h.get("Range"), h.get("If-Range")) for h in host.state] == [(None, None), ("bytes=70000-", '"v1"')]


def test_another_process_continues_what_one_left(host, tmp_path):
    with pytest.raises(FramingError, match=r"found 70000 of 200000 bytes\. Run the same command again; 70000 bytes"):
        download(f"{host.url}/cut", tmp_path / "a", sha256=SHA, tries=1)
    assert left(tmp_path) == [".a.part", ".a.validator"]

    download(f"{host.url}/cut", tmp_path / "a", sha256=SHA, tries=1)

    assert (tmp_path / "a").read_bytes() == BODY
    assert left(tmp_path) == ["a"]


def test_a_file_that_changed_meanwhile_is_taken_whole(host, tmp_path):
    download(f"{host.url}/changed", tmp_path / "a", sha256=SHA)

    assert (tmp_path / "a").read_bytes() == BODY


def test_without_a_validator_the_hash_lets_it_continue(host, tmp_path):
    download(f"{host.url}/cut-plain", tmp_path / "a", sha256=SHA)

    assert host.state[1]["Range"] == "bytes=70000-"
    assert "If-Range" not in host.state[1]
    assert (tmp_path / "a").read_bytes() == BODY


def test_parts_that_do_not_fit_are_asked_for_anew(host, tmp_path):
    part, _ = partial(tmp_path / "a")
    part.write_bytes(b"of another file")

    download(f"{host.url}/cut-plain", tmp_path / "a", sha256=SHA)

    assert (tmp_path / "a").read_bytes() == BODY
    assert [h.get("Range") for h in host.state] == ["bytes=15-", "bytes=70015-", None]


def test_without_a_validator_and_a_hash_nothing_is_kept(host, tmp_path):
    with pytest.raises(FramingError, match="0 bytes are kept"):
        download(f"{host.url}/cut-plain", tmp_path / "a", tries=1)

    assert left(tmp_path) == []


def test_a_host_that_stalls_is_given_up_and_continued(host, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "TIMEOUT", 0.3)
    download(f"{host.url}/stall", tmp_path / "a", sha256=SHA)

    assert (tmp_path / "a").read_bytes() == BODY
    assert len(host.state) == 2


def test_a_host_that_stalls_for_good_is_said(host, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "TIMEOUT", 0.3)
    with pytest.raises(FramingError, match=r"found (The read operation )?timed out"):
        download(f"{host.url}/stall", tmp_path / "a", sha256=SHA, tries=1)


def test_a_length_that_is_too_high_does_not_spoil_a_file_with_the_right_hash(host, tmp_path):
    download(f"{host.url}/longer", tmp_path / "a", sha256=SHA)

    assert (tmp_path / "a").read_bytes() == BODY


def test_a_length_that_is_too_low_is_found_by_the_hash(host, tmp_path):
    with pytest.raises(FramingError, match=r"found SHA-256 \w{12} instead of"):
        download(f"{host.url}/shorter", tmp_path / "a", sha256=SHA)

    assert left(tmp_path) == []


def test_a_wrong_hash_leaves_nothing_and_is_not_asked_for_again(host, tmp_path):
    with pytest.raises(FramingError, match=rf"instead of {SHA[:12]}.*take the file from its publisher"):
        download(f"{host.url}/wrong", tmp_path / "a", sha256=SHA)

    assert (left(tmp_path), len(host.state)) == ([], 1)


def test_what_is_too_large_is_refused(host, tmp_path):
    with pytest.raises(FramingError, match="200000 bytes, more than 1000 bytes"):
        download(f"{host.url}/sound", tmp_path / "a", max_bytes=1000)

    assert left(tmp_path) == []


def test_a_missing_file_is_not_asked_for_again_and_a_busy_host_is(host, tmp_path):
    with pytest.raises(FramingError, match="404"):
        download(f"{host.url}/gone", tmp_path / "a")
    assert len(host.state) == 1
    host.state.clear()

    download(f"{host.url}/busy", tmp_path / "a", sha256=SHA)

    assert (tmp_path / "a").read_bytes() == BODY


def test_another_range_than_was_asked_for_is_refused(host, tmp_path):
    with pytest.raises(FramingError, match="another part of the file"):
        download(f"{host.url}/elsewhere", tmp_path / "a", sha256=SHA)

    assert left(tmp_path) == []


def test_a_whole_part_needs_no_host(tmp_path):
    part, note = partial(tmp_path / "a")
    part.write_bytes(BODY)
    note.write_text(json.dumps({"validator": None}))

    download("http://127.0.0.1:9/a", tmp_path / "a", sha256=SHA)

    assert left(tmp_path) == ["a"]


def test_a_host_that_is_down_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PAUSE", 0.0)
    with pytest.raises(FramingError, match="refused"):
        download("http://127.0.0.1:9/a", tmp_path / "a", sha256=SHA)
