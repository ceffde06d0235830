"""The endpoints. Each one asks the service that `make_app` put on the app, and answers JSON."""

import json
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from framing import taxonomy as taxonomies
from framing.answer import about
from framing.models.store import Model
from framing.serving import metrics
from framing.serving.bodies import StrictRoute
from framing.serving.compare import compare as compared
from framing.serving.page_docs import docs_page
from framing.serving.problems import Refusal, responses
from framing.serving.requests import CompareRequest, PredictRequest, sources

REFUSALS = responses(400, 401, 408, 413, 415, 422, 429, 503)
READS = responses(401)
router = APIRouter(route_class=StrictRoute)


def _json(value: Any) -> Response:
    return Response(json.dumps(value, ensure_ascii=False).encode("utf-8"), media_type="application/json")


def _size(request: Request) -> int:
    return int(request.headers.get("content-length") or 1 << 20)


@router.post("/v1/predict", responses=REFUSALS, response_model=dict[str, Any])
async def predict(body: PredictRequest, request: Request) -> Response:
    """Frames, evidence, voice and doubt for each sentence of each text, in order."""
    found = await request.app.state.predictor.answer(lambda: sources(body), body, _size(request))
    return _json(found.answer)


@router.post("/v1/compare", responses=REFUSALS, response_model=dict[str, Any])
async def compare(body: CompareRequest, request: Request) -> Response:
    """Which frames each document uses, how often and in whose voice; what they share, and what one has alone."""
    found = await request.app.state.predictor.answer(lambda: sources(body), body, _size(request))
    return _json({"model": found.answer["model"], **compared(found.answer["documents"])})


@router.get("/v1/taxonomy", responses=READS, response_model=dict[str, Any])
async def taxonomy(request: Request) -> Response:
    """What each label of the model means, what it looks like and what it is mistaken for."""
    model: Model = request.app.state.live.current.model
    known = meanings(model)
    labels = [known.by_id[label].model_dump(mode="json") for label in model.labels if label in known.by_id]
    return _json({"name": known.name, "title": known.title, "groups": known.groups, "labels": labels})


@router.get("/v1/model", responses=READS, response_model=dict[str, Any])
async def model(request: Request) -> Response:
    """Which model answers: version, thresholds, bands of doubt, card, and its certificate of side-neutrality."""
    served = request.app.state.live.current
    found: Model = served.model
    return _json(
        {
            **about(found),
            "backend": served.backend,
            "labels": list(found.labels),
            "thresholds": dict(zip(found.labels, found.decisions.thresholds, strict=True)),
            "doubt": dict(zip(found.labels, found.decisions.doubt, strict=True)),
            "card": found.card,
            "certificate": served.certificate,
        }
    )


@router.get("/healthz", response_model=dict[str, Any])
async def healthz(request: Request) -> Response:
    """Whether the process answers, and with which model."""
    return _json({"status": "ok", "model": about(request.app.state.live.current.model)})


@router.get("/readyz", response_model=dict[str, Any])
async def readyz(request: Request) -> Response:
    """Whether requests are taken, which version answers, which was refused, and whether the registry answers."""
    return _json(request.app.state.live.state())


@router.get("/metrics", responses=READS, response_class=Response)
async def prometheus(request: Request) -> Response:
    """Counts for Prometheus, and how far live input has moved from the model's reference."""
    state = request.app.state
    return Response(state.metrics.page(state.drift.gauges), headers={"content-type": metrics.MEDIA})


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    """The endpoints with examples, without script or outside request."""
    return HTMLResponse(docs_page(request.app.openapi()))


def meanings(model: Model) -> taxonomies.Taxonomy:
    """The taxonomy that came with the model, else the shipped one of its name; raises Refusal (404) without either."""
    if model.taxonomy_yaml.strip():
        return taxonomies.parse(model.taxonomy_yaml, "the model")
    name = model.taxonomy.partition("/")[0]
    if name not in {path.stem for folder in taxonomies.SHIPPED for path in folder.glob("*.yaml")}:
        raise Refusal(404, "the model came without its taxonomy")
    return taxonomies.load(name)
