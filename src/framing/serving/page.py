"""The reader's page at `/`: static files under `/page/`, the text of a dropped HTML file, and the codebook.

The files are served as they are, under a policy that lets the browser ask this service only and run no markup.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool

from framing.data.articles import article_of
from framing.models.store import Model
from framing.serving.codebook import taxonomy_of

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


def router(current: Callable[[], Model]) -> APIRouter:
    """The page's routes; `current` gives the model that answers now."""
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

    @routes.post("/page/text", include_in_schema=False)
    async def text(request: Request) -> dict[str, str]:
        """The article in an HTML file, as `framing predict FILE.html` reads it."""
        raw = await request.body()
        return {"text": await run_in_threadpool(article_of, raw, "the file")}

    @routes.get("/v1/taxonomy")
    def taxonomy() -> dict[str, Any]:
        """What each label means, what it is mistaken for, and the plain words for it."""
        return taxonomy_of(current())

    return routes


def _file(path: Path) -> Response:
    return Response(path.read_bytes(), media_type=f"{KINDS[path.suffix]}; charset=utf-8", headers=HEADERS)
