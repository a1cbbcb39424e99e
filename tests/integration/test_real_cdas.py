"""Every real CDA at hand through the wire: deposited, counted under its type, read back byte for byte (issue, 2)."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dmp_sim.domain.query import FIND_DOCUMENTS
from socle.events import DmpDocumentRegistered, DmpDocumentRejected, DmpDocumentReplaced, DmpDocumentSubmitted
from socle.rules import Strictness
from support.dmp_message import Described, deposit, describe
from support.dmp_served import Dmp, dmp

WRONG_KEYS = {
    "CSE-CS24_2025.01.xml",
    "CSE-CS8_2025.01.xml",
    "CSE-CS9_2025.01.xml",
    "OBP-SEM_2024.01.xml",
    "SDM-MR_2025.01_nouveau-ne.xml",
}
"""The samples whose INS has a wrong key (domain facts)."""
UNLINKED_REPLACEMENTS = {
    "CNAM-HR_2021.01_sans-info.xml",
    "IMG_CR_IMG_2024.01.xml",
    "IMG_CR_IMG_2024.01_CDA-R2-Niveau-1.xml",
}
"""Samples that say RPLC in the CDA; they are deposited without an association."""
ODD_AUTHORITY = {"CARD-F-PRC-AVK_2022.01.xml", "CARD-F-PRC-TAP_2022.01.xml"}
"""Samples whose legal authenticator stands under 1.2.250.1.71."""


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Dmp]:
    async with dmp(tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def documents(shared_data: Path) -> dict[str, Described]:
    """File name → document with its metadata."""
    found = {path.name: describe(path.read_bytes()) for path in sorted((shared_data / "cda").iterdir())}
    assert len(found) == 49
    return found


async def test_lenient_accepts_every_sample_and_gives_it_back(served: Dmp, documents: dict[str, Described]) -> None:
    await served.workspace("souple", Strictness.LENIENT)
    for name, one in documents.items():
        answer = await served.deposit(deposit([one]), "souple")
        assert answer.accepted, (name, answer.http.text)
        back = await served.retrieve(one.patient, one.structure, one.unique_id, workspace="souple")
        assert back.attachments == [one.data], name
    told = Counter(event.type_code for event in await served.events(147) if isinstance(event, DmpDocumentRegistered))
    assert told == Counter(one.header.type_code for one in documents.values())


async def test_official_refuses_exactly_those_that_break_a_rule(served: Dmp, documents: dict[str, Described]) -> None:
    refused: dict[str, set[str]] = {}
    for name, one in documents.items():
        answer = await served.deposit(deposit([one]))
        if not answer.accepted:
            errors = {finding.rule.id for finding in served.journal.exchanges[-1].findings if finding.rule.error_code}
            refused[name] = errors
            assert set(answer.errors) == {"XDSRepositoryMetadataError"}, (name, answer.http.text)
    assert refused == {name: {"dmp.ins.key"} for name in WRONG_KEYS}
    events = await served.events(2 * 49)
    rejected = [event for event in events if isinstance(event, DmpDocumentRejected)]
    assert {event.document_id for event in rejected} == {documents[name].unique_id for name in WRONG_KEYS}
    registered = [event for event in events if isinstance(event, DmpDocumentRegistered)]
    assert Counter(event.type_code for event in registered) == Counter(
        one.header.type_code for name, one in documents.items() if name not in WRONG_KEYS
    )
    assert sum(isinstance(event, DmpDocumentSubmitted) for event in events) == 49


async def test_what_the_samples_break_without_being_refused_is_told(
    served: Dmp, documents: dict[str, Described]
) -> None:
    told: dict[str, set[str]] = {}
    for name, one in documents.items():
        await served.deposit(deposit([one]))
        told[name] = {finding.rule.id for finding in served.journal.exchanges[-1].findings}
    assert {name for name, rules in told.items() if "dmp.cda.replacement-unlinked" in rules} == UNLINKED_REPLACEMENTS
    assert {name for name, rules in told.items() if "dmp.person.authority" in rules} == ODD_AUTHORITY
    expected = {"dmp.cda.replacement-unlinked", "dmp.person.authority", "dmp.ins.key"}
    assert set().union(*told.values()) == expected


async def test_events_carry_stay_and_level(served: Dmp, documents: dict[str, Described]) -> None:
    one = documents["CANCER-FRCP_2022.01_Appareil.xml"]
    letter = documents["LDL-SES_2022.01.xml"]
    pdf = documents["DOC_NON_STRUCTURE_CDA-R2-N1.xml"]
    for each in (one, letter, pdf):
        assert (await served.deposit(deposit([each]))).accepted
    events = {event.document_id: event for event in await served.events(6) if isinstance(event, DmpDocumentRegistered)}
    assert events[one.unique_id].stay_id == "1.2.250.1.161.1.20.1.1^5201"
    assert events[one.unique_id].linked_by == "encounter-id"
    told = events[letter.unique_id]
    assert told.stay_id is None
    assert told.linked_by is None
    assert (str(told.admitted_at), str(told.discharged_at)) == (
        "2019-10-29 10:17:00+00:00",
        "2019-12-03 12:30:00+00:00",
    )
    assert {events[pdf.unique_id].level, told.level} == {"N1", "N3"}
    assert told.ins_qualified is True


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("CR_Radio_CDAN1_v1.XML", "CR_Radio_CDAN1_v2.XML"),
        ("SEGUR_CR-BIO_2023.01_Electrophorese.xml", "SEGUR_CR_Bio_CDA_Niv3_v2.xml"),
    ],
)
async def test_a_replacement_pair_is_one_logical_document(
    served: Dmp, shared_data: Path, first: str, second: str
) -> None:
    folder = shared_data / "cda-replacement"
    old, new = (describe((folder / name).read_bytes()) for name in (first, second))
    assert (await served.deposit(deposit([old]))).accepted
    patient = old.patient
    found = await served.query(FIND_DOCUMENTS, [("$XDSDocumentEntryPatientId", f"'{patient}'")], patient)
    target = next(found.body.iter("{*}ExtrinsicObject")).get("id")
    new.replaces = target
    try:
        answer = await served.deposit(deposit([new]))
    finally:
        new.replaces = None
    assert answer.accepted, answer.http.text
    events = await served.events(5)  # the query in between is told too
    registered = next(event for event in events if isinstance(event, DmpDocumentRegistered))
    replaced = next(event for event in events if isinstance(event, DmpDocumentReplaced))
    assert sum(isinstance(event, DmpDocumentRegistered) for event in events) == 1
    assert (registered.lid, registered.revision) == (replaced.lid, 1)
    assert replaced.revision == 2
    assert replaced.previous_document_id == registered.document_id == old.unique_id
    assert replaced.registered_at == registered.registered_at
    listed = await served.query(FIND_DOCUMENTS, [("$XDSDocumentEntryPatientId", f"'{patient}'")], patient)
    assert listed.body.get("totalResultCount") == "1"
    for one in (old, new):
        back = await served.retrieve(patient, one.structure, one.unique_id)
        assert back.attachments == [one.data]
