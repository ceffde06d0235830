import json

import pytest

from framing.errors import FramingError
from framing.schema import Document, Evidence, Sentence, blind, from_record, multi_hot, to_record


def sentence(text="They freed the port.", **fields):
    return Sentence(**{"id": "d:0", "document": "d", "index": 0, "start": 0, "end": len(text), "text": text, **fields})


def test_record_round_trip_keeps_every_field():
    before = sentence(
        labels=("a",), evidence=(Evidence("a", 5, 10, "mixed", "they", "distanced"),), audit={"party": "A"}
    )

    assert from_record(json.loads(json.dumps(to_record(before)))) == before


def test_evidence_outside_its_sentence_is_refused():
    with pytest.raises(FramingError, match="evidence inside the 20 characters of sentence 'd:0', found a at 5:99"):
        sentence(evidence=(Evidence("a", 5, 99),))


def test_unknown_field_is_refused():
    with pytest.raises(FramingError, match="found \\['colour'\\]"):
        from_record({**to_record(sentence()), "colour": "red"})


def test_document_must_hold_its_sentences_at_their_offsets():
    with pytest.raises(FramingError, match="to hold the text of sentence 0"):
        Document("d", "Other words here....", (sentence(),))


def test_blind_keeps_text_and_gold_and_removes_what_names_the_source():
    seen = blind([sentence(labels=("a",), source="the army", audit={"party": "A"}, provenance={"by": "x"})])[0]

    assert (seen.text, seen.labels) == ("They freed the port.", ("a",))
    assert (seen.audit, seen.provenance, seen.source, seen.id, seen.document) == ({}, {}, None, "", "")


def test_multi_hot_follows_the_order_of_the_labels():
    hot = multi_hot([sentence(labels=("b",)), sentence()], ["a", "b"])

    assert hot.tolist() == [[False, True], [False, False]]
