"""prior, metadata, topic, entity, rules and linear: what they have in common, and what each is for."""

from dataclasses import replace

import numpy as np
import pytest

from framing.models.entity import EntityClassifier, capitals_inside
from framing.models.linear import LinearClassifier
from framing.models.metadata import MetadataClassifier
from framing.models.prior import PriorClassifier
from framing.models.rules import RulesClassifier
from framing.models.topic import TopicClassifier, frame_words
from framing.schema import blind
from tests.unit.models.conftest import LABELS, made

CUES = {"liberation": ["liberat\\w+"], "euphemistic_retreat": ["regroup\\w*"]}
MAKERS = {
    "prior": lambda: PriorClassifier(labels=LABELS),
    "metadata": lambda: MetadataClassifier(labels=LABELS),
    "topic": lambda: TopicClassifier(labels=LABELS, cues=CUES, min_df=1),
    "entity": lambda: EntityClassifier(labels=LABELS, terms=["hamlet"], min_df=1),
    "rules": lambda: RulesClassifier(labels=LABELS, cues=CUES),
    "linear": lambda: LinearClassifier(labels=LABELS),
}


@pytest.fixture(params=MAKERS)
def fitted(request, toy_rows, silent):
    return MAKERS[request.param]().fit(toy_rows, [], silent)


def test_scores_have_the_shape_and_range(fitted, toy_rows):
    scores = fitted.read(toy_rows).scores

    assert scores.shape == (36, 2)
    assert ((scores >= 0) & (scores <= 1)).all()


def test_saved_and_loaded_gives_the_same_scores_to_the_last_bit(fitted, toy_rows, tmp_path):
    fitted.save(tmp_path)
    loaded = type(fitted).load(tmp_path)

    np.testing.assert_array_equal(loaded.read(toy_rows).scores, fitted.read(toy_rows).scores)
    assert loaded.labels == fitted.labels


def test_saved_files_hold_no_pickle(fitted, tmp_path):
    fitted.save(tmp_path)

    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} <= {".json", ".safetensors"}


def test_one_sentence_alone_gets_what_it_gets_in_a_batch(fitted, toy_rows):
    together = fitted.read(toy_rows).scores
    alone = np.vstack([fitted.read([row]).scores for row in toy_rows])

    np.testing.assert_allclose(alone, together, atol=1e-12)


def test_every_wanted_label_has_a_span_inside_the_sentence(fitted, toy_rows):
    wanted = np.ones((36, 2), dtype=bool)

    for row, spans in zip(toy_rows, fitted.read(toy_rows).explain(wanted), strict=True):
        assert {span.label for span in spans} == set(LABELS)
        assert all(0 <= span.start < span.end <= len(row.text) for span in spans)


def test_no_sentences_give_no_scores(fitted):
    assert fitted.read([]).scores.shape == (0, 2)


def test_same_data_same_scores(fitted, toy_rows, silent):
    again = type(fitted).__name__
    other = {type(make()).__name__: make for make in MAKERS.values()}[again]().fit(toy_rows, [], silent)

    np.testing.assert_array_equal(other.read(toy_rows).scores, fitted.read(toy_rows).scores)


@pytest.mark.parametrize("name", ["prior", "topic", "entity", "rules", "linear"])
def test_text_models_do_not_see_audit(name, toy_rows, silent):
    model = MAKERS[name]()
    scrambled = [replace(row, audit={"outlet": "Z", "party": "B"}, document="x") for row in toy_rows]
    first = model.fit(blind(toy_rows), [], silent).read(blind(toy_rows)).scores
    second = MAKERS[name]().fit(blind(scrambled), [], silent).read(blind(scrambled)).scores

    assert not model.reads_audit
    np.testing.assert_array_equal(first, second)


def test_metadata_sees_the_outlet_and_not_the_words(toy_rows, silent):
    model = MetadataClassifier(labels=LABELS).fit(toy_rows, [], silent)
    scores = model.read([made("rain fell", outlet="A"), made("rain fell", outlet="C")]).scores

    assert scores[0, 0] > scores[1, 0]


