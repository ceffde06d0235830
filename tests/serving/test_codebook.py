from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from framing.serving import app
from framing.taxonomy import load
from tests.serving.keywords import keyword_model


@pytest.fixture
def keywords(conflict, store):
    return keyword_model(conflict)


def test_the_taxonomy_is_that_of_the_model(keywords):
    client = TestClient(app.make_app(keywords))
    found = client.get("/v1/taxonomy").json()

    assert [label["id"] for label in found["labels"]] == list(keywords.labels)
    first, known = found["labels"][0], load("conflict").labels[0]
    assert (first["definition"], first["negatives"][0]["why"]) == (known.definition, known.negatives[0].why)
    assert (found["name"], found["groups"]["outcome"]) == ("conflict/1.0", "How the fighting goes")


@pytest.mark.parametrize("name", ["mine/1", "conflict/0.9", "ptc/15"])
def test_a_taxonomy_that_is_not_shipped_is_not_found(keywords, name):
    client = TestClient(app.make_app(replace(keywords, taxonomy=name)))

    assert client.get("/v1/taxonomy").status_code == 404
