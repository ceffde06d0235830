"""What the datasheet of conflict_frames promises, over the whole corpus."""

from collections import Counter, defaultdict

import numpy as np
import pytest

from framing import taxonomy as taxonomies
from framing.data import dataset, near, stats
from tests.conftest import ROOT

TAXONOMY = taxonomies.load("conflict")
FRAMES = dataset.load(ROOT / "data/conflict_frames", TAXONOMY)
ROWS = [s for split in dataset.SPLITS for s in FRAMES.splits[split]]
COUNTS = stats.count(FRAMES, TAXONOMY)
EAST = ("RU-UA-2022", "UA-DONBAS-2014", "RU-GE-2008", "RU-CHECHNYA-1999", "UA-SOVIET-1918", "CRIMEA-1853", "JP-RU-1904")
REAL_WORDS = (18, 25, 32)
"""Quartiles of words a sentence in FA-KES, by `scripts/bench_corpus.py`."""
LABELS = [pytest.param(label, COUNTS["labels"][label.id], id=label.id) for label in TAXONOMY.labels]


def test_size_and_spread():
    conflicts = {c: n for c, n in COUNTS["conflicts"].items() if not c.startswith("LOCAL")}
    invented = {s.audit["conflict"] for s in ROWS if s.audit.get("invented")}

    assert len(ROWS) >= 2000
    assert COUNTS["documents"] >= 180
    assert len(conflicts) >= 30
    assert len(invented) >= 8
    assert max(conflicts.values()) <= 0.08 * len(ROWS)
    assert 0.15 <= sum(conflicts[c] for c in EAST) / len(ROWS) <= 0.20


@pytest.mark.parametrize(("label", "row"), LABELS)
def test_every_label_has_its_positives_and_near_misses(label, row):
    assert row["positives"] >= (40 if label.optional else 100)
    assert row["near"] >= 60


@pytest.mark.parametrize(("label", "row"), LABELS)
def test_no_label_belongs_to_a_side(label, row):
    assert row["conflicts"] >= 8
    assert 0.4 <= row["first"] / (row["first"] + row["second"]) <= 0.6
    assert row["side_information"] < 0.01


def test_empty_is_the_normal_case():
    assert 0.45 <= COUNTS["empty"] <= 0.60


def test_voices_distances_and_mentions_are_all_there():
    assert all(COUNTS["voice"][voice] >= 0.10 * len(ROWS) for voice in ("narrator", "indirect", "direct", "mixed"))
    assert all(COUNTS["distance"][distance] >= 80 for distance in ("adopted", "neutral", "distanced"))
    assert sum(row["mentions"] for row in COUNTS["labels"].values()) >= 100
    assert {1, 2, 3} <= set(COUNTS["labels_per_sentence"])


def test_sentences_are_as_long_as_those_of_real_news():
    np.testing.assert_allclose(COUNTS["words_quartiles"], REAL_WORDS, rtol=0.15)


def test_no_sentence_is_a_version_of_one_in_another_article():
    pairs = [
        (ROWS[a].id, ROWS[b].id)
        for a, b, _ in near.similar_pairs([s.text for s in ROWS])
        if ROWS[a].document != ROWS[b].document
    ]
    assert pairs == []


def test_no_phrase_of_seven_words_is_in_more_than_three_articles():
    homes = defaultdict(set)
    for row in ROWS:
        for phrase in near.shingles(row.text, 7):
            if len(phrase) == 7:
                homes[phrase].add(row.document)

    assert [" ".join(phrase) for phrase, documents in homes.items() if len(documents) > 3] == []


@pytest.mark.parametrize("by", ["conflict", "period"])
def test_the_other_splits_hold_apart_what_they_promise(by):
    from framing.data import gold

    built = gold.build(ROOT / "data/conflict_frames", TAXONOMY, by)
    seen = defaultdict(set)
    for split in dataset.SPLITS:
        assert built.splits[split]
        for row in built.splits[split]:
            seen[split].add(row.audit["conflict"] if by == "conflict" else int(str(row.audit["date"])[:4]) >= 1990)

    assert seen["test"].isdisjoint(seen["train"] | seen["validation"])


def test_article_ids_say_their_conflict():
    wrong = [s.id for s in ROWS if not s.document.startswith(str(s.audit["conflict"]).lower())]

    assert wrong == []


def test_every_genre_is_there():
    genres = Counter(s.audit["source_type"] for s in ROWS)

    assert set(genres) >= {"agency", "state_media", "opposition_media", "communique", "press_conference", "telegram"}
    assert set(genres) >= {"headline", "radio", "dispatch", "letter", "analysis", "report_ngo", "local_news", "speech"}


def test_swap_pairs_are_what_the_lexicons_give_today():
    """200 pairs that were read for fluency; a lexicon that changes must have its pairs read again."""
    import json

    from framing.evaluation.sides import load_all

    lexicons = load_all(ROOT / "configs/sides")
    texts = {s.id: s.text for s in ROWS}
    lines = (ROOT / "data/conflict_frames/swap_pairs.jsonl").read_text(encoding="utf-8").splitlines()
    pairs = [json.loads(line) for line in lines]

    assert len({pair["id"] for pair in pairs}) == 200
    assert len({pair["conflict"] for pair in pairs}) >= 12
    assert [p["id"] for p in pairs if texts[p["id"]] != p["text"]] == []
    assert [p["id"] for p in pairs if lexicons[p["conflict"]].swap(p["text"]) != p["swapped"]] == []
