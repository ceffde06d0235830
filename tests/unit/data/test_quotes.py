import pytest

from framing.data.quotes import find_quotations


def inner(text):
    return [text[q.inner_start : q.inner_end] for q in find_quotations(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('He said "we hold" and left.', ["we hold"]),
        ("He said “we hold” and left.", ["we hold"]),
        ("Er sagte „wir bleiben“ und ging.", ["wir bleiben"]),
        ("Il a dit «nous restons» hier.", ["nous restons"]),
        ("彼は「待つ」と言った。", ["待つ"]),
        ("Han sa ”vi stannar” igår.", ["vi stannar"]),
        ("He said ‘we hold’ and left.", ["we hold"]),
        ("He said 'we hold' and left.", ["we hold"]),
        ("The soldiers' boots weren't theirs in the '90s.", []),
        ("The army’s guns and the navy’s ships.", []),
        ("It’s the general’s ‘regrouping’ again.", ["regrouping"]),
        ('"One," he said, "and two."', ["One,", "and two."]),
        ("Nothing quoted here.", []),
        ('""', []),
    ],
)
def test_quotations_in_every_typography(text, expected):
    assert inner(text) == expected


def test_a_quotation_left_open_runs_to_the_end_of_its_paragraph():
    text = "“We came in peace.\n“We leave in peace,” he said.\nThey left."

    assert inner(text) == ["We came in peace.", "We leave in peace,"]


def test_offsets_hold_the_marks():
    text = 'A "b c" d'
    quotation = find_quotations(text)[0]

    assert text[quotation.start : quotation.end] == '"b c"'
