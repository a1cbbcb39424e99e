"""What verified signatures cost: the same service with them and without, and our verifier against xmlsec's.

In each the ceiling is the service that verifies nothing: the ratio is the share of it that is left.
"""

import os
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from copy import copy
from datetime import UTC, datetime
from functools import lru_cache, partial
from itertools import count, islice
from pathlib import Path

import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

import dmp_sim.app
import ins_sim.app
from bench.bench_dmp import PATH, _requests
from bench.harness import Run, bench, served
from bench.load import http_load, http_request
from dmp_sim.domain import names
from dmp_sim.domain.query import FIND_DOCUMENTS
from socle.assertions.making.crafting import crafted
from socle.assertions.making.insi import InsiSaid, insi_assertion
from socle.assertions.making.lot import Identity, hashed, lot_signature
from socle.assertions.making.saml import Told
from socle.assertions.verifier import Verifier
from socle.ground import Ground
from socle.http_server import listen
from socle.pki.issuing import Holder
from socle.pki.kinds import Kind, Subject
from socle.serve import Process
from socle.service import Service
from socle.settings import GroundSettings
from socle.web.factory import create_app
from support.dmp_cda import STRUCTURE
from support.dmp_message import SIGNATURE_BYTES, soap, vihf
from support.insi import CONTENT_TYPE, blocks, body, message
from support.signed import DS, PATIENT, envelope, first, header, holder, pki, pki_folder
from support.signed import STRUCTURE as SIGNED

REGISTRY = "/si-dmp-server/v2/services/registry"
CALLS, DEPOSITS, VERIFICATIONS = 400, 100, 200
_ACCEPTED = names.SUCCESS.encode()
_NUMBERS = count(1)
"""Of assertions that nobody has sent before."""
_FOUND = b"1090763220834"
_SHORT = b"</wsse:Security>"


@asynccontextmanager
async def _serve(folder: Path, service: str, settings: Mapping[str, str]) -> AsyncIterator[int]:
    """One service alone, told by the environment what to verify; assertions of any age: the batches are made once."""
    os.environ.update(settings)
    ground = Ground.open(GroundSettings(data_dir=folder))
    services: list[Service] = [dmp_sim.app.build(ground) if service == "dmp_sim" else ins_sim.app.build(ground)]
    async with Process(ground, services, create_app(ground, services), [listen("127.0.0.1", 0)]) as process:
        yield process.http.addresses[0][1]


def _compare(run: Run, service: str, batch: Callable[[], list[bytes]], **strict: str) -> None:
    """``batch`` on the service that verifies, by default assertions, against the one that does not."""
    pki()
    common = {"SOCLES_ASSERTIONS_LIFETIME": "0", "SOCLES_PKI_DIR": str(pki_folder())}
    verified = common | (strict or {"SOCLES_ASSERTIONS_MODE": "strict"})
    contains = _FOUND if service == "ins_sim" else _ACCEPTED
    with (
        served(partial(_serve, service=service, settings=verified)) as a,
        served(partial(_serve, service=service, settings=common)) as b,
    ):
        run.compare(
            ours=a.batch(lambda port: http_load(port, batch(), contains=contains)),
            ceiling=b.batch(lambda port: http_load(port, batch(), contains=contains)),
        )


@lru_cache(1)
def _header(number: int) -> bytes:
    """A VIHF of the structure of the bench's deposits; each number another ID."""
    text = etree.tostring(etree.fromstring(vihf(PATIENT, STRUCTURE))[0], encoding="unicode")
    told = Told("-", datetime.now(UTC), "-")
    made = text.replace('ID="_1"', f'ID="_{number}"')
    return crafted(lambda _told: made, told, holder(subject=Subject(structure=STRUCTURE))).encode()


def _query(number: int) -> bytes:
    asked = (
        f'<q:AdhocQueryRequest xmlns:q="{names.QUERY}"><q:ResponseOption returnComposedObjects="true" '
        f'returnType="LeafClass"/><rim:AdhocQuery id="{FIND_DOCUMENTS}"><rim:Slot name="$XDSDocumentEntryStatus">'
        f"<rim:ValueList><rim:Value>('{names.APPROVED}')</rim:Value></rim:ValueList></rim:Slot></rim:AdhocQuery>"
        "</q:AdhocQueryRequest>"
    )
    raw = soap("urn:ihe:iti:2007:RegistryStoredQuery", asked, _header(number).decode())
    return http_request(REGISTRY, raw, "application/soap+xml")


