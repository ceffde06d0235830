from dataclasses import replace

import pytest

from framing.data import corpora, dataset
from framing.data.corpora import nlp4if2019
from framing.errors import FramingError
from framing.taxonomy import load

TEXT = "Ferry board meets\n\nThey are wicked, wicked men.\nThe mill reopened.\n"
ANSWERS = ("non-propaganda", "non-propaganda", "propaganda", "non-propaganda")
SPANS = ("Loaded_Language\t28\t34", "Repetition\t28\t42", "Doubt\t43\t47", "Doubt\t48\t99")
"""`wicked`, `wicked, wicked`, `men.`, and one past the end in a sentence that is not labelled."""


def write(root, article, *, answers=ANSWERS, spans=SPANS):
    for folder in ("train-articles", "train-labels-SLC", "train-labels-FLC"):
        (root / folder).mkdir(exist_ok=True)
    (root / f"train-articles/article{article}.txt").write_text(TEXT, encoding="utf-8")
    slc = "".join(f"{article}\t{n}\t{answer}\n" for n, answer in enumerate(answers, 1))
    (root / f"train-labels-SLC/article{article}.task-SLC.labels").write_text(slc, encoding="utf-8")
    flc = "".join(f"{article}\t{span}\n" for span in spans)
    (root / f"train-labels-FLC/article{article}.task-FLC.labels").write_text(flc, encoding="utf-8")


@pytest.fixture
def root(tmp_path, monkeypatch):
    for article in range(100, 120):
        write(tmp_path, article)
    counts = {"articles": 20, "sentences": 60, "sentences with propaganda": 20, "spans": 80}
    monkeypatch.setattr(nlp4if2019, "CARD", replace(nlp4if2019.CARD, counts=counts))
    return tmp_path


def first(root):
    return [s for rows in nlp4if2019.parse(root).splits.values() for s in rows if s.document == "100"]


def test_empty_lines_are_numbered_but_are_no_sentences(root):
    rows = first(root)

    assert [s.text for s in rows] == ["Ferry board meets", "They are wicked, wicked men.", "The mill reopened."]
    assert [s.labels for s in rows] == [(), ("propaganda",), ()]
    assert all(TEXT[s.start : s.end] == s.text for s in rows)


def test_spans_that_overlap_are_one_and_those_apart_are_two(root):
    labelled = first(root)[1]

    assert [labelled.text[e.start : e.end] for e in labelled.evidence] == ["wicked, wicked", "men."]


def test_a_sentence_that_is_not_labelled_has_no_evidence_though_a_span_lies_in_it(root):
    assert first(root)[2].evidence == ()


def test_a_labelled_sentence_may_have_no_span(root):
    write(root, 100, spans=())
    write(root, 101, spans=SPANS * 2)

    assert (first(root)[1].labels, first(root)[1].evidence) == (("propaganda",), ())


def test_spans_are_counted(root):
    write(root, 100, spans=())

    with pytest.raises(FramingError, match=r"'spans': 80\}.*'spans': 76\}"):
        nlp4if2019.parse(root)


def test_each_article_is_in_one_split_of_three(root):
    splits = nlp4if2019.parse(root).splits
    names = {split: {s.document for s in rows} for split, rows in splits.items()}

    assert sum(map(len, names.values())) == 20
    assert all(names.values())


def test_the_submission_template_is_no_gold(root):
    write(root, 100, answers=("?",) * 4)

    with pytest.raises(FramingError, match=r"found sentence 1 and '\?'\..*not the template"):
        nlp4if2019.parse(root)


def test_a_skipped_sentence_number_is_named(root):
    path = root / "train-labels-SLC/article100.task-SLC.labels"
    path.write_text(path.read_text(encoding="utf-8").replace("100\t2\t", "100\t3\t"), encoding="utf-8")

    with pytest.raises(FramingError, match=r"sentence 2 and one of .*found sentence 3"):
        nlp4if2019.parse(root)


def test_an_article_needs_a_label_a_line(root):
    write(root, 100, answers=ANSWERS[:3])

    with pytest.raises(FramingError, match="each of the 4 lines of article 100, found 3 labels"):
        nlp4if2019.parse(root)


def test_a_missing_article_is_another_version(root):
    (root / "train-articles/article119.txt").unlink()

    with pytest.raises(FramingError, match="'articles': 19"):
        nlp4if2019.parse(root)


def test_an_article_needs_its_own_label_file_as_the_joint_one_is_incomplete(root):
    (root / "train-labels-SLC/article119.task-SLC.labels").rename(root / "train.task-SLC.labels")

    with pytest.raises(FramingError, match=r"the file article119\.task-SLC\.labels"):
        nlp4if2019.parse(root)


def test_it_loads_as_a_dataset(root, tmp_path):
    corpora.convert("nlp4if2019", root=root, out=tmp_path / "out")

    assert dataset.load(tmp_path / "out", load("nlp4if2019")).taxonomy == "nlp4if2019/binary"
