"""Any input: an answer or a problem, never a fault of ours."""

import json

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

from framing.models.calibration import Decisions
from framing.models.rules import RulesClassifier
from framing.models.store import Model
from framing.serving.app import make_app

LABELS = ("liberation", "euphemistic_retreat")
CUES = {"liberation": ("liberat\\w+",), "euphemistic_retreat": ("regroup\\w*",)}
JSON = {"content-type": "application/json"}


def small_app():
    classifier = RulesClassifier(labels=LABELS, cues=CUES).fit([], [], lambda values, step: None)
    return make_app(
        Model("rules", classifier, Decisions((1.0, 1.0), (0.0, 0.0), (0.5, 0.5), (0.3, 0.3)), "conflict/1.0")
    )


APP = small_app()
CLIENT = TestClient(small_app())
schema = schemathesis.openapi.from_asgi("/openapi.json", APP)


@schema.parametrize()
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_service_keeps_what_its_openapi_promises(case):
    response = case.call()
    if response.status_code != 413:  # a body past the limit is refused, whatever is in it
        case.validate_response(response, excluded_checks=[positive_data_acceptance])  # no schema says "exactly one of"


ODD = st.one_of(
    st.text(),
    st.text(alphabet=st.characters(categories=("Cf", "Cc", "Zs", "Po", "Lo"))),
    st.sampled_from(["\u202e", "\u200b", "\0", "\u2028", "\r", "“", "«", "said", "liberated", ". ", "(", "’"]).map(
        lambda part: part * 50
    ),
)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ODD,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ODD, inner, max_size=4),
    max_leaves=8,
)
FIELDS = (
    "text",
    "texts",
    "article",
    "html",
    "documents",
    "unit",
    "labels",
    "thresholds",
    "doubt",
    "abstain",
    "evidence",
)
BODIES = st.one_of(
    VALUE,
    st.dictionaries(st.sampled_from(FIELDS), VALUE, max_size=3),
    st.fixed_dictionaries({"text": ODD}),
    st.fixed_dictionaries(
        {"html": ODD.map(lambda text: f"<html><body><article><p>{text}</p></article></body></html>")}
    ),
    st.fixed_dictionaries({"texts": st.lists(ODD, max_size=4), "unit": st.sampled_from(["article", "sentence"])}),
)


def check(found):
    assert found.status_code < 500
    if found.status_code >= 400:
        assert found.headers["content-type"] == "application/problem+json"
        assert set(found.json()) == {"type", "title", "status", "detail"}
    else:
        for document in found.json()["documents"]:
            assert all(set(s["scores"]) == set(LABELS) for s in document["sentences"])


def ask(body, raw):
    check(CLIENT.post("/v1/predict", content=json.dumps(body).encode(), headers=JSON))
    check(CLIENT.post("/v1/compare", content=raw, headers=JSON))


@given(BODIES, st.binary(max_size=60))
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_body_gets_an_answer_or_a_problem(body, raw):
    ask(body, raw)


@pytest.mark.slow
@given(BODIES, st.binary(max_size=200))
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
def test_ten_thousand_bodies_get_an_answer_or_a_problem(body, raw):
    ask(body, raw)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "A. " * 30_000,
        "\n" * 500_000,
        '"' * 2_000,
        "“said " * 5_000,
        "\u202e\u200b\0" * 10_000,
        "liberated " * 50_000,
        "(" * 100_000,
        "e\u0301" * 100_000,
    ],
    ids=["word", "sentences", "lines", "marks", "quotations", "invisible", "frames", "brackets", "accents"],
)
@pytest.mark.parametrize("unit", ["article", "sentence"])
def test_a_monstrous_text_is_read_or_refused_in_time(text, unit):
    found = CLIENT.post("/v1/predict", json={"text": text, "unit": unit})

    check(found)
    assert found.status_code in {200, 422}