def _search(number: int) -> bytes:
    block = _card(number)
    raw = message(body("ECETINSI", ["PIERRE-ALAIN"], "M", "2009-07-14", "63220"), blocks() | {"security": block})
    return http_request("/lps", raw, CONTENT_TYPE)


@lru_cache(1)
def _card(number: int) -> str:
    return crafted(
        lambda one: insi_assertion(one, InsiSaid(Subject().national_id)),
        Told(f"_{number}", datetime.now(UTC), prefix=""),
        holder(Kind.CPS_SIGN),
    )


@bench("TD3.1, each VIHF new: verified / not verified")
def new_query(run: Run) -> None:
    _compare(run, "dmp_sim", lambda: [_query(number) for number in islice(_NUMBERS, CALLS)])
    run.note("RSA 2048, SHA-256; CPU time of the whole process, the thread that verifies included")


@bench("TD3.1, one VIHF for all: verified / not verified")
def same_query(run: Run) -> None:
    _compare(run, "dmp_sim", lambda: [_query(0)] * CALLS)


@bench("WS_INS2, each assertion new: verified / not verified")
def new_search(run: Run) -> None:
    _compare(run, "ins_sim", lambda: [_search(number) for number in islice(_NUMBERS, CALLS)])


@bench("WS_INS2, one assertion for all: verified / not verified")
def same_search(run: Run) -> None:
    _compare(run, "ins_sim", lambda: [_search(0)] * CALLS)


@bench("ITI-41 of 30 KB, one VIHF for all: verified / not verified")
def deposit(run: Run) -> None:
    _compare(run, "dmp_sim", lambda: list(_signed(_requests(DEPOSITS))))


@bench("ITI-41 of 30 KB, lot: verified / not verified")
def lot(run: Run) -> None:
    _compare(run, "dmp_sim", lambda: list(_signed(_requests(DEPOSITS))), SOCLES_ASSERTIONS_LOTS="strict")


def _signed(requests: list[bytes]) -> Iterator[bytes]:
    """The same deposits, VIHF and lot signed."""
    for raw in requests:
        head, _, content = raw.partition(b"\r\n\r\n")
        start, end = content.index(b"<wsse:Security"), content.index(_SHORT) + len(_SHORT)
        signature = _lot(content)
        content = content[:start] + _header(0) + content[end:].replace(SIGNATURE_BYTES, signature)
        kind = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-type:"))
        yield http_request(PATH, content, kind.split(b":", 1)[1].strip().decode())


def _lot(content: bytes) -> bytes:
    def value(scheme: str) -> str:
        return content.split(scheme.encode(), 1)[1].split(b'value="', 1)[1].split(b'"', 1)[0].decode()

    document = content[content.index(b"<?xml version=") : content.index(b"</ClinicalDocument>") + 19]
    signer = holder(subject=Subject(structure=STRUCTURE))
    listed = [hashed(value(names.DE_UNIQUE_ID), document)]
    return lot_signature(value(names.SS_UNIQUE_ID), listed, datetime.now(UTC), Identity(signer.certificate, signer.key))


@bench("Verifying one VIHF: xmlsec / ours")
def libraries(run: Run) -> None:
    """xmlsec verifies the value and the digest; ours also reads the form, finds the issuer and asks for revocation."""
    root = envelope(header())
    verifier, known = Verifier(pki()), _signer().certificate.public_bytes(Encoding.DER)
    key = xmlsec.Key.from_memory(known, xmlsec.KeyFormat.CERT_DER)

    def of_xmlsec() -> None:
        context = xmlsec.SignatureContext()
        context.key = copy(key)
        context.register_id(first(root), "ID")
        context.verify(root.find(f".//{{{DS}}}Signature"))

    def of_ours() -> None:
        assert not verifier.judge_now(root, first(root)).findings

    run.compare(ours=_timed(of_ours), ceiling=_timed(of_xmlsec))


def _signer() -> Holder:
    """Of :func:`support.signed.header`."""
    return holder(Kind.ORG_SIGN, None, Subject(structure=SIGNED))


def _timed(work: Callable[[], None]) -> Callable[[], float]:
    def batch() -> float:
        begun = time.process_time()
        for _ in range(VERIFICATIONS):
            work()
        return (time.process_time() - begun) / VERIFICATIONS

    return batch
