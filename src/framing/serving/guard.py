"""The gate that every request passes: key, place, body, time; and what the log and the metrics get to know of it."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from framing.serving.keys import Keys
from framing.serving.metrics import Metrics
from framing.serving.problems import Refusal, busy, problem
from framing.serving.settings import Limits

log = logging.getLogger(__name__)
HEADERS = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
"""Of every response that does not set its own."""
CLOSED = ("/v1/", "/metrics")
"""Paths that need a key where the service has keys; the others say nothing of anyone's text."""
BODY = "POST"
"""The one method whose body is read."""


class Guard:
    """ASGI middleware around the app."""

    def __init__(self, app: ASGIApp, *, limits: Limits, metrics: Metrics, keys: Keys | None) -> None:
        self.app, self.limits, self.metrics, self.keys = app, limits, metrics, keys
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, refuse, or turn our fault into a 500 that tells nothing."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(send)
        start = time.perf_counter()
        try:
            await self._admit(scope, receive, answer)
        except Refusal as refusal:
            await problem(refusal.status_code, refusal.detail, refusal.headers)(scope, receive, answer)
        except Exception as error:
            log.error("fault: %s", _where(error))
            if not answer.status:
                await problem(500, "a fault of ours; it is in the log")(scope, receive, answer)
        finally:
            self._note(scope, answer.status, time.perf_counter() - start)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        client = self._client(scope, headers)
        if scope["method"] != BODY:
            await self.app(scope, receive, send)
            return
        with self._place(client):
            body = await self._body(headers, receive)
            if body is not None:
                await self.app(scope, _replay(body, receive), send)

    def _client(self, scope: Scope, headers: Headers) -> str:
        if self.keys is None or not scope["path"].startswith(CLOSED):
            return ""
        kind, _, key = headers.get("authorization", "").partition(" ")
        name = self.keys.name_of(key.strip() if kind.lower() == "bearer" else headers.get("x-api-key", ""))
        if name is None:
            raise Refusal(401, "a key is needed, as `Authorization: Bearer KEY`", {"WWW-Authenticate": "Bearer"})
        return name

    @contextmanager
    def _place(self, client: str) -> Iterator[None]:
        """A place among the requests in work; those without a body, as probes of health, need none."""
        if sum(self._open.values()) >= self.limits.requests:
            raise busy("too many requests are in work")
        if client and self._open[client] >= self.limits.requests_of_a_key:
            raise busy("too many requests of this key are in work", status=429)
        self._open[client] += 1
        try:
            yield
        finally:
            self._open[client] -= 1

    async def _body(self, headers: Headers, receive: Receive) -> bytes | None:
        """The whole body; None where the client went away."""
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise Refusal(415, "send the body as it is, without a content encoding")
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > self.limits.body_bytes:
            raise self._too_big()
        try:
            async with asyncio.timeout(self.limits.body_seconds):
                return await self._received(receive)
        except TimeoutError as error:
            raise Refusal(408, "the body came too slowly", {"Connection": "close"}) from error

    async def _received(self, receive: Receive) -> bytes | None:
        parts, size = [], 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self.limits.body_bytes:
                raise self._too_big()
            if not message.get("more_body", False):
                return b"".join(parts)

    def _too_big(self) -> Refusal:
        return Refusal(413, f"a body may hold {self.limits.body_bytes} bytes", {"Connection": "close"})

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        path = getattr(scope.get("route"), "path", "") or "other"
        status = status or 499  # the client went away before the answer, as nginx counts it
        self.metrics.request(path, status, seconds)
        log.info("%s %s %d %.1f ms", scope["method"], path, status, 1000 * seconds)


class _Answer:
    """`send` that adds the headers and remembers the status."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            given = {name.lower() for name, _ in message["headers"]}
            more = [(k.encode(), v.encode()) for k, v in HEADERS.items() if k.encode() not in given]
            message = {**message, "headers": [*message["headers"], *more]}
        await self.send(message)


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay


def _where(error: Exception) -> str:
    """Type and place of a fault, without its message."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else "nowhere"
    return f"{type(error).__name__} at {place}"