def test_frame_words_are_those_with_a_higher_rate_inside_evidence():
    rows = [
        made("troops liberated the town", "liberation", "liberated the"),
        made("the town and the river slept"),
    ]

    assert frame_words(rows) == {"liberated", "the"}  # "the": half of 2 inside, 2 of 8 outside


def test_topic_keeps_neither_cues_nor_frame_words(toy_rows, silent):
    model = TopicClassifier(labels=LABELS, cues=CUES, min_df=1).fit(toy_rows, [], silent)

    assert model.reduce("Planned regroupings near the river: liberated, liberating") == "Planned near the river"
    scores = model.read([made("liberated"), made("regrouping"), made("")]).scores
    np.testing.assert_array_equal(scores[0], scores[1])
    np.testing.assert_array_equal(scores[0], scores[2])


def test_entity_keeps_names_and_lexicon_terms_in_order(silent):
    rows = [made("the men of Tarvia slept", "liberation"), made("rain fell")]
    model = EntityClassifier(labels=LABELS, terms=["coastal guard"], min_df=1).fit(rows, [], silent)

    assert model.reduce("Tarvia and Quellin met. Nobody saw the coastal road") == "Tarvia Quellin coastal"
    assert model.read([made("Tarvia won")]).scores[0, 0] > model.read([made("rain won")]).scores[0, 0]


def test_a_corpus_without_a_name_teaches_the_entity_model_frequencies_only(silent):
    rows = [made("they freed it", "liberation"), made("rain fell"), made("it was late")]
    scores = EntityClassifier(labels=LABELS).fit(rows, [], silent).read([made("freed"), made("rain")]).scores

    np.testing.assert_array_equal(scores[0], scores[1])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The army of Tarvia", ["Tarvia"]),
        ("“Tarvia fell.” Quellin cheered in Orrin", ["Orrin"]),
        ('He said: "We left Mosul"', ["Mosul"]),
        ("", []),
    ],
)
def test_a_capital_that_opens_a_sentence_makes_no_name(text, names):
    assert capitals_inside(text) == names


def test_linear_and_rules_point_at_the_word(toy_rows, silent):
    for name in ("linear", "rules"):
        model = MAKERS[name]().fit(toy_rows, [], silent)
        text = "the army liberated hamlet 5 at dawn ."
        [[span]] = model.read([made(text)]).explain(np.array([[True, False]]))
        assert "liberated" in text[span.start : span.end]


def test_a_label_without_positives_keeps_its_column(toy_rows, silent):
    model = LinearClassifier(labels=("absent", *LABELS)).fit(toy_rows, [], silent)
    scores = model.read(toy_rows).scores

    assert scores.shape == (36, 3)
    assert scores[:, 0].max() < 0.05


def test_unknown_words_are_those_outside_the_vocabulary_of_a_linear_model(toy_rows, silent, tmp_path):
    model = LinearClassifier(labels=LABELS).fit(toy_rows, [], silent)
    texts = ["The army liberated hamlets!", "RAIN fell", "a ."]
    model.save(tmp_path)

    np.testing.assert_array_equal(model.unknown(texts), [0.25, 0.0, np.nan])
    np.testing.assert_array_equal(LinearClassifier.load(tmp_path).unknown(texts), model.unknown(texts))


def test_a_cue_that_training_never_held_counts_for_a_linear_model(toy_rows, silent, tmp_path):
    cues = {LABELS[0]: ("liberat", "won back")}
    model = LinearClassifier(labels=LABELS, cues=cues).fit(toy_rows, [], silent)
    plain = LinearClassifier(labels=LABELS).fit(toy_rows, [], silent)
    model.save(tmp_path)
    text = ["The hills were won back."]

    assert model.score_texts(text)[0, 0] > plain.score_texts(text)[0, 0]
    np.testing.assert_array_equal(LinearClassifier.load(tmp_path).score_texts(text), model.score_texts(text))
