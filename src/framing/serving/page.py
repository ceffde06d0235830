"""The reader's page at `/`: static files under `/page/`, and `POST /v1/text`, the text of a dropped HTML file.

The files are served as they are, under a policy that lets the browser ask this service only and run no markup.
"""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, HTTPException, Response
from pydantic import BaseModel, ConfigDict, Field

from framing.data.articles import MAX_BYTES, main_text

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


class Markup(BaseModel):
    """An HTML page as a reader has it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"html": "<article><p>Rain fell on the town.</p></article>"}]}
    )

    html: Annotated[str, Field(min_length=1, max_length=MAX_BYTES)]


def router() -> APIRouter:
    """The page's routes."""
    files = {path.name: path for path in FOLDER.iterdir() if path.suffix in KINDS}
    routes = APIRouter()

    @routes.get("/", include_in_schema=False)
    def index() -> Response:
        """The page itself."""
        return _file(files["index.html"])

    @routes.get("/page/{name}", include_in_schema=False)
    def file(name: str) -> Response:
        """One of the page's files; no other name exists."""
        if name not in files:
            raise HTTPException(404, "no such file of the page")
        return _file(files[name])

    @routes.post("/v1/text")
    def text(markup: Markup) -> dict[str, str]:
        """The article in an HTML page, as `framing predict FILE.html` reads it."""
        found = main_text(markup.html)
        if not found:
            raise HTTPException(422, "the file has no article; paste its text instead")
        return {"text": found}

    return routes


def _file(path: Path) -> Response:
    return Response(path.read_bytes(), media_type=f"{KINDS[path.suffix]}; charset=utf-8", headers=HEADERS)
