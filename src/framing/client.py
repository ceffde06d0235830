"""A client of the service, sync and async, on httpx: `pip install 'framing[client]'`.

Nothing else of the package is imported. A service that is busy (429, 503) or out of reach is asked again, after its
Retry-After or a pause that doubles.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Literal, Required, Self, TypedDict, cast

import httpx

RETRIES = 4
FIRST_PAUSE = 0.25
LONGEST_PAUSE = 10.0
BUSY = frozenset({429, 503})


class Evidence(TypedDict):
    """The words behind a frame: `sentence["text"][start:end]`, and who says them."""

    start: int
    end: int
    text: str
    voice: str
    source: str | None
    distance: str


class Frame(TypedDict):
    """A label that was decided."""

    label: str
    score: float
    threshold: float
    evidence: list[Evidence]


class Sentence(TypedDict):
    """Everything about one sentence; offsets count characters of the document."""

    index: int
    start: int
    end: int
    text: str
    voice: str
    source: str | None
    distance: str
    frames: list[Frame]
    scores: dict[str, float]
    abstained: list[str]


class Document(TypedDict, total=False):
    """One text; `text` only where the service made it of a page or an article."""

    id: Required[str]
    text: str
    sentences: Required[list[Sentence]]


class Model(TypedDict):
    """Which model answered."""

    name: str
    version: str | None
    run_id: str | None
    kind: str
    taxonomy: str
    base: str | None


class Answer(TypedDict):
    """What `predict` returns."""

    model: Model
    documents: list[Document]


class Profile(TypedDict):
    """How often a document uses each frame, where, and in whose voice."""

    id: str
    sentences: int
    frames: dict[str, dict[str, Any]]


class Comparison(TypedDict):
    """What `compare` returns."""

    model: Model
    documents: list[Profile]
    shared: list[str]
    exclusive: dict[str, list[str]]


class Options(TypedDict, total=False):
    """How to read and what to answer; what is left out is as the service has it."""

    unit: Literal["article", "sentence"]
    labels: Sequence[str]
    thresholds: Mapping[str, float]
    doubt: float | Mapping[str, float]
    abstain: bool
    evidence: bool


class ServiceError(Exception):
    """The service refused, or failed."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status
        self.detail = detail


class Client:
    """Asks a service from one thread or many; a context manager."""

    def __init__(
        self, url: str = "http://127.0.0.1:8000", *, key: str = "", timeout: float = 90.0, retries: int = RETRIES
    ) -> None:
        self.retries = retries
        self._http = httpx.Client(base_url=url, headers=_headers(key), timeout=timeout)

    def predict(self, texts: str | Sequence[str], options: Options | None = None) -> Answer:
        """Frames, evidence, voice and doubt of a text, or of each of several."""
        return cast(Answer, self._ask("/v1/predict", {"texts": _several(texts), **(options or {})}))

    def predict_html(self, html: str, options: Options | None = None) -> Answer:
        """The same of the article in a page."""
        return cast(Answer, self._ask("/v1/predict", {"html": html, **(options or {})}))

    def compare(self, texts: Mapping[str, str], options: Options | None = None) -> Comparison:
        """What two or more texts, by id, share and have alone."""
        return cast(Comparison, self._ask("/v1/compare", {"documents": _documents(texts), **(options or {})}))

    def taxonomy(self) -> dict[str, Any]:
        """What each label means."""
        return self._ask("/v1/taxonomy")

    def model(self) -> dict[str, Any]:
        """Which model answers, its thresholds and its card."""
        return self._ask("/v1/model")

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _ask(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        for attempt in range(self.retries + 1):
            last = attempt == self.retries
            try:
                response = self._http.request("GET" if body is None else "POST", path, json=body)
            except httpx.TransportError:
                if last:
                    raise
                time.sleep(pause(attempt))
                continue
            if last or response.status_code not in BUSY:
                break
            time.sleep(pause(attempt, response.headers.get("retry-after")))
        return _answer(response)


class AsyncClient:
    """The same for asyncio; an async context manager."""

    def __init__(
        self, url: str = "http://127.0.0.1:8000", *, key: str = "", timeout: float = 90.0, retries: int = RETRIES
    ) -> None:
        self.retries = retries
        self._http = httpx.AsyncClient(base_url=url, headers=_headers(key), timeout=timeout)

    async def predict(self, texts: str | Sequence[str], options: Options | None = None) -> Answer:
        """Frames, evidence, voice and doubt of a text, or of each of several."""
        return cast(Answer, await self._ask("/v1/predict", {"texts": _several(texts), **(options or {})}))

    async def predict_html(self, html: str, options: Options | None = None) -> Answer:
        """The same of the article in a page."""
        return cast(Answer, await self._ask("/v1/predict", {"html": html, **(options or {})}))

    async def compare(self, texts: Mapping[str, str], options: Options | None = None) -> Comparison:
        """What two or more texts, by id, share and have alone."""
        return cast(Comparison, await self._ask("/v1/compare", {"documents": _documents(texts), **(options or {})}))

    async def taxonomy(self) -> dict[str, Any]:
        """What each label means."""
        return await self._ask("/v1/taxonomy")

    async def model(self) -> dict[str, Any]:
        """Which model answers, its thresholds and its card."""
        return await self._ask("/v1/model")

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()

    async def _ask(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        for attempt in range(self.retries + 1):
            last = attempt == self.retries
            try:
                response = await self._http.request("GET" if body is None else "POST", path, json=body)
            except httpx.TransportError:
                if last:
                    raise
                await asyncio.sleep(pause(attempt))
                continue
            if last or response.status_code not in BUSY:
                break
            await asyncio.sleep(pause(attempt, response.headers.get("retry-after")))
        return _answer(response)


def pause(attempt: int, asked: str | None = None) -> float:
    """Seconds before the next attempt: what the service asked for, else twice the pause before; never over 10."""
    own = FIRST_PAUSE * 2.0**attempt
    return min(float(asked) if asked and asked.isdigit() else own, LONGEST_PAUSE)


def _headers(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"} if key else {}


def _several(texts: str | Sequence[str]) -> list[str]:
    return [texts] if isinstance(texts, str) else list(texts)


def _documents(texts: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"id": name, "text": text} for name, text in texts.items()]


def _answer(response: httpx.Response) -> dict[str, Any]:
    if response.status_code == httpx.codes.OK:
        return cast(dict[str, Any], response.json())
    problem = response.headers.get("content-type", "").startswith("application/problem+json")
    raise ServiceError(response.status_code, response.json()["detail"] if problem else response.reason_phrase)
