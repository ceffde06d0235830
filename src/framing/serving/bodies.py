"""Request bodies as strict JSON: UTF-8, each key once, no NaN, no half of a character."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from framing.serving.problems import Refusal


class StrictRoute(APIRoute):
    """A route whose bodies are read by `loads`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The usual handler, given a strict request."""
        usual = super().get_route_handler()

        async def handle(request: Request) -> Response:
            media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if request.method == "POST" and media != "application/json":
                raise Refusal(415, "the body must be application/json")
            return await usual(StrictRequest(request.scope, request.receive))

        return handle


class StrictRequest(Request):
    """A request whose `json` is strict."""

    async def json(self) -> Any:
        """The body; raises Refusal."""
        return loads(await self.body())


def loads(raw: bytes) -> Any:
    """The value in JSON text; raises Refusal (400) for what two readers could read in two ways."""
    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
        if b"\\u" in raw:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise Refusal(400, "the body holds a lone surrogate") from error
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "the body is no JSON in UTF-8") from error
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Refusal(400, "the body names a key twice")
    return found


def _no_constant(name: str) -> Any:
    raise Refusal(400, "the body holds a number that JSON does not have")
