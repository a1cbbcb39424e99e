"""Readings that answer as things were some time ago, and events that come late (D10)."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from dmp_sim.domain import names
from dmp_sim.domain.query import FIND_DOCUMENTS, GET_DOCUMENTS
from socle.control.faults import FaultRule
from socle.control.port import FaultEffect, FaultPoint
from socle.exchange import Outcome
from support.dmp_cda import INS, OID, STRUCTURE
from support.dmp_mutators import sound, version
from support.dmp_served import Answer, Dmp, dmp

PATIENT = f"{INS}^^^&{OID}&ISO^NH"
STATUS = "$XDSDocumentEntryStatus"
FIRST, SECOND = "1.2.250.1.999.2.1", "1.2.250.1.999.2.7"


@pytest.fixture
async def served(tmp_path: Path, database: str | None) -> AsyncIterator[Dmp]:
    async with dmp(tmp_path, database=database) as running:
        yield running


async def rule(served: Dmp, effect: FaultEffect, point: FaultPoint, **more: object) -> None:
    made = FaultRule("f", "default", effect, point, "dmp_sim", **more)  # type: ignore[arg-type]
    await asyncio.to_thread(served.control.add_fault_rule, made)


async def query(served: Dmp, status: str, query_id: str = FIND_DOCUMENTS, *more: tuple[str, str]) -> Answer:
    answer = await served.query(query_id, [(STATUS, f"('{status}')"), *more], PATIENT)
    assert answer.accepted, answer.http.text
    return answer


def ids(answer: Answer) -> list[str]:
    found = answer.body.iter("{*}ExternalIdentifier")
    return [one.get("value", "") for one in found if one.get("identificationScheme") == names.DE_UNIQUE_ID]


async def replaced(served: Dmp) -> str:
    """Two versions of a document, an hour between them by the workspace's clock; the first one's entryUUID."""
    assert (await served.deposit(sound())).accepted
    first = next((await query(served, names.APPROVED)).body.iter("{*}ExtrinsicObject")).get("id", "")
    await asyncio.to_thread(served.control.advance_clock, "default", timedelta(hours=1))
    assert (await served.deposit(version(SECOND, first))).accepted
    return first


async def test_a_stale_registry_knows_nothing_of_the_last_minutes(served: Dmp) -> None:
    first = await replaced(served)
    assert ids(await query(served, names.APPROVED)) == [SECOND]
    assert ids(await query(served, names.DEPRECATED)) == [FIRST]
    await rule(served, FaultEffect.STALE, FaultPoint.RECEIVED, operation="iti18,iti43", seconds=600)
    then = await query(served, names.APPROVED)
    assert ids(then) == [FIRST]
    assert [one.get("status") for one in then.body.iter("{*}ExtrinsicObject")] == [names.APPROVED]
    assert ids(await query(served, names.DEPRECATED)) == []
    by_uuid = await query(served, names.APPROVED, GET_DOCUMENTS, ("$XDSDocumentEntryEntryUUID", f"('{first}')"))
    assert ids(by_uuid) == [FIRST]
    assert (served.journal.exchanges[-1].fault, served.journal.exchanges[-1].outcome) == ("f", Outcome.ACCEPTED)


async def test_a_stale_repository_does_not_have_the_last_document_yet(served: Dmp) -> None:
    await replaced(served)
    await rule(served, FaultEffect.STALE, FaultPoint.RECEIVED, operation="iti43", seconds=600)
    assert len((await served.retrieve(PATIENT, STRUCTURE, FIRST)).attachments) == 1
    unseen = await served.retrieve(PATIENT, STRUCTURE, SECOND)
    assert (unseen.errors, unseen.attachments) == (["XDSDocumentUniqueIdError"], [])
    await asyncio.to_thread(served.control.remove_fault_rules, "default")
    assert len((await served.retrieve(PATIENT, STRUCTURE, SECOND)).attachments) == 1


async def test_nothing_was_there_before_the_first_deposit(served: Dmp) -> None:
    await replaced(served)
    await rule(served, FaultEffect.STALE, FaultPoint.RECEIVED, operation="iti18", seconds=7200)
    assert ids(await query(served, names.APPROVED)) == ids(await query(served, names.DEPRECATED)) == []


async def test_the_events_of_a_deposit_come_late_and_those_of_the_next_before_them(served: Dmp) -> None:
    await rule(served, FaultEffect.DELAY_EVENT, FaultPoint.BEFORE_COMMIT, operation="iti41", seconds=4, times=1)
    began = time.perf_counter()
    assert (await served.deposit(sound())).accepted
    late = served.journal.exchanges[-1]
    assert (late.fault, late.outcome, len(late.events)) == ("f", Outcome.ACCEPTED, 2)
    assert (await served.deposit(version(SECOND, None))).accepted
    soon = served.journal.exchanges[-1]
    assert {event.exchange_id for event in await served.events(2)} == {soon.id}
    assert time.perf_counter() - began < 4
    everything = await served.events(4)
    assert {event.exchange_id for event in everything} == {soon.id, late.id}
    assert time.perf_counter() - began >= 4
