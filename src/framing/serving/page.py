"""The reader's page at `/`: static files under `/page/`, and `POST /v1/text`, the text of a dropped HTML file.

The files are served as they are, under a policy that lets the browser ask this service only and run no markup.
"""

from pathlib import Path

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict

from framing.data.articles import main_text
from framing.data.sentences import SURROGATE
from framing.serving.bodies import StrictRoute
from framing.serving.problems import Refusal, responses
from framing.serving.requests import Text

FOLDER = Path(__file__).parent / "page"
KINDS = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Trusted types without a policy: the browser itself refuses every `innerHTML`."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-cache",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


FILES = {path.name: path for path in FOLDER.iterdir() if path.suffix in KINDS}
router = APIRouter(route_class=StrictRoute)


class Markup(BaseModel):
    """An HTML page as a reader has it."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [{"html": "<article><p>Rain fell on the town for most of the day.</p></article>"}]
        },
    )

    html: Text


@router.get("/", include_in_schema=False)
async def index() -> Response:
    """The page itself."""
    return _file(FILES["index.html"])


@router.get("/page/{name}", include_in_schema=False)
async def file(name: str) -> Response:
    """One of the page's files; no other name exists."""
    if name not in FILES:
        raise Refusal(404, "no such file of the page")
    return _file(FILES[name])


@router.post("/v1/text", responses=responses(400, 401, 408, 413, 415, 422, 429, 503))
async def text(markup: Markup) -> dict[str, str]:
    """The article in an HTML page, as `framing predict FILE.html` reads it."""
    found = SURROGATE.sub("\ufffd", await run_in_threadpool(main_text, markup.html))
    if not found:
        raise Refusal(422, "html: the page has no main text; paste the article instead")
    return {"text": found}


def _file(path: Path) -> Response:
    return Response(path.read_bytes(), media_type=f"{KINDS[path.suffix]}; charset=utf-8", headers=HEADERS)
