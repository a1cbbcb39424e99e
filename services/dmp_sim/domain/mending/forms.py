"""Menders of form: times in UTC, composite values completed, the key of an INS."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from dmp_sim.domain import check_forms as rules
from dmp_sim.domain import check_patient as patients
from dmp_sim.domain import names
from dmp_sim.domain.forms import cx, ins_of, instant, known_oid, xcn, xon
from dmp_sim.domain.mending.base import (
    LOT,
    MENDERS,
    Told,
    in_lot,
    literal,
    new_oid,
    person,
    put_identifier,
    put_slot,
    target,
    targets,
)
from socle.identifiers.ins import Ins, ins_key
from socle.identifiers.oid import is_oid
from socle.mending.model import Do, Edit
from socle.rules import Finding

_PATIENT_OF_VIHF = "//saml:Attribute[@Name='urn:oasis:names:tc:xacml:2.0:resource:resource-id']/saml:AttributeValue"


def _owner(told: Told, finding: Finding) -> str | None:
    """The object that the finding is about: the submission set or an entry."""
    if in_lot(told, finding):
        return LOT
    one = target(told, finding)
    return one.path if one is not None else None


def _value(told: Told, finding: Finding, old: str, new: str | None) -> Iterable[Edit]:
    """Replace one value of a slot, in an author or directly."""
    owner, name = _owner(told, finding), finding.where.rpartition("/")[2]
    if owner is not None and new is not None and new != old:
        value = f"rim:Value[normalize-space()={literal(old)}]"
        yield Edit(Do.TEXT, f"{owner}//rim:Slot[@name={literal(name)}]/rim:ValueList/{value}", new)


@MENDERS.mends(rules.TIME, "La date est convertie en UTC, AAAAMMJJHHMMSS.", "The time is told in UTC.")
def _time(told: Told, finding: Finding) -> Iterable[Edit]:
    yield from _value(told, finding, finding.found, _utc(finding.found))


def _utc(text: str) -> str | None:
    """None for what is no time, and for an ISO time that does not tell its zone."""
    at = instant(text)
    if at is None and re.match(r"\d{4}-\d{2}-\d{2}", text):
        try:
            read = datetime.fromisoformat(text)
        except ValueError:
            return None
        if len(text) == len("2026-01-01"):
            return read.strftime("%Y%m%d")
        at = read.astimezone(UTC) if read.tzinfo is not None else None
    return at.strftime("%Y%m%d%H%M%S") if at is not None else None


@MENDERS.mends(
    rules.PERSON, "La personne est celle que le CDA nomme seule à ce titre.", "The person is whom the CDA alone names."
)
def _person(told: Told, finding: Finding) -> Iterable[Edit]:
    headers = [one.header for one in targets(told) if one.header is not None]
    if finding.where.endswith("legalAuthenticator"):
        known = {header.legal_authenticator for header in headers if header.legal_authenticator.extension}
    else:
        known = {author for header in headers for author in header.authors if author.extension}
    if len(known) == 1:
        yield from _value(told, finding, finding.found, person(told, known.pop()))


@MENDERS.mends(
    rules.PERSON_AUTHORITY, "L'autorité est celle des identifiants nationaux.", "The authority is the national one's."
)
def _person_authority(told: Told, finding: Finding) -> Iterable[Edit]:
    yield from _value(told, finding, finding.found, _with(finding.found, {8: f"&{names.PS_ID_OID}&ISO"}))


@MENDERS.mends(rules.PERSON_TYPE, "Types de nom et d'identifiant complétés.", "Name and identifier types are added.")
def _person_type(told: Told, finding: Finding) -> Iterable[Edit]:
    sent = xcn(finding.found)
    kind = "IDNPS" if sent.authority == names.PS_ID_OID else "RI"
    filled = {9: sent.name_type if sent.name_type in {"D", "U"} else "D"}
    filled[12] = sent.type if sent.type in {"IDNPS", "RI", "NH"} else kind
    yield from _value(told, finding, finding.found, _with(finding.found, filled))


@MENDERS.mends(
    rules.ORGANISATION,
    "Nom ou autorité repris d'une autre mention de la même structure.",
    "Name or authority taken from where the same organisation is named in full.",
)
def _organisation(told: Told, finding: Finding) -> Iterable[Edit]:
    sent = xon(finding.found)
    full = next((text for text in _organisations(told) if sent.id and xon(text).id == sent.id and _whole(text)), None)
    yield from _value(told, finding, finding.found, full)


def _organisations(told: Told) -> Iterable[str]:
    deposit = told.deposit
    authors = [author for lot in deposit.submission_sets for author in lot.authors]
    authors += [author for entry in deposit.entries for author in entry.authors]
    return [text for author in authors for text in author.institutions]


def _whole(text: str) -> bool:
    one = xon(text)
    return bool(one.name and one.id and known_oid(one.authority))


@MENDERS.mends(rules.ORGANISATION_TYPE, "Type d'identifiant IDNST ajouté.", "Identifier type IDNST is added.")
def _organisation_type(told: Told, finding: Finding) -> Iterable[Edit]:
    owner = _owner(told, finding)
    for text in _organisations(told):
        one = xon(text)
        if owner is not None and one.type != "IDNST" and one.authority == names.STRUCTURE_ID_OID:
            yield from _value(told, finding, text, _with(text, {6: "IDNST"}))
            return


@MENDERS.mends(rules.LOT_UNIQUE_ID, "Le lot reçoit un OID nouveau.", "The submission set gets a new OID.")
def _lot_unique_id(told: Told, finding: Finding) -> Iterable[Edit]:
    yield from put_identifier(told, LOT, names.SS_UNIQUE_ID, "XDSSubmissionSet.uniqueId", new_oid(told, "lot"))


@MENDERS.mends(rules.ENTRY_UNIQUE_ID, "uniqueId est l'OID du CDA.", "uniqueId is the CDA's OID.")
def _entry_unique_id(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    if one is None:
        return
    value = one.header.id.root if one.header is not None else new_oid(told, one.path)
    if is_oid(value):
        yield from put_identifier(told, one.path, names.DE_UNIQUE_ID, "XDSDocumentEntry.uniqueId", value)


@MENDERS.mends(
    rules.SOURCE_PATIENT_ID, "sourcePatientId est l'INS de patientId.", "sourcePatientId is the INS of patientId."
)
def _source_patient(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    if one is not None and ins_of(one.entry.patient_id) is not None:
        yield from put_slot(one.path, "sourcePatientId", one.entry.patient_id, there=True)


@MENDERS.mends(
    patients.INS_KEY,
    "La clé est recalculée partout où ce numéro figure, si personne de réel ne le porte.",
    "The key is computed anew wherever this number stands, if nobody real bears it.",
)
def _ins_key(told: Told, finding: Finding) -> Iterable[Edit]:
    for text in _patients(told):
        ins = ins_of(text)
        if ins is None or ins.key_is_valid:
            continue
        key = ins_key(ins.matricule)
        signed = told.vihf is not None and told.vihf.signed and cx(told.vihf.patient_id).id == ins.matricule + ins.key
        if signed or not told.fictitious(Ins(ins.matricule, key, ins.oid)):
            continue
        wrong, right = ins.matricule + ins.key, ins.matricule + key
        yield Edit(Do.RENAME, name=wrong, value=right)
        for one in targets(told):
            if one.header is not None and any(each.extension == wrong for each in one.header.patient_ids):
                yield Edit(Do.RENAME, name=wrong, value=right, document=one.content)


@MENDERS.mends(patients.INS_TYPE, "Type NH ajouté.", "Type NH is added.")
def _ins_type(told: Told, finding: Finding) -> Iterable[Edit]:
    one, attribute = target(told, finding), finding.where.rpartition("/")[2]
    if in_lot(told, finding):
        text = _with(told.deposit.submission_set.patient_id, {4: "NH"})
        yield from put_identifier(told, LOT, names.SS_PATIENT_ID, "", text)
    elif finding.where.startswith("//saml2:"):
        if told.vihf is not None and not told.vihf.signed:
            yield Edit(Do.TEXT, _PATIENT_OF_VIHF, _with(told.vihf.patient_id, {4: "NH"}))
    elif one is not None and attribute == "patientId":
        yield from put_identifier(told, one.path, names.DE_PATIENT_ID, "", _with(one.entry.patient_id, {4: "NH"}))
    elif one is not None:
        yield from put_slot(one.path, attribute, _with(one.entry.source_patient_id, {4: "NH"}), there=True)


def _patients(told: Told) -> Iterable[str]:
    deposit = told.deposit
    found = [lot.patient_id for lot in deposit.submission_sets]
    found += [text for entry in deposit.entries for text in (entry.patient_id, entry.source_patient_id)]
    return dict.fromkeys([*found, told.vihf.patient_id if told.vihf is not None else ""])


def _with(text: str, components: dict[int, str]) -> str:
    """The composite with some of its components (from 0) replaced."""
    parts = text.split("^")
    parts += [""] * (max(components) + 1 - len(parts))
    for at, value in components.items():
        parts[at] = value
    return "^".join(parts)
