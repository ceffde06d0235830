import time

import pytest

from framing.data.sentences import document
from framing.data.voice import read_sentence, read_voices


def at(text, words):
    start = text.index(words)
    return read_sentence(text).at(start, start + len(words))


@pytest.mark.parametrize(
    ("text", "voice", "distance"),
    [
        ("The column crossed the river before dawn.", "narrator", "adopted"),
        ("The ministry said its troops had crossed the river.", "indirect", "neutral"),
        ("The bridge was intact, the general said.", "indirect", "neutral"),
        ("According to residents, the bridge was intact.", "indirect", "neutral"),
        ("The ministry claimed that the bridge was intact.", "indirect", "distanced"),
        ("The colonel admitted that the bridge was lost.", "indirect", "adopted"),
        ('"We shall hold this bridge for ever," the colonel said.', "direct", "neutral"),
        ("“We shall hold this bridge for ever,” the colonel claimed.", "direct", "distanced"),
        ('The colonel called it a "planned regrouping" yesterday.', "mixed", "neutral"),
        ('The town was "liberated" on Friday.', "narrator", "distanced"),
        ("The so-called people's republic paid no wages.", "narrator", "distanced"),
        ("The ministry said 40 were hit; the figure could not be independently verified.", "indirect", "distanced"),
        ("The troops will say nothing until Monday.", "narrator", "adopted"),
        ("We demand the return of our prisoners.", "narrator", "adopted"),
        ("The United States sent two ships.", "narrator", "adopted"),
    ],
)
def test_voice_and_distance_of_a_sentence(text, voice, distance):
    found = read_sentence(text)

    assert (found.voice, found.distance) == (voice, distance)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("The ministry in Port Meres said its troops had crossed.", "The ministry in Port Meres"),
        ("The bridge was intact, the general said.", "the general"),
        ("The bridge was intact, said the general.", "the general"),
        ("According to two clerks, the bridge was intact.", "two clerks"),
        ("The column crossed the river.", None),
    ],
)
def test_source(text, source):
    assert read_sentence(text).source == source


@pytest.mark.parametrize(
    ("text", "words", "voice"),
    [
        ('"We freed our land and our people," he said.', "freed our land", "direct"),
        ('He spoke of a "regrouping" near the river.', "regrouping", "mixed"),
        ('He spoke of a "planned" regrouping near the river.', '"planned" regrouping', "mixed"),
        ("The army said that it had freed the town.", "freed the town", "indirect"),
        ("It had freed the town, the army said.", "freed the town", "indirect"),
        ("The bandits fled when the army, whose guns had fallen silent by the evening, told everyone to "
         "go home and to wait there for the trucks that were on their way.", "bandits", "narrator"),
        ("The army freed the town.", "freed", "narrator"),
    ],
)  # fmt: skip
def test_voice_of_a_span(text, words, voice):
    assert at(text, words).voice == voice


def test_the_time_of_a_span_does_not_grow_with_its_sentence():
    text = 'He claimed that rain fell and "took" the town where people had said that many men walked home, ' * 2000
    voice = read_sentence(text)
    began = time.process_time()
    found = {voice.at(start, start + 10).voice for start in range(0, len(text) - 10, 50)}

    assert found == {"indirect", "mixed"}
    assert time.process_time() - began < 5  # each of 4,000 spans once looked at all 6,000 cues: half an hour


def test_a_verb_at_the_end_governs_what_stands_before_it_and_one_in_the_middle_what_follows():
    text = "The town fell and the troops said nothing was lost there by anyone at any time, the mayor admitted."

    assert [at(text, words)[::2] for words in ("The town fell", "nothing was lost")] == [
        ("indirect", "adopted"),
        ("indirect", "neutral"),
    ]


def test_a_quoted_fragment_without_a_cue_is_held_off():
    assert at('The town was "liberated" on Friday.', "liberated")[::2] == ("mixed", "distanced")


def test_a_quotation_over_several_sentences_is_direct_throughout():
    voices = read_voices(document("d", "“We came to help.\n\n“We will leave soon,” the envoy said. He sat down."))

    assert [v.voice for v in voices] == ["direct", "direct", "narrator"]


def test_a_pronoun_is_followed_by_what_it_stands_for():
    voices = read_voices(document("d", "The envoy said the talks had failed. He added that the guns were loaded."))

    assert voices[1].source == "He [The envoy]"


def test_one_voice_for_each_sentence_and_none_for_an_empty_text():
    assert len(read_voices(document("d", "One. Two. Three."))) == 3
    assert read_voices(document("d", "")) == []
