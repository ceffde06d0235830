"""The HTTP service, put together: a live model, a predictor before it, the routes, and the guard around all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import APIRouter, FastAPI

from framing.models.store import Model
from framing.serving import corrections, page, problems, routes
from framing.serving.batcher import Batcher
from framing.serving.drift import Drift
from framing.serving.guard import Guard
from framing.serving.keys import Keys
from framing.serving.live import Follower, Live, Served
from framing.serving.metrics import Metrics
from framing.serving.predictor import Predictor
from framing.serving.settings import Settings

ROUTERS: tuple[APIRouter, ...] = (routes.router, page.router, corrections.router)
"""Every group of endpoints; another one is one more entry."""


def make_app(model: Model | Served, settings: Settings | None = None) -> FastAPI:
    """The service over one loaded model. `app.state` has `live`, `predictor`, `metrics`, `drift`, `settings`."""
    settings = settings or Settings()
    app = FastAPI(
        title="framing",
        description="Framing in war reporting, with evidence and voice.",
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    metrics = Metrics()
    live = Live(model if isinstance(model, Served) else Served(model), metrics)
    batcher = Batcher(
        batch_sentences=settings.batch_sentences,
        wait_seconds=settings.wait_seconds,
        queued_sentences=settings.limits.queued_sentences,
        observe=metrics.read,
    )
    app.state.settings, app.state.metrics, app.state.live, app.state.batcher = settings, metrics, live, batcher
    path = Path(settings.drift_log) if settings.drift_log else None
    drift = app.state.drift = Drift(lambda: live.current.model, metrics, window=settings.drift_window, path=path)
    app.state.predictor = Predictor(live, batcher, settings.limits, metrics, drift)
    app.state.follower = None
    for router in ROUTERS:
        app.include_router(router)
    problems.install(app)
    keys = Keys(Path(settings.keys)) if settings.keys else None
    app.add_middleware(Guard, limits=settings.limits, metrics=metrics, keys=keys)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Follow the registry while the app runs, where `app.state.follower` was set; read what was taken at the end."""
    app.state.batcher.open()
    follower: Follower | None = app.state.follower
    if follower is not None:
        follower.start(app.state.settings.poll_seconds)
    yield
    if follower is not None:
        follower.stop()
    app.state.batcher.close()
