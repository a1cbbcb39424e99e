"""A service that keeps what is posted to it; also as a program that serves until a signal comes."""

import asyncio
import json
import sqlite3
import sys
from functools import partial
from pathlib import Path

from socle.ground import Ground
from socle.http_server import listen
from socle.serve import Process, run, until_told
from socle.service import ASGIApp, Receive, Scope, Send
from socle.settings import GroundSettings
from support import shelf


class ShelfService:
    """See ``socle.service.Service``."""

    name = "shelf"
    routers = ()

    def __init__(self, ground: Ground, *, fails: bool = False) -> None:
        self.store = ground.open_store("shelf", shelf.METADATA, shelf.MIGRATIONS)
        self.mounts: dict[str, ASGIApp] = {"/": self.app}
        self.stopped = False
        self._fails = fails

    async def start(self) -> None:
        if self._fails:
            raise OSError("no such port")

    async def stop(self) -> None:
        self.stopped = True

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """``POST`` a name: 200 once it is stored."""
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        await self.store.write(partial(shelf.put_and_tell, name=body.decode()))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})


def what_is_stored(folder: Path) -> tuple[set[str], set[str]]:
    """The names of the things, and the subjects of the sequenced events."""
    raw = sqlite3.connect(folder / "shelf.db")
    try:
        things = {name for (name,) in raw.execute("SELECT name FROM thing")}
        return things, {name for (name,) in raw.execute("SELECT subject FROM outbox WHERE log_offset IS NOT NULL")}
    finally:
        raw.close()


async def main(folder: Path) -> None:
    """Serve until told to stop; the address is printed as JSON once connections are taken."""
    ground = Ground.open(GroundSettings(data_dir=folder))
    service = ShelfService(ground)
    async with Process(ground, [service], service.app, [listen("127.0.0.1", 0)]) as process:
        sys.stdout.write(json.dumps(process.url) + "\n")
        sys.stdout.flush()
        await until_told(asyncio.Event())


if __name__ == "__main__":
    run(main(Path(sys.argv[1])))
