import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from filelock import FileLock

from framing.data import corrections
from framing.errors import FramingError
from framing.schema import from_record

TEXT = "The ministry said it had freed the port."


def dispute(label="liberation", verdict="absent", text=TEXT, labels=("liberation",), **more):
    evidence = [
        {"label": "liberation", "start": 25, "end": 30, "voice": "indirect", "source": None, "distance": "neutral"}
    ]
    row = {"id": corrections.sentence_id(text), "document": "0123456789abcdef", "text": text, "label": label}
    row |= {"verdict": verdict, "labels": list(labels), "evidence": evidence, "taxonomy": "conflict/1.0"}
    return row | {"provenance": {"kind": "correction", "by": "reader", "note": ""}} | more


@pytest.fixture
def inbox(tmp_path):
    return tmp_path / "runs" / "corrections" / "inbox.jsonl"


def test_rows_come_back_in_order(inbox):
    rows = [dispute(), dispute("heroic_sacrifice", "present", text="Rain 🕊 fell.")]
    for row in rows:
        corrections.append(inbox, row)

    assert corrections.read(inbox) == rows


def test_many_writers_lose_and_mix_nothing(inbox):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: corrections.append(inbox, dispute(n=n, text=f"{n} " * 500)), range(40)))

    assert sorted(row["n"] for row in corrections.read(inbox)) == list(range(40))


def test_what_a_killed_writer_left_goes(inbox):
    corrections.append(inbox, dispute())
    with inbox.open("a") as file:
        file.write('{"id": "reader-')
    corrections.append(inbox, dispute(verdict="present"))

    assert [row["verdict"] for row in corrections.read(inbox)] == ["absent", "present"]


def test_a_full_inbox_takes_nothing_and_keeps_what_it_has(inbox):
    corrections.append(inbox, dispute())
    size = inbox.stat().st_size

    with pytest.raises(corrections.InboxError, match="full"):
        corrections.append(inbox, dispute(), limit=2 * size - 1)
    corrections.append(inbox, dispute(), limit=2 * size)
    assert inbox.stat().st_size == 2 * size


def test_an_inbox_that_another_process_holds_is_busy(inbox, monkeypatch):
    corrections.append(inbox, dispute())
    monkeypatch.setattr(corrections, "LOCK_SECONDS", 0.05)

    with FileLock(inbox.with_suffix(".lock")), pytest.raises(corrections.InboxError, match="in use"):
        corrections.append(inbox, dispute())


@pytest.mark.parametrize(
    ("verdicts", "labels"),
    [
        ([("liberation", "absent")], ()),
        ([("liberation", "absent"), ("liberation", "present")], ("liberation",)),
        ([("liberation", "absent"), ("liberation", "absent"), ("liberation", "present")], ()),
        ([("heroic_sacrifice", "present")], ("liberation", "heroic_sacrifice")),
        ([("heroic_sacrifice", "present"), ("heroic_sacrifice", "absent")], ("liberation",)),
        ([("liberation", "absent"), ("heroic_sacrifice", "present")], ("heroic_sacrifice",)),
    ],
)
def test_more_readers_for_than_against_settle_a_label(verdicts, labels):
    assert corrections.settled([dispute(label, verdict) for label, verdict in verdicts]) == labels


def test_votes_have_one_row_a_sentence():
    rows = [
        dispute(),
        dispute(text="Rain.", document="", labels=(), label="heroic_sacrifice", verdict="present"),
        dispute(),
    ]

    assert corrections.export(rows, form="votes") == [
        {"id": corrections.sentence_id(TEXT), "document": "reader-0123456789abcdef", "labels": []},
        {
            "id": corrections.sentence_id("Rain."),
            "document": corrections.sentence_id("Rain."),
            "labels": ["heroic_sacrifice"],
        },
    ]


def test_records_are_sentences_with_evidence_voice_and_every_dispute():
    rows = [dispute("heroic_sacrifice", "absent"), dispute("liberation", "present")]

    (record,) = corrections.export(rows, form="records")
    sentence = from_record(record)
    assert (sentence.text, sentence.labels, sentence.voice, sentence.source) == (
        TEXT,
        ("liberation",),
        "indirect",
        "The ministry",
    )
    assert [TEXT[e.start : e.end] for e in sentence.evidence] == ["freed"]
    assert [(v["label"], v["verdict"]) for v in sentence.provenance["votes"]] == [
        ("heroic_sacrifice", "absent"),
        ("liberation", "present"),
    ]


def test_evidence_of_a_label_that_goes_goes_too():
    (record,) = corrections.export([dispute()], form="records")

    assert (record["labels"], record["evidence"]) == ([], [])


def test_an_unknown_form_is_refused():
    with pytest.raises(FramingError, match="votes"):
        corrections.export([], form="csv")


def test_no_inbox_is_refused(inbox):
    with pytest.raises(FramingError, match="No such file"):
        corrections.read(inbox)


@pytest.mark.parametrize("line", ["{", "[]", json.dumps(dispute(verdict="maybe"))])
def test_a_line_that_is_no_correction_is_named(inbox, line):
    corrections.append(inbox, dispute())
    with inbox.open("a") as file:
        file.write(f"{line}\n")

    with pytest.raises(FramingError, match="line 2"):
        corrections.read(inbox)
