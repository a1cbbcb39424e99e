"""Two replicas of the DMP over one PostgreSQL: what one has registered, the other refuses, in the same moment."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dmp_sim.domain import names
from dmp_sim.domain.query import FIND_DOCUMENTS
from support.dmp_cda import INS, OID, cda
from support.dmp_ebrim import Described
from support.dmp_message import Message, deposit, describe
from support.dmp_served import Answer, Dmp, dmp

pytestmark = pytest.mark.postgres

PATIENT = f"{INS}^^^&{OID}&ISO^NH"
AT_ONCE = 40
"""Deposits under way in both replicas together: more than they have connections."""


@pytest.fixture
async def replicas(tmp_path: Path, postgres_url: str) -> AsyncIterator[list[Dmp]]:
    async with (
        dmp(tmp_path / "one", database=postgres_url) as one,
        dmp(tmp_path / "two", database=postgres_url) as two,
    ):
        yield [one, two]


def version(root: str, replaces: str | None = None, *, body: str = "") -> Message:
    one = describe(cda(root=root, body=body, replaces="1.2.250.1.999.2.1" if replaces else ""))
    new = Described(
        one.data, one.header, one.patient, one.author_institution, one.structure, one.class_code, one.format_code
    )
    new.replaces = replaces
    return deposit([new])


async def send_all(replicas: list[Dmp], messages: list[Message]) -> list[Answer]:
    """Each to the next replica in turn, many at once."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def send(number: int, message: Message) -> Answer:
        async with gate:
            return await replicas[number % len(replicas)].deposit(message)

    return await asyncio.gather(*(send(number, message) for number, message in enumerate(messages)))


def stored(url: str, question: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, options="-c search_path=dmp_sim") as connection:
        return connection.execute(question).fetchall()  # type: ignore[call-overload, no-any-return]


async def test_of_many_deposits_of_one_document_one_is_accepted(replicas: list[Dmp], postgres_url: str) -> None:
    documents = [f"1.2.250.1.999.7.{number}" for number in range(50)]
    messages = [version(one) for one in documents for _ in range(4)]
    answers = await send_all(replicas, messages)
    for number, unique_id in enumerate(documents):
        four = answers[4 * number : 4 * number + 4]
        assert sum(answer.accepted for answer in four) == 1, unique_id
        assert {code for answer in four for code in answer.errors} == {"XDSDuplicateUniqueIdInRegistry"}
    rows = await asyncio.to_thread(stored, postgres_url, "SELECT unique_id FROM document_entry WHERE NOT signature")
    assert sorted(unique_id for (unique_id,) in rows) == sorted(documents)
    events = await asyncio.to_thread(stored, postgres_url, "SELECT type, subject FROM outbox")
    kinds = Counter(kind.rpartition(".Dmp")[2] or kind for kind, _ in events)
    assert sorted(kinds.values()) == [50, 150, 200]
    assert len(await asyncio.to_thread(stored, postgres_url, "SELECT unique_id FROM submission_set")) == 50


async def test_another_content_under_the_same_id_is_refused_for_it(replicas: list[Dmp]) -> None:
    messages = [version("1.2.250.1.999.8.1", body=f"<component n='{number}'/>") for number in range(12)]
    answers = await send_all(replicas, messages)
    assert sum(answer.accepted for answer in answers) == 1
    for answer in answers:
        assert answer.accepted or "XDSNonIdenticalHash" in answer.errors


async def test_a_document_is_replaced_once_and_revisions_have_no_gap(replicas: list[Dmp], postgres_url: str) -> None:
    assert (await replicas[0].deposit(version("1.2.250.1.999.9.0"))).accepted
    for round_ in range(1, 6):
        target = await current(replicas[round_ % 2])
        messages = [version(f"1.2.250.1.999.9.{round_}.{number}", target) for number in range(10)]
        answers = await send_all(replicas, messages)
        assert sum(answer.accepted for answer in answers) == 1
        refused = [answer.errors for answer in answers if not answer.accepted]
        assert refused == [["XDSRegistryDeprecatedDocumentError"]] * 9
    rows = await asyncio.to_thread(
        stored,
        postgres_url,
        "SELECT revision, status, chain, lid, replaces FROM document_entry WHERE NOT signature ORDER BY revision",
    )
    assert [revision for revision, *_ in rows] == [1, 2, 3, 4, 5, 6]
    assert [status for _, status, *_ in rows] == [names.DEPRECATED] * 5 + [names.APPROVED]
    assert len({chain for _, _, chain, *_ in rows}) == 1
    assert [replaces for *_, replaces in rows[1:]] == [lid for _, _, _, lid, _ in rows[:-1]]


async def current(replica: Dmp) -> str:
    found = await replica.query(FIND_DOCUMENTS, [("$XDSDocumentEntryStatus", f"('{names.APPROVED}')")], PATIENT)
    (entry,) = found.body.iter("{*}ExtrinsicObject")
    return entry.get("id", "")
