"""Refusals as RFC 9457 problem JSON: what was wrong, in our words only. Input and schema are never repeated."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from framing.errors import FramingError

MEDIA = "application/problem+json"
RETRY_SECONDS = "1"
WHERE = frozenset(
    {"body", "text", "texts", "article", "title", "html", "documents", "id"}
    | {"unit", "labels", "thresholds", "doubt", "abstain", "evidence"}
    | {"label", "verdict", "words", "note", "document"}
)
"""Field names that a refusal may name; any other is the client's own word."""


class Refusal(HTTPException):
    """A request that is not answered; `detail` is shown to the client."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status_code=status, detail=detail, headers=dict(headers or {}))


def busy(detail: str, status: int = 503) -> Refusal:
    """A refusal that invites another try."""
    return Refusal(status, detail, {"Retry-After": RETRY_SECONDS})


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """The response."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return Response(json.dumps(body), status_code=status, media_type=MEDIA, headers=dict(headers or {}))


def install(app: FastAPI) -> None:
    """Every refusal of the app becomes a problem."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(FramingError, _mistake)
    app.add_exception_handler(HTTPException, _refused)


def schema() -> dict[str, Any]:
    """What OpenAPI says of a problem."""
    text, number = {"type": "string"}, {"type": "integer"}
    fields = {"type": text, "title": text, "status": number, "detail": text}
    return {"type": "object", "properties": fields, "required": list(fields)}


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI's rows for the refusals of an endpoint."""
    return {s: {"description": HTTPStatus(s).phrase, "content": {MEDIA: {"schema": schema()}}} for s in statuses}


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part in WHERE or isinstance(part, int)) or "request"
    why = first["msg"] if first["type"].startswith("framing_") else first["type"].replace("_", " ")
    return problem(422, f"{where}: {why}; see /docs")


def _mistake(request: Request, error: Exception) -> Response:
    assert isinstance(error, FramingError)
    return problem(422, f"expected {error.expected}")


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = error.detail if isinstance(error, Refusal) else "see /docs"
    return problem(error.status_code, detail, error.headers)
