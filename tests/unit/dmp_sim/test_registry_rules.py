"""Rules that need the registry or the population: broken and satisfied, on plain values."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from dmp_sim.domain import check_query, known, names
from dmp_sim.domain.check_patient import NO_RECORD
from dmp_sim.domain.known import Registered, check_duplicates, check_replacements
from dmp_sim.domain.model import Deposit
from dmp_sim.domain.query import FIND_DOCUMENTS, GET_DOCUMENTS
from dmp_sim.domain.verdict import check_patients
from dmp_sim.domain.vihf import Vihf
from socle.identifiers.ins import Ins
from socle.rules import Finding, Rule
from support.dmp_cda import INS, OID, cda, read
from support.dmp_message import Described, deposit, describe
from support.rule_table import RuleTable

Case = tuple[str, Rule | None, Iterable[Finding]]
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


async def about_what_is_registered() -> Iterator[Case]:
    """Duplicates and replacements."""
    new, one = await message(), await message(TARGET)
    sha1, lot, nothing = new.documents[0].sha1, new.submission_set.unique_id, frozenset[str]()
    twice = await message(TARGET)
    twice.associations.append(next(link for link in twice.associations if link.type == names.RPLC))
    moved = registered(patient=f"1^{OID}")
    return iter(
        [
            ("a new document", None, check_duplicates(new, {}, nothing)),
            ("a document again", known.DUPLICATE, check_duplicates(new, {UNIQUE_ID: sha1}, nothing)),
            ("a lot's id again", known.DUPLICATE, check_duplicates(new, {lot: ""}, nothing)),
            ("another content", known.DUPLICATE_OTHER, check_duplicates(new, {UNIQUE_ID: "0" * 40}, nothing)),
            ("an entry's id again", known.DUPLICATE_ENTRY, check_duplicates(new, {}, frozenset({"Document01"}))),
            ("a replacement", None, check_replacements(one, {TARGET: registered()})),
            ("of nothing", known.UNKNOWN_TARGET, check_replacements(one, {})),
            (
                "of an old version",
                known.DEPRECATED_TARGET,
                check_replacements(one, {TARGET: registered(names.DEPRECATED)}),
            ),
            ("of another patient's", known.TARGET_PATIENT, check_replacements(one, {TARGET: moved})),
            ("twice", known.TARGET_TWICE, check_replacements(twice, {TARGET: registered()})),
        ]
    )


async def about_the_population() -> Iterator[Case]:
    new = await message()

    def check(record: str | None) -> list[Finding]:
        return check_patients(new, None, refuse_real=lambda *_: None, record=record)

    return iter(
        [
            ("an open record", None, check("open")),
            ("nobody's record", None, check(None)),
            ("a closed record", NO_RECORD, check("closed")),
        ]
    )


def about_queries() -> Iterator[Case]:
    check, one, other = check_query.check_query, "1^^^&1.2&ISO", "2^^^&1.2&ISO"
    yield "a query with a patient", None, check(FIND_DOCUMENTS, one, "", ())
    yield "a query with the VIHF's patient", None, check(FIND_DOCUMENTS, "", one, ())
    yield "a query by document", None, check(GET_DOCUMENTS, "", "", ("1.2",))
    yield "another query", check_query.UNKNOWN_QUERY, check("urn:uuid:f26abbcb-ac74-4422-8a30-edb644bbc1a9", "", "", ())
    yield "nobody's", check_query.NO_PATIENT, check(FIND_DOCUMENTS, "", "", ())
    yield "no document", check_query.NO_DOCUMENT_ID, check(GET_DOCUMENTS, "", "", ())
    yield "two patients", check_query.PATIENT_DIFFERS, check(FIND_DOCUMENTS, one, other, ())


def about_retrieval() -> Iterator[Case]:
    vihf, here = Vihf(patient_id=f"{INS}^^^&{OID}&ISO^NH"), names.REPOSITORY_UNIQUE_ID
    check = check_query.check_retrieved
    yield "the patient's", None, check("1.2", here, PATIENT, vihf)
    yield "without a VIHF", None, check("1.2", here, PATIENT, None)
    yield "one document", None, check_query.check_retrieval(1)
    yield "none", check_query.RETRIEVAL, check_query.check_retrieval(0)
    yield "by entryUUID", check_query.ENTRY_UUID, check(TARGET, here, None, vihf)
    yield "another repository", check_query.REPOSITORY_ID, check("1.2", "1.2.3", PATIENT, vihf)
    yield "unknown", check_query.UNKNOWN_DOCUMENT, check("1.2", here, None, vihf)
    yield "another patient's", check_query.OTHER_PATIENT, check("1.2", here, f"1^{OID}", vihf)


async def test_each_rule_about_the_registry_is_broken_alone_and_satisfied(
    record_property: Callable[[str, object], None],
) -> None:
    table = RuleTable("DMP, registry")
    for cases, prefixes in (
        (await about_what_is_registered(), ("dmp.duplicate.", "dmp.replace.")),
        (await about_the_population(), ("dmp.patient.",)),
        (about_queries(), ("dmp.query.",)),
        (about_retrieval(), ("dmp.retrieve.",)),
    ):
        for name, rule, findings in cases:
            told = [one.rule.id for one in findings]
            assert len(told) == len(set(told))
            table.case(name, told, rule and rule.id, satisfies=prefixes)
    table.close(record_property)


async def test_a_real_patient_keeps_the_closed_record_silent() -> None:
    seen: list[tuple[Ins, str]] = []

    def refuse(ins: Ins, where: str) -> Finding | None:
        seen.append((ins, where))
        return known.DUPLICATE.finding()

    found = check_patients(await message(), None, refuse_real=refuse, record="none")
    assert [one.rule for one in found] == [known.DUPLICATE]
    assert seen == [(Ins(INS[:13], INS[13:], OID), "//RegistryPackage[@id='SubmissionSet01']/patientId")]
