"""The composition root: puts the house together. All routers are named here, so this page is the map."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from hub import wires
from hub.attachments import Store
from hub.database import Database
from hub.settings import Settings
from notifications.channels import registry
from web import api, health, logs, pages, problems, session, timetable
from web.doors import twilio
from web.live import door
from web.live.switchboard import Switchboard
from web.quick import Quick
from web.safety import RequestLog, SameOrigin, SecurityHeaders
from web.session import Demo
from web.standin.carrier import Carrier
from web.words import words_in

STATIC = Path(__file__).parent / "static"
# More threads than this only queue at the writer and make the slowest wait longer (docs/decisions/0001).
THREADS = 8
# FastAPI makes what a way needs once it is asked for, a third of a second for all of them together: made for
# the process, however many apps it puts together.
SITE = APIRouter()
for part in (health, twilio, session, api, pages, door):  # the first have callers who wait the shortest
    SITE.include_router(part.router)


def create(
    settings: Settings,
    database: Database,
    *,
    clockwork: bool = True,
    demo: Demo | None = None,
    carrier: Carrier | None = None,
) -> ASGIApp:
    """The whole hub as one ASGI application.

    `clockwork` False leaves the timetable to another process; `demo` is shown on the sign-in page;
    `carrier` is the demo's own, where it has one.
    """

    logs.configure(settings.log_level)
    board = Switchboard(database, pages.VIEWS)
    if not database.bell.is_wired:
        wires.connect(settings, database)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        scheduler = timetable.start(database, settings) if clockwork else None
        async with board.run():
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
    _equip(app, settings, database)
    app.state.demo, app.state.carrier = demo, carrier
    problems.install(app)
    app.mount("/static", _files(), name="static")
    app.router.routes.extend(SITE.routes)
    api.describe(app)
    app.state.live = board
    app.router.routes.append(WebSocketRoute("/live", door.Door(database, settings, board)))
    return _guarded(app, settings.public_url, database)


def _guarded(app: FastAPI, public_url: str, database: Database) -> ASGIApp:
    """The site behind what stands before every handler, the short way last."""
    quick = Quick(app, database, {way.path: way for way in api.QUICK})
    guarded = SameOrigin(problems.LargeBodies(quick), public_url)
    return RequestLog(SecurityHeaders(guarded, public_url))


def _files() -> ASGIApp:
    """The static files. Only these are compressed: asked for once, where a page is drawn for each request."""
    return GZipMiddleware(StaticFiles(directory=STATIC), minimum_size=1_000)


def _equip(app: FastAPI, settings: Settings, database: Database) -> None:
    """Give the handlers what they ask for (web.deps)."""
    app.state.settings = settings
    app.state.database = database
    app.state.ways = registry.ways(settings)
    app.state.push_key = registry.push_key(settings)
    app.state.store = Store(settings.data_dir / "files")
    app.state.words = words_in(settings.locale, settings.timezone)
