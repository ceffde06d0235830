import io
import sys

import pytest

from framing.data import articles
from framing.data.articles import read_articles
from framing.errors import FramingError


def write(tmp_path, name, raw):
    path = tmp_path / name
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return str(path)


def test_text_with_and_without_byte_order_mark(tmp_path):
    plain = read_articles(write(tmp_path, "a.txt", "Дні й ночі."))
    marked = read_articles(write(tmp_path, "b.txt", b"\xef\xbb\xbf" + "Дні й ночі.".encode()))

    assert plain[0].text == marked[0].text == "Дні й ночі."
    assert plain[0].id == "a.txt"


def test_html_gives_the_article_and_not_the_menu(tmp_path):
    body = "<p>" + "</p><p>".join(f"Paragraph {n} tells at some length what happened by the river." for n in range(9))
    page = f"<html><body><nav><a href='/'>Home</a></nav><article><h1>Title</h1>{body}</p></article></body></html>"

    text = read_articles(write(tmp_path, "a.html", page))[0].text

    assert "Paragraph 3 tells" in text
    assert "Home" not in text


def test_jsonl_gives_one_article_a_line(tmp_path):
    found = read_articles(write(tmp_path, "a.jsonl", '{"id": "x", "text": "One."}\n\n{"id": 2, "text": "Two."}\n'))

    assert found == [("x", "One."), ("2", "Two.")]


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"They left.")))

    assert read_articles("-") == [("-", "They left.")]


@pytest.mark.parametrize(
    ("name", "raw", "message"),
    [
        ("a.txt", b"", "found an empty text"),
        ("a.txt", b" \n\t\n", "found nothing but white space"),
        ("a.txt", b"text\0more", "found binary bytes"),
        ("a.txt", b"caf\xe9", r"another encoding \(byte 3\)"),
        ("a.txt", "Text.".encode("utf-16"), r"another encoding \(byte 0\)"),
        ("a.pdf", b"%PDF", "expected a .txt, .md, .html or .jsonl file"),
        ("a.html", b"<html><body></body></html>", "found no main text"),
        ("a.jsonl", b'{"id": "x"}', "line 1 of"),
        ("a.jsonl", b'{"id": "x", "text": "  "}', "line 1 of"),
        ("a.jsonl", b'{"id": "x", "text": 3}', "line 1 of"),
        ("a.jsonl", b"not json", "line 1 of"),
        ("a.jsonl", b'{"id": "x", "text": "A."}\n{"id": "x", "text": "B."}', "every id once .* line 2"),
    ],
)
def test_what_is_no_readable_text_is_refused(tmp_path, name, raw, message):
    with pytest.raises(FramingError, match=message):
        read_articles(write(tmp_path, name, raw))


def test_missing_file_and_directory_are_refused(tmp_path):
    with pytest.raises(FramingError, match="found no such file"):
        read_articles(str(tmp_path / "none.txt"))
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(FramingError, match="found a directory"):
        read_articles(str(tmp_path / "folder.txt"))


def test_a_text_over_the_limit_is_refused(tmp_path):
    with pytest.raises(FramingError, match="found more than 10 MB"):
        read_articles(write(tmp_path, "a.txt", b"a " * (articles.MAX_BYTES // 2 + 1)))


def test_errors_never_hold_the_text(tmp_path):
    with pytest.raises(FramingError) as caught:
        read_articles(write(tmp_path, "a.jsonl", '{"id": "x", "text": ["secret words"]}'))

    assert "secret" not in str(caught.value)
