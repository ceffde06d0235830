import pytest

from framing.data.weak.functions import ABSTAIN, Ballot, Voters, read_functions
from framing.errors import FramingError


def test_every_cue_and_exclusion_is_a_function(toy_labels):
    assert [f.name for f in Voters(toy_labels).listed] == [
        "rise/cue/1",
        "rise/cue/2",
        "rise/exclusion/1",
        "fall/cue/1",
    ]


def test_cues_vote_for_their_label_and_exclusions_against_it(toy_labels, say_it):
    cast = Voters(toy_labels).cast

    assert cast(say_it("Prices went UP.")) == [Ballot(0, 0, True, 12, 14)]
    assert cast(say_it("It went up to him and fell.")) == [
        Ballot(0, 0, True, 8, 10),
        Ballot(2, 0, False, 8, 13),
        Ballot(3, 1, True, 22, 26),
    ]


def test_a_cue_begins_at_a_word_start(toy_labels, say_it):
    assert Voters(toy_labels).cast(say_it("A cup stood there; the sundown was red.")) == []


def test_an_exclusion_without_a_cue_abstains(toy_labels, say_it):
    label = toy_labels.labels[0].model_copy(update={"cues": ("climb\\w*",)})
    voters = Voters(toy_labels.model_copy(update={"labels": (label, toy_labels.labels[1])}))

    assert voters.cast(say_it("up to them")) == []


def test_a_users_function_votes_for_against_all_or_not_at_all(toy_labels, say_it):
    def own(sentence):
        return {"a": "fall", "b": None}.get(sentence.text, ABSTAIN)

    cast = Voters(toy_labels, [own]).cast

    assert cast(say_it("a")) == [Ballot(4, 1, True)]
    assert cast(say_it("b")) == [Ballot(4, 0, False), Ballot(4, 1, False)]
    assert cast(say_it("c")) == []


def test_a_users_function_sees_no_audit_fields(toy_labels, say_it):
    seen = []

    def own(sentence):
        seen.append((sentence.id, sentence.document, dict(sentence.audit)))
        return ABSTAIN

    Voters(toy_labels, [own]).cast(say_it("a", audit={"outlet": "Wire"}))

    assert seen == [("", "", {})]


def test_a_users_file_gives_its_public_functions_in_order(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "from os.path import join\n"
        "from framing.data.weak.functions import ABSTAIN\n"
        "def second(s): return ABSTAIN\n"
        "def _helper(s): return None\n"
        "def first(s): return None\n",
        encoding="utf-8",
    )

    assert [f.__name__ for f in read_functions(path)] == ["second", "first"]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("x = 1\n", "functions `def f"),
        ("def broken(:\n", "SyntaxError"),
        ("import nothing_of_that_name\n", "ModuleNotFoundError"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path, code, message):
    path = tmp_path / "mine.py"
    path.write_text(code, encoding="utf-8")

    with pytest.raises(FramingError, match=message):
        read_functions(path)


@pytest.mark.parametrize("name", ["none.py", "none.txt"])
def test_a_missing_file_is_refused(tmp_path, name):
    with pytest.raises(FramingError, match="a Python file"):
        read_functions(tmp_path / name)


def test_a_function_that_fails_or_answers_nonsense_is_named(toy_labels, say_it):
    def fails(sentence):
        return sentence.text[99]

    def nonsense(sentence):
        return "rice"

    with pytest.raises(FramingError, match=r"fails to answer for every sentence, found IndexError: .* sentence 's'"):
        Voters(toy_labels, [fails]).cast(say_it("a"))
    with pytest.raises(FramingError, match=r"nonsense to return .*\['fall', 'rise'\], found 'rice'"):
        Voters(toy_labels, [nonsense]).cast(say_it("a"))
