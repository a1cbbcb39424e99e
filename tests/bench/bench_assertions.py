"""The DMP with every VIHF verified against the same DMP without: a query, which is little but its VIHF; a deposit."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from bench.bench_dmp import PATH, _requests
from bench.harness import Run, Serving, bench, served
from bench.load import http_load, http_request
from dmp_sim.app import build
from dmp_sim.domain import names
from dmp_sim.domain.query import FIND_DOCUMENTS
from socle.assertions.making.crafting import crafted
from socle.assertions.making.saml import Told
from socle.ground import Ground
from socle.http_server import listen
from socle.pki.kinds import Subject
from socle.serve import Process
from socle.settings import GroundSettings
from socle.web.factory import create_app
from support.dmp_message import soap, vihf
from support.signed import PATIENT, holder, pki, pki_folder

REGISTRY = "/si-dmp-server/v2/services/registry"
BATCH, DEPOSITS = 300, 150
_ACCEPTED = names.SUCCESS.encode()


def _serving(mode: str) -> Serving:
    @asynccontextmanager
    async def serving(folder: Path) -> AsyncIterator[int]:
        os.environ.update({"SOCLES_ASSERTIONS_MODE": mode, "SOCLES_ASSERTIONS_LIFETIME": "0"})
        ground = Ground.open(GroundSettings(data_dir=folder))
        services = [build(ground)]
        async with Process(ground, services, create_app(ground, services), [listen("127.0.0.1", 0)]) as process:
            yield process.http.addresses[0][1]

    return serving


_STRICT, _OFF = _serving("strict"), _serving("off")


def _signed(text: str, structure: str) -> str:
    """The header block of a VIHF, signed by its structure."""
    assertion = etree.tostring(etree.fromstring(text)[0], encoding="unicode")
    return crafted(
        lambda _told: assertion, Told("_1", datetime.now(UTC), "-"), holder(subject=Subject(structure=structure))
    )


def _queries() -> list[bytes]:
    body = (
        f'<q:AdhocQueryRequest xmlns:q="{names.QUERY}"><q:ResponseOption returnComposedObjects="true" '
        f'returnType="LeafClass"/><rim:AdhocQuery id="{FIND_DOCUMENTS}"><rim:Slot name="$XDSDocumentEntryStatus">'
        f"<rim:ValueList><rim:Value>('{names.APPROVED}')</rim:Value></rim:ValueList></rim:Slot></rim:AdhocQuery>"
        "</q:AdhocQueryRequest>"
    )
    header = _signed(vihf(PATIENT, "1750803447"), "1750803447")
    raw = soap("urn:ihe:iti:2007:RegistryStoredQuery", body, header)
    return [http_request(REGISTRY, raw, "application/soap+xml")] * BATCH


@bench("TD3.1 with its VIHF verified / not verified")
def verified_query(run: Run) -> None:
    """The share of verification where there is little else."""
    pki()
    os.environ["SOCLES_PKI_DIR"] = str(pki_folder())
    batch = _queries()
    with served(_STRICT) as strict, served(_OFF) as off:
        run.compare(
            ours=strict.batch(lambda port: http_load(port, batch, contains=_ACCEPTED)),
            ceiling=off.batch(lambda port: http_load(port, batch, contains=_ACCEPTED)),
        )
        run.note("RSA 2048, SHA-256; CPU time, the thread that verifies included")


@bench("ITI-41 of 30 KB with its VIHF verified / not verified")
def verified_deposit(run: Run) -> None:
    """The same within a whole deposit."""
    pki()
    os.environ["SOCLES_PKI_DIR"] = str(pki_folder())

    def deposits() -> list[bytes]:
        return [_resigned(raw) for raw in _requests(DEPOSITS)]

    with served(_STRICT) as strict, served(_OFF) as off:
        run.compare(
            ours=strict.batch(lambda port: http_load(port, deposits(), contains=_ACCEPTED)),
            ceiling=off.batch(lambda port: http_load(port, deposits(), contains=_ACCEPTED)),
        )


_SEEN: dict[bytes, bytes] = {}


def _resigned(raw: bytes) -> bytes:
    """The same request with a signed VIHF: one signature for all, since their VIHF is one and the same."""
    head, _, body = raw.partition(b"\r\n\r\n")
    start, end = body.index(b"<wsse:Security"), body.index(b"</wsse:Security>") + len(b"</wsse:Security>")
    block = body[start:end]
    if block not in _SEEN:
        structure = block.split(b"Identifiant_Structure", 1)[1].split(b"AttributeValue>", 2)[1].split(b"<", 1)[0]
        _SEEN[block] = _signed(block.decode(), structure.decode()).encode()
    kind = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-type:"))
    content = body[:start] + _SEEN[block] + body[end:]
    return http_request(PATH, content, kind.split(b":", 1)[1].strip().decode())
