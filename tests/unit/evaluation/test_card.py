from dataclasses import replace

import pytest
import yaml

from framing.evaluation.card import Section, description, model_card


@pytest.fixture
def card(findings):
    return model_card(findings, kind="linear", taxonomy="toy/1", facts={"seed": "13", "dataset": "toys"})


def test_the_front_matter_is_a_model_index_with_n_and_intervals(card, findings):
    front = yaml.safe_load(card.split("---\n")[1])

    (model,) = front["model-index"]
    (result,) = model["results"]
    macro = result["metrics"][0]
    assert front["library_name"] == "framing"
    assert (model["name"], result["dataset"]["name"], result["dataset"]["split"]) == ("<toy>", "toys", "test")
    assert macro["value"] == pytest.approx(findings.report.macro_f1.value, abs=1e-6)
    assert macro["name"].startswith("Macro F1 (95% interval 0.")
    assert macro["name"].endswith("n = 40)")


def test_the_card_states_n_baselines_coders_gaps_and_forbidden_uses(card):
    assert "40 sentences in\n8 documents" in card
    assert "| prior " in card
    assert "| coder pass_a (n = 20) | 0.800 [0.700, 0.900]" in card
    assert "| voice: direct | 12 | 3 " in card
    assert "A & B" not in card  # its gap is not below zero
    assert "| mean | 9 | 0.610 [0.500, 0.700] | 0.410 [0.300, 0.500] | 8 " in " ".join(card.split())
    assert "no finding of falsehood" in card
    assert "| seed | 13 |" in card


def test_a_section_more_stands_before_the_uses(findings):
    card = model_card(findings, kind="linear", taxonomy="t", facts={}, more=[Section("Certificate", "Flips: few.\n")])
    titles = [line.removeprefix("## ") for line in card.splitlines() if line.startswith("## ")]

    assert titles.index("Certificate") == titles.index("Intended and forbidden uses") - 1
    assert "## Certificate\n\nFlips: few.\n\n## Intended" in card


def test_a_card_without_baselines_or_gaps_says_so(findings):
    bare = replace(findings, baselines=[], ceilings=[], slices=[])
    card = model_card(bare, kind="prior", taxonomy="t", facts={})

    assert "No baseline had been trained" in card
    assert "No slice lies below the rest" in card


def test_the_description_is_the_card_without_front_matter(card):
    assert description(card) == card.split("---\n", 2)[2].strip()
    assert "model-index" not in description(card)


def test_a_long_description_is_cut_before_a_section_and_says_where_the_rest_is(card):
    cut = description(card, 1600)

    assert len(cut) <= 1600
    assert "## How it fared" in cut
    assert "## Limits" not in cut
    assert cut.endswith("`README.md` of the run and of the model folder.*")
