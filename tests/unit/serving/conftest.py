import pytest
from fastapi.testclient import TestClient

from framing.serving.app import make_app
from framing.tracking import registry


@pytest.fixture
def model(champion):
    return registry.load("models:/framing@champion")


@pytest.fixture
def client(model):
    return TestClient(make_app(model))
