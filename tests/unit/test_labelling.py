import json
import tracemalloc

import pytest

from framing import labelling
from framing.data.dataset import Dataset
from framing.data.weak.aggregate import Majority
from framing.data.weak.functions import ABSTAIN, Voters
from framing.data.weak.pool import read_pool
from framing.errors import FramingError
from framing.schema import Sentence
from framing.taxonomy import Label, Taxonomy

RISE = Label(id="rise", name="Rise", definition="", cues=("up\\b", "climb\\w*"), exclude_cues=("up to",))
FALL = Label(id="fall", name="Fall", definition="", cues=("fell",))
TOY = Taxonomy(id="toy", version="1", title="Toy", labels=(RISE, FALL))


def sentence(name, text, *labels):
    return Sentence(name, name, 0, 0, len(text), text, labels)


@pytest.fixture
def write_pool(tmp_path):
    def write_pool(*texts, name="pool.jsonl"):
        path = tmp_path / name
        path.write_text("".join(f"{json.dumps({'text': text})}\n" for text in texts), encoding="utf-8")
        return path

    return write_pool


def label(pool, aggregate="majority", own=(), gold=None, said=None):
    out = pool.with_name("weak.jsonl")
    say = (said if said is not None else []).append
    done = labelling.label_pool(pool, out, Voters(TOY, own), taxonomy=TOY.name, aggregate=aggregate, gold=gold, say=say)
    return done, list(read_pool(out))


def test_labels_evidence_voice_and_votes_are_in_the_record(write_pool):
    done, (first, second) = label(write_pool('He said they "climb up" now.', "Rain fell."))

    assert (first.labels, first.voice, first.taxonomy) == (("rise",), "mixed", "toy/1")
    assert [(e.label, first.text[e.start : e.end], e.voice) for e in first.evidence] == [
        ("rise", "climb", "mixed"),
        ("rise", "up", "mixed"),
    ]
    assert first.provenance == {
        "kind": "weak",
        "by": "majority",
        "votes": [
            {"by": "rise/cue/1", "labels": ["rise"], "against": []},
            {"by": "rise/cue/2", "labels": ["rise"], "against": []},
        ],
        "scores": {"rise": 1.0},
    }
    assert (second.labels, done.labels) == (("fall",), {"rise": 1, "fall": 1})


def test_a_tie_is_no_label_and_the_votes_are_kept():
    voters, text = Voters(TOY), sentence("s", "It went up to him.")

    labelled = labelling.label_sentence(text, voters.cast(text), voters, Majority(), taxonomy=TOY.name, by="majority")

    assert (labelled.labels, labelled.evidence) == ((), ())
    assert [(v["labels"], v["against"]) for v in labelled.provenance["votes"]] == [(["rise"], []), ([], ["rise"])]


def test_of_overlapping_words_the_first_stands():
    label = RISE.model_copy(update={"cues": ("went up", "up\\b")})
    voters, text = Voters(TOY.model_copy(update={"labels": (label,)})), sentence("s", "It went up.")

    labelled = labelling.label_sentence(text, voters.cast(text), voters, Majority(), taxonomy="t", by="majority")

    assert [(e.start, e.end) for e in labelled.evidence] == [(3, 10)]


def test_dawid_skene_reads_the_pool_twice_and_weighs_functions(write_pool):
    # The exclusion stands beside one of four cues: a tie for majority, and so a label for neither.
    done, rows = label(write_pool(*["Up."] * 3, "Up to him."), "dawid-skene")

    assert [row.labels for row in rows[:3]] == [("rise",)] * 3
    assert rows[0].provenance["by"] == "dawid-skene"
    assert 0.5 < rows[0].provenance["scores"]["rise"] < 1
    assert done.sentences == 4


def test_functions_are_judged_on_gold_without_its_test_split(write_pool):
    splits = {
        "train": [sentence("1", "Up.", "rise"), sentence("2", "Climb.")],
        "validation": [sentence("3", "Up again.")],
        "test": [sentence("4", "Up here.", "rise")],
    }

    done, _ = label(write_pool("Up."), gold=Dataset("toy", TOY.name, splits))

    by_name = {f.name: f for f in done.functions}
    assert (by_name["rise/cue/1"].gold_votes, by_name["rise/cue/1"].accuracy.value) == (2, 0.5)
    assert (by_name["rise/cue/2"].gold_votes, by_name["rise/cue/2"].accuracy.value) == (1, 0.0)
    assert (done.verdict.sentences, done.verdict.model) == (3, None)
    assert done.verdict.majority.value == pytest.approx(2 * 1 / (2 * 1 + 2))


def test_the_sheet_tells_the_verdict_and_the_functions(write_pool):
    gold = Dataset("toy", TOY.name, {"train": [sentence("1", "Up.", "rise")], "validation": [], "test": []})

    done, _ = label(write_pool("Up."), "dawid-skene", gold=gold)

    assert "DOES NOT BEAT majority vote" in done.sheet(analysis=False)
    assert "rise/cue/1" not in done.sheet(analysis=False)
    assert "rise/cue/1" in done.sheet(analysis=True)
    assert json.loads(done.to_json())["verdict"]["majority"][0] == 1.0


def test_a_function_that_never_abstains_is_warned_of(write_pool, caplog):
    def forgetful(sentence):
        return "fall" if "fell" in sentence.text else None

    def careful(sentence):
        return "fall" if "fell" in sentence.text else ABSTAIN

    label(write_pool("Rain fell.", "Up."), own=[forgetful, careful])

    assert [record.getMessage().split(";")[0] for record in caplog.records] == ["forgetful never abstains"]


@pytest.mark.parametrize("aggregate", ["majority", "dawid-skene"])
def test_a_pool_is_never_held_in_memory(write_pool, aggregate):
    pool = write_pool(*[f"It went up {k} times and fell." for k in range(3000)])
    label(write_pool("Up.", name="first.jsonl"), aggregate)  # what is loaded once
    out = pool.with_name("long.jsonl")

    tracemalloc.start()
    labelling.label_pool(pool, out, Voters(TOY), taxonomy="t", aggregate=aggregate, gold=None, say=print)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < out.stat().st_size / 2


@pytest.mark.parametrize("aggregate", ["majority", "dawid-skene"])
def test_an_empty_pool_is_refused_and_nothing_is_written(write_pool, aggregate):
    pool = write_pool()

    with pytest.raises(FramingError, match="sentences in"):
        label(pool, aggregate)
    assert not pool.with_name("weak.jsonl").exists()


def test_an_unknown_way_to_aggregate_is_refused(write_pool):
    with pytest.raises(FramingError, match=r"a way to aggregate among \['majority', 'dawid-skene'\], found 'mean'"):
        label(write_pool("Up."), "mean")


def test_long_pools_tell_how_far_they_are(write_pool, monkeypatch):
    monkeypatch.setattr(labelling, "EVERY", 2)
    said = []

    label(write_pool(*["Up."] * 5), said=said)

    assert said == ["2 sentences labelled", "4 sentences labelled"]
