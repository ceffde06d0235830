from dataclasses import replace

import pytest

from framing.data import corpora, dataset
from framing.data.corpora import pets
from framing.errors import FramingError
from framing.taxonomy import load

HEAD = "keyword,edited_text,is_euph,category,type,euph_status\n"
ROWS = (
    'collateral loss,"He counted <Collateral "" loss> near the mill @ @ @ , and no more.",1,politics,loss,some\n',
    "neutralize,He <neutralized> the acid in the third flask of the day.,0,politics,neutralize,sometimes\n",
    "pass away,The old miller of the upper valley <passed away> while he was between jobs.,1,death,pass,always\n",
    "between jobs,The old miller of the upper valley passed away while he was <between jobs>.,1,jobs,jobs,always\n",
    "late,A row without its term in marks.,1,death,late,always\n",
)


@pytest.fixture
def root(tmp_path, monkeypatch):
    (tmp_path / pets.FILE).write_text(HEAD + "".join(ROWS), encoding="utf-8-sig")
    monkeypatch.setattr(pets, "CARD", replace(pets.CARD, counts={"texts": 5, "euphemistic": 4}))
    return tmp_path


@pytest.fixture
def rows(root):
    return {s.id: s for own in pets.parse(root).splits.values() for s in own}


def test_the_marks_are_cut_out_and_the_term_is_a_span(rows):
    found = rows["pets:2"]

    assert found.text == 'He counted Collateral " loss near the mill @ @ @ , and no more.'
    assert [(e.label, found.text[e.start : e.end]) for e in found.evidence] == [("euphemism", 'Collateral " loss')]


def test_a_literal_term_gives_no_label_and_is_remembered(rows):
    found = rows["pets:3"]
    start, end = found.provenance["term"]

    assert (found.labels, found.evidence, found.text[start:end]) == ((), (), "neutralized")


def test_category_and_keyword_are_audit(rows):
    assert (rows["pets:4"].audit["topic"], rows["pets:4"].audit["keyword"]) == ("death", "pass")


def test_one_text_with_two_terms_does_not_cross_splits(root, rows):
    homes = {s.id: name for name, own in pets.parse(root).splits.items() for s in own}

    assert rows["pets:4"].text == rows["pets:5"].text
    assert homes["pets:4"] == homes["pets:5"]


def test_rows_without_one_marked_term_are_left_out(root):
    assert pets.parse(root).left_out == (f"line 6 of {pets.FILE}: not one marked term",)


@pytest.mark.parametrize("text", ["<a> and <b>", "no term", "<>", "> a <", "<a"])
def test_only_one_pair_of_marks_around_something_is_a_term(text):
    assert pets._term(pets.Row(2, {"edited_text": text})) is None


def test_an_answer_that_is_neither_names_its_line(root):
    (root / pets.FILE).write_text(HEAD + ROWS[0].replace(",1,", ",yes,"), encoding="utf-8")

    with pytest.raises(FramingError, match="is_euph 0 or 1 in line 2"):
        pets.parse(root)


def test_other_counts_are_another_version(root):
    (root / pets.FILE).write_text(HEAD + ROWS[0], encoding="utf-8")

    with pytest.raises(FramingError, match="the counts"):
        pets.parse(root)


def test_converted_corpus_loads_as_a_dataset(root, tmp_path):
    corpora.convert("pets", root=root, out=tmp_path / "out")

    assert dataset.load(tmp_path / "out", load("pets")).taxonomy == "pets/binary"
