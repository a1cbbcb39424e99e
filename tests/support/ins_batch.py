"""Batch verification served, in three workspaces whose clocks stand still; demands made and fetched."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from lxml import etree

from ins_sim.wire.batch import NAMESPACE
from socle.control.population.published import published
from socle.exchange import Outcome
from support.ins_served import Insi, insi
from support.ins_verified import claim
from support.insi import code_of

ZOE, PIERRE = (one.person for one in published() if one.person.id in ("insi-adrun", "insi-ecetinsi"))
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
LINES = [
    ("1", claim(ZOE)),
    ("2", claim(PIERRE, sex="F")),
    ("3", claim(PIERRE, name="Ecetinsi")),
    ("10", claim(PIERRE, oid=None)),
]
OUTCOMES = [("1", "00"), ("2", "KO"), ("3", "socles_201"), ("10", "insi_19")]


@asynccontextmanager
async def batches(folder: Path, database: str | None) -> AsyncIterator[Insi]:
    """INSi with the workspaces ``default``, ``small`` (three lines, at once, kept for 10 s) and ``other``, at noon."""
    async with insi(folder, database=database) as running:
        for name, options in {
            "default": {},
            "small": {"insi.batch.lines": "3", "insi.batch.delay": "0", "insi.batch.keep": "10"},
            "other": {},
        }.items():
            if name != "default":
                await asyncio.to_thread(running.control.create_workspace, name, options=options)
            await asyncio.to_thread(running.control.freeze_clock, name, NOON)
        yield running


async def call(served: Insi, raw: bytes, workspace: str = "default") -> etree._Element:
    """DEMANDE of the answer."""
    answer = await send(served, raw, workspace)
    assert answer.status_code == 200
    found = etree.fromstring(answer.content).find(f".//{{{NAMESPACE}}}DEMANDE")
    assert found is not None
    assert found.findtext("{*}CR/{*}CodeCR") == "00"
    return found


async def send(served: Insi, raw: bytes, workspace: str = "default") -> httpx.Response:
    return await served.call(raw, workspace=workspace, content_type="application/soap+xml")


async def refused(served: Insi, raw: bytes, workspace: str = "default") -> str:
    answer = await send(served, raw, workspace)
    assert answer.status_code == 500
    assert served.last.outcome is Outcome.REFUSED
    return code_of(answer.content)


async def later(served: Insi, seconds: int, workspace: str = "default") -> None:
    await asyncio.to_thread(served.control.advance_clock, workspace, timedelta(seconds=seconds))


def number_of(made: etree._Element) -> str:
    return made.findtext("{*}NumeroDemande") or ""


def state(made: etree._Element) -> str:
    return made.findtext("{*}Etat") or ""


def outcomes(made: etree._Element) -> Sequence[tuple[str | None, str | None]]:
    return [(line.get("Rang"), line.findtext("{*}CR/{*}CodeCR")) for line in made.iter("{*}LIGNE")]
