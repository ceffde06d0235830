"""The HTTP service: `POST /v1/predict` with the answer of design section 7, `GET /healthz`, `GET /docs`."""

import logging
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from framing.answer import about, answer, to_documents
from framing.errors import FramingError
from framing.models.store import Model
from framing.serving import codebook, corrections, page

log = logging.getLogger(__name__)
MAX_CHARACTERS = 1_000_000
MAX_TEXTS = 1_000
MAX_BODY = 4 * 1024 * 1024
Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_CHARACTERS)]
Threshold = Annotated[float, Field(ge=0.0, le=1.0)]


class PredictRequest(BaseModel):
    """Texts to read; `thresholds` replaces the model's own, label by label."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"texts": ['The army said the town had been "liberated".'], "unit": "article"}]
        },
    )

    texts: list[Text] = Field(min_length=1, max_length=MAX_TEXTS)
    unit: Literal["article", "sentence"] = "article"
    thresholds: dict[str, Threshold] = Field(default_factory=dict)


def make_app(model: Model) -> FastAPI:
    """The service over one loaded model."""
    app = FastAPI(title="framing", description="Framing in war reporting, with evidence and voice.", version="1")

    @app.post("/v1/predict")
    def predict(request: PredictRequest) -> dict[str, Any]:
        """Frames, evidence, voice and doubt for each sentence of each text, in order."""
        texts = [(str(k), text) for k, text in enumerate(request.texts)]
        return answer(model, to_documents(texts, unit=request.unit), request.thresholds)

    @app.get("/healthz")
    def healthz() -> dict[str, Any]:
        """Whether the service answers, and with which model."""
        return {"status": "ok", "model": about(model)}

    app.include_router(page.router())
    app.include_router(codebook.router(lambda: model))
    app.include_router(corrections.router(lambda: model))
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(FramingError, _mistake)
    app.middleware("http")(_limit_body)
    return app


async def _limit_body(request: Request, call_next: Any) -> Any:
    length = request.headers.get("content-length", "")
    if request.method == "POST" and not length.isdigit():
        return _problem(411, "a Content-Length header is needed")
    if length.isdigit() and int(length) > MAX_BODY:
        return _problem(413, f"the body may hold {MAX_BODY} bytes")
    return await call_next(request)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    """Where and why, never what: the input is not echoed."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part in PredictRequest.model_fields or part == "body")
    return _problem(422, f"{where}: {first['type'].replace('_', ' ')}; see /docs")


def _mistake(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, FramingError)
    return _problem(422, f"expected {error.expected}")


def _problem(status: int, detail: str) -> JSONResponse:
    """RFC 9457 problem JSON."""
    body = {"type": "about:blank", "title": "Request refused", "status": status, "detail": detail}
    return JSONResponse(body, status_code=status, media_type="application/problem+json")


def serve(model: Model, *, host: str, port: int) -> None:
    """Answer until interrupted."""
    import uvicorn

    uvicorn.run(make_app(model), host=host, port=port, access_log=False, log_level="info")
