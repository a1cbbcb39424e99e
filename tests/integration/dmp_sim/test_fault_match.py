"""What fault rules match on in calls to the DMP (D10)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dmp_sim.domain.query import FIND_DOCUMENTS, GET_DOCUMENTS
from socle.control.faults import FaultRule
from socle.control.port import FaultEffect
from support.dmp_cda import INS, OID, STRUCTURE
from support.dmp_mutators import sound
from support.dmp_served import REPOSITORY, Dmp, dmp

PATIENT = f"{INS}^^^&{OID}&ISO^NH"
FIRST = "1.2.250.1.999.2.1"


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Dmp]:
    async with dmp(tmp_path) as running:
        yield running


async def met(served: Dmp, operation: str, match: dict[str, str]) -> bool:
    """Whether a rule with this match is met by the last kind of call that ``call`` makes."""
    rule = FaultRule("f", "default", FaultEffect.LATENCY, operation=operation, match=match, latency_ms=1)
    await asyncio.to_thread(served.control.add_fault_rule, rule)
    match operation:
        case "iti41":
            await served.deposit(sound())
        case "iti18":
            await served.query(
                FIND_DOCUMENTS, [("$XDSDocumentEntryTypeCode", "('11490-0^^2.16.840.1.113883.6.1')")], PATIENT
            )
            await served.query(GET_DOCUMENTS, [("$XDSDocumentEntryUniqueId", f"('{FIRST}','1.2.3')")], PATIENT)
        case _:
            await served.retrieve(PATIENT, STRUCTURE, FIRST, "1.2.3")
    (found,) = await asyncio.to_thread(served.control.fault_rules, "default")
    return found.fired > 0


@pytest.mark.parametrize(
    ("operation", "match", "expected"),
    [
        ("iti41", {"documentUniqueId": FIRST, "patient": INS, "title": "Lettre*", "typeCode": "11490-0"}, True),
        ("iti41", {"documentUniqueId": "1.2.3"}, False),
        ("iti41", {"typeCode": "*|*"}, False),
        ("iti41", {"patient": "1*", "documentUniqueId": FIRST}, INS.startswith("1")),
        ("iti18", {"patient": INS}, True),
        ("iti18", {"typeCode": "11490-0"}, True),
        ("iti18", {"documentUniqueId": "1.2.3"}, True),
        ("iti18", {"documentUniqueId": "1.2.4"}, False),
        ("iti43", {"documentUniqueId": "1.2.3", "patient": INS}, True),
        ("iti43", {"documentUniqueId": "1.2.*.9"}, False),
        ("iti43", {"title": "*"}, False),
    ],
)
async def test_what_rules_match_on(served: Dmp, operation: str, match: dict[str, str], expected: bool) -> None:
    assert await met(served, operation, match) is expected


@pytest.mark.parametrize("body", ["<xdsb:ProvideAndRegisterDocumentSetRequest/>", "<q:AdhocQueryRequest/>"])
async def test_a_call_that_says_none_of_it_is_answered_as_ever(served: Dmp, body: str) -> None:
    rule = FaultRule("f", "default", FaultEffect.CUT, match={"patient": "*"})
    await asyncio.to_thread(served.control.add_fault_rule, rule)
    soap12 = "http://www.w3.org/2003/05/soap-envelope"
    raw = (
        f'<s:Envelope xmlns:s="{soap12}" xmlns:xdsb="urn:ihe:iti:xds-b:2007" '
        f'xmlns:q="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0"><s:Body>{body}</s:Body></s:Envelope>'
    ).encode()
    answer = await served.http.post(REPOSITORY, content=raw, headers={"content-type": "application/soap+xml"})
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
