"""The one web application of a process, around whatever services it serves."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI

from socle.archive.whole import Archives
from socle.control.plane import ControlPlane
from socle.ground import Ground
from socle.journal.store import JournalStore
from socle.service import ASGIApp, Service
from socle.web import errors
from socle.web.application import Application
from socle.web.routes import (
    archives,
    authorities,
    books,
    cards,
    clock,
    events,
    exchanges,
    faults,
    health,
    identities,
    metrics,
    people,
    pki,
    reset,
    sign,
    snapshots,
    workspaces,
)

_DESCRIPTION = """Control and inspection of the sandbox. **None of this is part of the national services**: their real
wire (SOAP, SMTP) is served on their own paths, and every answer here and there carries `X-Socles-Simulated: true`.

A workspace is chosen by host name (`ws1.socles.localhost`), the header `X-Socles-Workspace`, or `/w/{workspace}` before
any path; without any, it is `default`."""


def create_app(ground: Ground, services: Sequence[Service]) -> ASGIApp:
    """Put the services' paths and routers together with the sandbox's own routes.

    Raises ``ValueError`` when two services claim the same path, ``TypeError`` on a ground without the real control
    plane or journal.
    """
    control, journal = ground.control, ground.journal
    if not isinstance(control, ControlPlane) or not isinstance(journal, JournalStore):
        raise TypeError("the web application needs a ControlPlane and a JournalStore")
    app = FastAPI(
        title="Socles",
        version=_version(),
        description=_DESCRIPTION,
        openapi_url="/openapi.json",
        # their pages load scripts from elsewhere
        docs_url=None,
        redoc_url=None,
    )
    errors.install(app)
    kept = Archives(ground, _version())
    for router in (
        health.router(ground, control, journal, services),
        workspaces.router(kept),
        archives.router(kept),
        snapshots.router(kept),
        reset.router(control),
        clock.router(control),
        faults.router(control),
        cards.router(control),  # before the people's, whose paths are wider
        people.router(control),
        identities.router(control),
        exchanges.router(journal, ground.stopping),
        books.router(ground),
        pki.router(ground),
        authorities.router(ground),
        sign.router(ground, control),
        events.router(ground),
        metrics.router(control, journal),
    ):
        app.include_router(router)
    mounts: dict[str, ASGIApp] = {}
    for service in services:
        for path, mount in service.mounts.items():
            if path in mounts:
                raise ValueError(f"{service.name} claims {path}, which another service has")
            mounts[path] = mount
        for one in service.routers:
            app.include_router(one)
    return Application(control, mounts, app, public_url=ground.settings.public_url, hosts=ground.settings.hosts)


def _version() -> str:
    try:
        return version("socles")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0"
