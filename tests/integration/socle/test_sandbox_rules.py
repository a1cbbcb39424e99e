"""Rules of what the sandbox adds to the services (workspaces, faults, limits): each broken alone and satisfied."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from socle.control.settings import ControlSettings
from socle.ground import Ground
from socle.settings import GroundSettings
from socle.store.port import UnitOfWork
from support.fhir_served import exchange, served
from support.insi import CONTENT_TYPE, body, message, zoe
from support.rule_table import RuleTable

SOUND = message(zoe("63220"))
MAGIC = message(body("PANNE", ["INSI-TECHNICAL-ERROR"], "F", "1975-12-31", "63220"))
MISSPELT = MAGIC.replace(b"TECHNICAL", b"TECHNIQUE")
BUSY = message(body("PANNE", ["ANY-OVERLOAD"], "F", "1975-12-31", "63220"))


async def told(http: httpx.AsyncClient, raw: bytes = SOUND, path: str = "/lps") -> list[str]:
    answer = await http.post(path, content=raw, headers={"content-type": CONTENT_TYPE})
    return [one["rule"] for one in (await exchange(http, answer))["findings"]]


@asynccontextmanager
async def taken(ground: Ground, http: httpx.AsyncClient) -> AsyncIterator[None]:
    """INSi's only place is taken by a request whose body does not come."""
    admission = ground.admission("ins_sim")
    _, writer = await asyncio.open_connection(http.base_url.host, http.base_url.port)
    writer.write(f"POST /lps HTTP/1.1\r\nHost: h\r\nContent-Type: {CONTENT_TYPE}\r\nContent-Length: 9\r\n\r\n".encode())
    async with asyncio.timeout(10):
        while not admission.active:
            await asyncio.sleep(0.01)
        yield
        writer.close()
        while admission.active:
            await asyncio.sleep(0.01)


def read_only(uow: UnitOfWork) -> None:
    """As a disk that the system has mounted anew after an error."""
    uow.connection.exec_driver_sql("PRAGMA query_only = ON")


async def test_each_rule_is_broken_alone_and_satisfied(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    table = RuleTable("Sandbox")
    tight = GroundSettings(data_dir=tmp_path, admission_active=1, admission_queue=0)
    ground = Ground.open(tight, ControlSettings(establishments=1, patients_per_establishment=3))
    async with served(ground) as http:
        table.case("a search", await told(http), satisfies=("workspace.", "overload.", "store."))
        table.case("a magic value", await told(http, MAGIC), satisfies=("fault.",))
        table.case("a misspelt magic value", await told(http, MISSPELT), "fault.unknown-magic")
        table.case("an overload on demand", await told(http, BUSY), "fault.overload")
        table.case("/w/nulle-part", await told(http, path="/w/nulle-part/lps"), "workspace.unknown")
        async with taken(ground, http):
            table.case("no place left", await told(http), "overload.queue")
        await ground.holdings()[0].store.write(read_only)
        table.case("a database that cannot write", await told(http), "store.not-committed")
    table.close(record_property)
