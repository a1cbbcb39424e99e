"""A mail store on a ground behind the web application; and zips taken apart and put together again."""

import asyncio
import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from mss_sim.app import MIGRATIONS
from mss_sim.store import MailFilter, MailStore, StoredMail
from mss_sim.tables import METADATA
from socle.blobs import Blob
from socle.bus.embedded import EmbeddedBus
from socle.control.plane import ControlPlane
from socle.control.settings import ControlSettings
from socle.exchange import new_id
from socle.ground import Ground
from socle.journal.store import JournalStore
from socle.store import Store
from socle.web.factory import create_app
from support import shelf
from support.shelf_stores import settings_for

LARGE = bytes(range(256)) * 2000
"""Kept as a file, not in a row."""
PART = "parts/mss_sim.zip"


@dataclass(frozen=True, slots=True)
class Archived:
    """What a test works with."""

    http: httpx.AsyncClient
    ground: Ground
    store: Store
    mails: MailStore

    async def send(self, workspace: str, subject: str, content: bytes = b"mail") -> str:
        """Store a mail in one box of the workspace's current epoch, with an event; gives its reference."""
        found = self.ground.control.workspace(workspace)
        assert found is not None
        blob, ref = Blob.of(content), new_id()
        mail = StoredMail(
            ref=ref,
            workspace=workspace,
            epoch=found.epoch,
            kind="mail",
            exchange_id=ref,
            blob=blob,
            mail_from="a@x.mssante.example",
            recipients=[{"address": "b@x.mssante.example"}],
            boxes=["b@x.mssante.example"],
            subject=subject,
            message_id=None,
            nil=None,
            accepted_at=datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
            description={},
            findings=[],
        )
        await self.mails.accept([mail], [], delay=0)
        event = shelf.event("010000016", workspace=workspace).model_copy(update={"epoch": found.epoch})
        await self.store.write(lambda uow: uow.emit(event, subject=subject, time=shelf.AT))
        return ref

    async def subjects(self, workspace: str) -> list[str]:
        """Of the workspace's box, oldest first."""
        found = self.ground.control.workspace(workspace)
        assert found is not None
        rows = await self.mails.find(
            workspace, found.epoch, MailFilter(to="b@x.mssante.example"), limit=500, oldest_first=True
        )
        return [row["subject"] for row in rows]

    async def export(self, workspace: str) -> bytes:
        answer = await self.http.get(f"/_sandbox/workspaces/{workspace}/archive")
        assert answer.status_code == 200, answer.text
        return answer.content

    async def restore(self, workspace: str, archive: bytes) -> httpx.Response:
        return await self.http.post(f"/_sandbox/workspaces/{workspace}/archive", content=archive)

    @property
    def left_behind(self) -> list[str]:
        """Files of archives that should be gone."""
        return [path.name for path in self.ground.spool_dir.iterdir()]


@asynccontextmanager
async def served(folder: Path, url: str | None, bus: EmbeddedBus | None = None) -> AsyncIterator[Archived]:
    """On SQLite, or on the PostgreSQL of ``url``."""
    settings = settings_for(folder, url)
    control = ControlPlane(settings, ControlSettings(establishments=1, patients_per_establishment=1, poll_seconds=0.02))
    ground = Ground(settings, control, JournalStore(settings), bus or EmbeddedBus())
    store = ground.open_store("mss_sim", METADATA, MIGRATIONS)
    async with ground:
        app = await asyncio.to_thread(create_app, ground, [])
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", timeout=60) as http:
            yield Archived(http, ground, store, MailStore(store, store.blobs))


def unpacked(archive: bytes) -> dict[str, bytes]:
    """Entry → content."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {info.filename: opened.read(info) for info in opened.infolist()}


def packed(entries: dict[str, bytes], *, honest: bool = True) -> bytes:
    """A zip of these entries; ``honest``: its manifest is made to say what they are."""
    entries = dict(entries)
    if honest:
        manifest = json.loads(entries["manifest.json"])
        manifest["entries"] = {
            name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in entries.items()
            if name != "manifest.json"
        }
        entries["manifest.json"] = json.dumps(manifest).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return out.getvalue()


def told(entries: dict[str, bytes], **said: Any) -> dict[str, bytes]:
    """With another manifest: what ``said`` names is set in it, in ``about`` if it is not of the manifest itself."""
    manifest = json.loads(entries["manifest.json"])
    for name, value in said.items():
        (manifest if name in manifest else manifest["about"])[name] = value
    return {**entries, "manifest.json": json.dumps(manifest).encode()}
