"""Rules that need the registry or the population: broken and satisfied, on plain values."""

from datetime import UTC, datetime

import pytest

from dmp_sim.domain import check_query, known, names
from dmp_sim.domain.check_patient import NO_RECORD
from dmp_sim.domain.known import Registered, check_duplicates, check_replacements
from dmp_sim.domain.model import Deposit
from dmp_sim.domain.query import FIND_DOCUMENTS, GET_DOCUMENTS
from dmp_sim.domain.verdict import check_patients
from dmp_sim.domain.vihf import Vihf
from socle.identifiers.ins import Ins
from socle.rules import REGISTRY, Finding, Rule
from support.dmp_cda import INS, OID, cda, read
from support.dmp_message import Described, deposit, describe

UNIQUE_ID, PATIENT = "1.2.250.1.999.2.1", f"{INS}^{OID}"
TARGET = "urn:uuid:11111111-1111-1111-8111-111111111111"


def registered(status: str = names.APPROVED, patient: str = PATIENT) -> Registered:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Registered(TARGET, "1.2.3", TARGET, 1, status, patient, "0" * 40, "11490-0", None, at)


async def message(replaces: str | None = None) -> Deposit:
    one = describe(cda())
    copy = Described(
        one.data, one.header, one.patient, one.author_institution, one.structure, one.class_code, one.format_code
    )
    copy.replaces = replaces
    return (await read(deposit([copy])))[0]


def rules(findings: object) -> list[Rule]:
    return [finding.rule for finding in findings]  # type: ignore[attr-defined]


async def test_duplicates() -> None:
    new = await message()
    sha1 = new.documents[0].sha1
    lot = new.submission_set.unique_id
    assert rules(check_duplicates(new, {}, frozenset())) == []
    assert rules(check_duplicates(new, {UNIQUE_ID: sha1}, frozenset())) == [known.DUPLICATE]
    assert rules(check_duplicates(new, {UNIQUE_ID: "0" * 40}, frozenset())) == [known.DUPLICATE_OTHER]
    assert rules(check_duplicates(new, {lot: ""}, frozenset())) == [known.DUPLICATE]
    assert rules(check_duplicates(new, {}, frozenset({"Document01"}))) == [known.DUPLICATE_ENTRY]


async def test_replacements() -> None:
    new = await message(TARGET)
    assert rules(check_replacements(new, {TARGET: registered()})) == []
    assert rules(check_replacements(new, {})) == [known.UNKNOWN_TARGET]
    assert rules(check_replacements(new, {TARGET: registered(names.DEPRECATED)})) == [known.DEPRECATED_TARGET]
    assert rules(check_replacements(new, {TARGET: registered(patient=f"1^{OID}")})) == [known.TARGET_PATIENT]
    twice = next(link for link in new.associations if link.type == names.RPLC)
    new.associations.append(twice)
    assert rules(check_replacements(new, {TARGET: registered()})) == [known.TARGET_TWICE]


async def test_population() -> None:
    new = await message()
    assert check_patients(new, None, refuse_real=lambda *_: None, record="open") == []
    assert check_patients(new, None, refuse_real=lambda *_: None, record=None) == []
    assert rules(check_patients(new, None, refuse_real=lambda *_: None, record="closed")) == [NO_RECORD]
    seen: list[tuple[Ins, str]] = []

    def refuse(ins: Ins, where: str) -> Finding | None:
        seen.append((ins, where))
        return known.DUPLICATE.finding()

    assert rules(check_patients(new, None, refuse_real=refuse, record="none")) == [known.DUPLICATE]
    assert seen == [(Ins(INS[:13], INS[13:], OID), "//RegistryPackage[@id='SubmissionSet01']/patientId")]


@pytest.mark.parametrize(
    ("query_id", "patient", "vihf", "ids", "broken"),
    [
        (FIND_DOCUMENTS, "1^^^&1.2&ISO", "", (), []),
        (FIND_DOCUMENTS, "", "1^^^&1.2&ISO", (), []),
        (GET_DOCUMENTS, "", "", ("1.2",), []),
        ("urn:uuid:f26abbcb-ac74-4422-8a30-edb644bbc1a9", "", "", (), [check_query.UNKNOWN_QUERY]),
        (FIND_DOCUMENTS, "", "", (), [check_query.NO_PATIENT]),
        (GET_DOCUMENTS, "", "", (), [check_query.NO_DOCUMENT_ID]),
        (FIND_DOCUMENTS, "1^^^&1.2&ISO", "2^^^&1.2&ISO", (), [check_query.PATIENT_DIFFERS]),
    ],
)
def test_queries(query_id: str, patient: str, vihf: str, ids: tuple[str, ...], broken: list[Rule]) -> None:
    assert rules(check_query.check_query(query_id, patient, vihf, ids)) == broken


def test_retrieval() -> None:
    vihf = Vihf(patient_id=f"{INS}^^^&{OID}&ISO^NH")
    check = check_query.check_retrieved
    assert rules(check("1.2", names.REPOSITORY_UNIQUE_ID, PATIENT, vihf)) == []
    assert rules(check("1.2", names.REPOSITORY_UNIQUE_ID, PATIENT, None)) == []
    assert rules(check(TARGET, names.REPOSITORY_UNIQUE_ID, None, vihf)) == [check_query.ENTRY_UUID]
    assert rules(check("1.2", "1.2.3", PATIENT, vihf)) == [check_query.REPOSITORY_ID]
    assert rules(check("1.2", names.REPOSITORY_UNIQUE_ID, None, vihf)) == [check_query.UNKNOWN_DOCUMENT]
    assert rules(check("1.2", names.REPOSITORY_UNIQUE_ID, f"1^{OID}", vihf)) == [check_query.OTHER_PATIENT]


def test_every_rule_about_the_registry_is_broken_here() -> None:
    groups = ("dmp.duplicate.", "dmp.replace.", "dmp.query.", "dmp.retrieve.", "dmp.patient.no-dmp")
    told = {rule.id for rule in REGISTRY if rule.id.startswith(groups)}
    here = {rule.id for module in (known, check_query) for rule in vars(module).values() if isinstance(rule, Rule)} | {
        NO_RECORD.id,
    }
    assert told - {"dmp.duplicate.in-message"} == here
