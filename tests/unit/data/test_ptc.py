import pytest

from framing.data import corpora, dataset
from framing.data.corpora import ptc
from framing.errors import FramingError
from framing.taxonomy import load

TEXT = "A headline of our own\n\nThey are wicked, wicked men. Who can trust them?\n"


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Rows invented in the native format, with offsets that begin or end in white space as version 1 has them."""
    (tmp_path / "gold_dev").mkdir()
    for part, labels, first in (("train", "train-task2-TC.labels", 100), ("dev", "gold_dev/dev-task-TC.labels", 200)):
        (tmp_path / f"{part}-articles").mkdir()
        names = range(first, first + 8)
        for n in names:
            (tmp_path / f"{part}-articles" / f"article{n}.txt").write_text(TEXT, encoding="utf-8")
        rows = "".join(f"{n}\tLoaded_Language\t31\t47\n{n}\tDoubt\t51\t72\n" for n in names)
        (tmp_path / labels).write_text(rows, encoding="utf-8")
    counts = {"train articles": 8, "train spans": 16, "dev articles": 8}
    monkeypatch.setattr(ptc, "CARD", ptc.Card(**{**{f: getattr(ptc.CARD, f) for f in
        ("name", "title", "url", "licence", "citation")}, "counts": counts}))  # fmt: skip
    return tmp_path


def test_lines_become_sentences_and_spans_evidence(root):
    rows = ptc.parse(root).splits["test"][:2]

    assert [s.text for s in rows] == ["A headline of our own", "They are wicked, wicked men. Who can trust them?"]
    spans = {e.label: rows[1].text[e.start : e.end] for e in rows[1].evidence}
    assert spans == {"Loaded_Language": "wicked, wicked", "Doubt": "Who can trust them?"}
    assert rows[1].labels == ("Doubt", "Loaded_Language")


def test_offsets_are_those_of_the_article(root):
    for sentence in ptc.parse(root).splits["test"]:
        assert TEXT[sentence.start : sentence.end] == sentence.text


def test_development_articles_are_the_test_split(root):
    rows = ptc.parse(root).splits

    assert len({s.document for s in rows["test"]}) == 8
    assert len(rows["train"]) + len(rows["validation"]) == 16


def test_other_counts_are_another_version(root):
    (root / "train-articles/article100.txt").unlink()

    with pytest.raises(FramingError, match="the counts"):
        ptc.parse(root)


def test_a_missing_file_says_where_to_register(root):
    (root / "train-task2-TC.labels").unlink()

    with pytest.raises(FramingError, match="Register at https"):
        ptc.parse(root)


def test_converted_corpus_loads_as_a_dataset(root, tmp_path):
    corpora.convert("ptc", root=root, out=tmp_path / "out")

    assert dataset.load(tmp_path / "out", load("ptc")).taxonomy == "ptc/14"


def test_conversion_needs_a_folder_to_write_to(root):
    with pytest.raises(FramingError, match=r"expected --out .*do not commit"):
        corpora.convert("ptc", root=root, out=None)
