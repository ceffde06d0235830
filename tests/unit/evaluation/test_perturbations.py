import pytest

from framing.evaluation.perturbations import PERTURBATIONS, perturbed, with_typo


@pytest.mark.parametrize(
    ("kind", "text", "changed"),
    [
        ("lower case", "The Army WON.", "the army won."),
        ("upper case", "It’s ours", "IT’S OURS"),
        ("dates", "On Sunday, 3 May 1999, in March 5", "On Monday, 3 June 2000, in April 5"),
        ("dates", "They may march in December.", "They may march in January."),
        ("dates", "March on, May said.", "March on, May said."),
        ("numbers", "14 tanks, 1,203 men and two guns", "13 tanks, 1,202 men and three guns"),
        (
            "numbers",
            "20 T-72s at 06:30 on 5 May 1999, 1 gun, 2.5 tons",
            "21 T-72s at 06:30 on 4 May 1999, 1 gun, 2.5 tons",
        ),
        ("numbers", "Eleven fell, twelve live", "Twelve fell, twelve live"),
        ("dateline", "Rain fell.", "GENEVA, May 3 — Rain fell."),
        ("spelling", "They neutralised the Defence centre's harbour.", "They neutralized the Defense center's harbor."),
        ("spelling", "An honorable organization of terrorists", "An honourable organisation of terrorists"),
        ("spelling", "The organism's memory was laborious.", "The organism's memory was laborious."),
        ("quotation marks", "“We won’t,” he said.", '"We won\'t," he said.'),
        ("quotation marks", "\"We won't,\" he said ('yes').", "“We won’t,” he said (‘yes’)."),
        ("clutter", "Rain fell.", "Rain fell. Read more | Share | Advertisement"),
    ],
)
def test_each_change_is_the_one_written_by_hand(kind, text, changed):
    assert PERTURBATIONS[kind](text) == changed


def test_a_typo_swaps_two_letters_outside_the_evidence():
    text = "Troops have liberated the valley."

    changed = with_typo(text, "liberated")

    moved = [k for k, (a, b) in enumerate(zip(text, changed, strict=True)) if a != b]
    assert len(moved) == 2
    assert moved[1] == moved[0] + 1
    assert changed[moved[0]] + changed[moved[1]] == text[moved[1]] + text[moved[0]]
    assert "liberated" in changed
    assert text.index("valley") < moved[0] < text.index("valley") + 4
    assert changed == with_typo(text, "liberated")


def test_a_text_without_a_word_for_a_typo_stays_as_it_is():
    assert with_typo("He has liberated it.", "liberated") == "He has liberated it."


def test_only_changes_that_change_something_count():
    assert set(perturbed("They were freed.", "freed")) == {"lower case", "upper case", "dateline", "clutter"}
    assert "typo" in perturbed("The people were freed.", "freed")
    assert "typo" not in perturbed("The people were freed.", None)
