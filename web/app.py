"""The composition root: puts the house together. All routers are named here, so this page is the map."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio.to_thread
from fastapi import FastAPI
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from hub.attachments import Store
from hub.database import Database
from hub.settings import Settings
from web import api, health, logs, pages, problems, session, timetable
from web.safety import RequestLog, SameOrigin, SecurityHeaders
from web.session import Demo
from web.words import words_in

STATIC = Path(__file__).parent / "static"
# More threads than this only queue at the writer and make the slowest wait longer (docs/decisions/0001).
THREADS = 8


def create(
    settings: Settings, database: Database, *, clockwork: bool = True, demo: Demo | None = None
) -> ASGIApp:
    """The whole hub as one ASGI application.

    `clockwork` False leaves the timetable to another process; `demo` is shown on the sign-in page.
    """

    logs.configure(settings.log_level)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        scheduler = timetable.start(database) if clockwork else None
        yield
        if scheduler:
            scheduler.shutdown(wait=True)

    app = FastAPI(
        title="Customer service centre",
        version=api.VERSION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        max_body_size=settings.max_body_mb * 2**20,
        telemetry={"tracing": False},
    )
    app.state.settings = settings
    app.state.database = database
    app.state.demo = demo
    app.state.store = Store(settings.data_dir / "files")
    app.state.words = words_in(settings.locale, settings.timezone)
    problems.install(app)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.include_router(health.router)
    app.include_router(session.router)
    app.include_router(api.router)
    api.describe(app)
    app.include_router(pages.router)
    guarded = SameOrigin(problems.LargeBodies(app), settings.public_url)
    return RequestLog(SecurityHeaders(guarded, settings.public_url))
