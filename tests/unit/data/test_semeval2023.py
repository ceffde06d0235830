from dataclasses import replace
from pathlib import Path

import pytest

from framing.data import corpora, dataset
from framing.data.corpora import semeval2023_frames, semeval2023_persuasion
from framing.errors import FramingError
from framing.taxonomy import load

ARTICLE = "\nFerry talks\n\nThe board spoke of money and of law.\n"
PARAGRAPHS = {1: '"Never again', 3: "Who can trust them?", 4: 'He said "no" twice.'}
LABELS = {1: "", 3: "Doubt,Loaded_Language", 4: "Repetition"}


def frames(folder, part, articles, labels="Economic,Political"):
    (folder / f"{part}-articles-subtask-2").mkdir(parents=True, exist_ok=True)
    for article in articles:
        (folder / f"{part}-articles-subtask-2/article{article}.txt").write_text(ARTICLE, encoding="utf-8")
    rows = "".join(f"{article}\t{labels}\n" for article in articles)
    (folder / f"{part}-labels-subtask-2.txt").write_text(rows, encoding="utf-8")


def persuasion(folder, part, articles, labels=LABELS, texts=PARAGRAPHS):
    folder.mkdir(parents=True, exist_ok=True)
    for name, of in (("txt", labels), ("template", texts)):
        rows = "".join(f"{article}\t{n}\t{of[n]}\n" for article in articles for n in of)
        (folder / f"{part}-labels-subtask-3.{name}").write_text(rows, encoding="utf-8")


@pytest.fixture
def root(tmp_path, monkeypatch):
    """English with 12 and 2 articles, Polish with 1 and 1."""
    for folder, train, dev in (("en", range(100, 112), range(200, 202)), ("po", [300], [400])):
        frames(tmp_path / folder, "train", train)
        frames(tmp_path / folder, "dev", dev)
        persuasion(tmp_path / folder, "train", train)
        persuasion(tmp_path / folder, "dev", dev)
    monkeypatch.setattr(
        semeval2023_frames,
        "CARD",
        replace(semeval2023_frames.CARD, counts={"en train articles": 12, "en dev articles": 2}),
    )
    counts = {
        "en train paragraphs": 36,
        "en train paragraphs with a label": 24,
        "en train labels": 36,
        "en dev paragraphs": 6,
        "pl train paragraphs": 3,
    }
    monkeypatch.setattr(semeval2023_persuasion, "CARD", replace(semeval2023_persuasion.CARD, counts=counts))
    return tmp_path


def test_an_article_is_a_record_with_its_frames(root):
    record = semeval2023_frames.parse(root).splits["test"][0]

    assert (record.document, record.labels) == ("200", ("Economic", "Political"))
    assert record.text == "Ferry talks\n\nThe board spoke of money and of law."
    assert ARTICLE[record.start : record.end] == record.text


@pytest.mark.parametrize("corpus", [semeval2023_frames, semeval2023_persuasion])
def test_dev_is_the_test_split_and_train_is_parted_by_article(root, corpus):
    names = {split: {s.document for s in rows} for split, rows in corpus.parse(root).splits.items()}

    assert names["test"] == {"200", "201"}
    assert names["train"] | names["validation"] == {str(n) for n in range(100, 112)}
    assert not names["train"] & names["validation"]


def test_a_paragraph_is_a_record_and_quotation_marks_are_text(root):
    rows = semeval2023_persuasion.parse(root).splits["test"][:3]

    assert [s.text for s in rows] == list(PARAGRAPHS.values())
    assert [s.labels for s in rows] == [(), ("Loaded_Language", "Doubt"), ("Repetition",)]
    assert [(s.id, s.index) for s in rows] == [("200:1", 0), ("200:3", 1), ("200:4", 2)]


def test_offsets_are_those_of_the_paragraphs_one_a_line(root):
    document = "\n".join(PARAGRAPHS.values())

    assert all(document[s.start : s.end] == s.text for s in semeval2023_persuasion.parse(root).splits["test"])


def test_a_label_row_without_its_last_tab_has_no_label(root):
    path = root / "en/dev-labels-subtask-3.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("\t1\t\n", "\t1\n"), encoding="utf-8")

    assert semeval2023_persuasion.parse(root).splits["test"][0].labels == ()


@pytest.mark.parametrize("corpus", [semeval2023_frames, semeval2023_persuasion])
def test_the_root_may_be_the_folder_of_a_language(root, corpus):
    rows = [s for split in corpus.parse(root / "po").splits.values() for s in split]

    assert ({s.language for s in rows}, {s.document for s in rows}) == ({"pl"}, {"300", "400"})


def test_the_current_folder_may_be_that_of_a_language(root, monkeypatch):
    monkeypatch.chdir(root / "po")

    assert semeval2023_frames.parse(Path()).splits["test"][0].language == "pl"


def test_a_folder_without_languages_says_where_to_register(tmp_path):
    with pytest.raises(FramingError, match=r"\['en', 'fr', 'ge', 'it', 'po', 'ru'\].*Register at https"):
        semeval2023_frames.parse(tmp_path)


def test_an_unknown_label_names_its_line(root):
    frames(root / "en", "dev", [200, 201], labels="Economic,Weather")

    with pytest.raises(FramingError, match=r"line 1 of .*found \['Weather'\]"):
        semeval2023_frames.parse(root)


def test_a_missing_article_is_named(root):
    (root / "en/train-articles-subtask-2/article105.txt").unlink()

    with pytest.raises(FramingError, match=r"the file article105\.txt"):
        semeval2023_frames.parse(root)


@pytest.mark.parametrize(("corpus", "write"), [(semeval2023_frames, frames), (semeval2023_persuasion, persuasion)])
def test_other_counts_are_another_version(root, corpus, write):
    write(root / "en", "dev", [])

    with pytest.raises(FramingError, match=r"found .*'en dev (articles|paragraphs)': 0"):
        corpus.parse(root)


def test_a_label_row_needs_a_text(root):
    persuasion(root / "en", "dev", [200, 201], texts={n: PARAGRAPHS[n] for n in (1, 3)})

    with pytest.raises(FramingError, match=r"a text for every label row of dev .*found 2 without"):
        semeval2023_persuasion.parse(root)


@pytest.mark.parametrize("texts", [{**PARAGRAPHS, 5: "One more."}, {**PARAGRAPHS, 4: " "}])
def test_a_paragraph_needs_a_text_and_a_label_row(root, texts):
    persuasion(root / "en", "dev", [200, 201], texts=texts)

    with pytest.raises(FramingError, match=r"a text and a label row for paragraph [45] of article 200"):
        semeval2023_persuasion.parse(root)


@pytest.mark.parametrize("name", ["semeval2023_frames", "semeval2023_persuasion"])
def test_it_loads_as_a_dataset(root, tmp_path, name):
    corpora.convert(name, root=root, out=tmp_path / "out")

    assert dataset.load(tmp_path / "out", load(name)).taxonomy == load(name).name
