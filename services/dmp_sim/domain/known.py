"""Rules that need what is already registered: duplicates, and the targets of replacements."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from dmp_sim.domain import names
from dmp_sim.domain.forms import cx
from dmp_sim.domain.model import Deposit
from dmp_sim.domain.ruling import ITI41, at_entry, rule
from socle.rules import Certainty, Finding


@dataclass(frozen=True, slots=True)
class Registered:
    """What the registry knows of an entry that a deposit refers to."""

    entry_uuid: str
    unique_id: str
    chain: str
    """Logical id of the version chain: the ``lid`` of its first version, and of all its events."""
    revision: int
    status: str
    patient: str
    sha1: str
    type_code: str | None
    stay_id: str | None
    first_registered_at: datetime


DUPLICATE = rule(
    "duplicate.registered",
    "uniqueId n'est pas déjà connu du registre",
    "uniqueId is not known to the registry yet",
    "Le document est déjà au DMP : ne pas le redéposer, ou le remplacer (RPLC) sous un nouvel OID.",
    source=ITI41,
    certainty=Certainty.FAITHFUL,
    code="XDSDuplicateUniqueIdInRegistry",
    structural=True,
)
DUPLICATE_OTHER = rule(
    "duplicate.other-content",
    "Un uniqueId déjà connu ne revient pas avec un autre contenu",
    "A uniqueId already known does not come back with another content",
    "Donner un nouvel OID à chaque version du document.",
    source=ITI41,
    certainty=Certainty.FAITHFUL,
    code="XDSNonIdenticalHash",
    structural=True,
)
DUPLICATE_ENTRY = rule(
    "duplicate.entry-uuid",
    "L'entryUUID proposé n'est pas déjà pris",
    "The entryUUID proposed is not taken yet",
    "Employer un identifiant symbolique : le registre attribue l'entryUUID.",
    source=ITI41,
    structural=True,
)
UNKNOWN_TARGET = rule(
    "replace.target-unknown",
    "La cible d'un remplacement est l'entryUUID d'une fiche du registre",
    "The target of a replacement is the entryUUID of an entry of the registry",
    "Obtenir l'entryUUID par TD3.1 (ce n'est pas le uniqueId).",
    source=ITI41,
    code="UnresolvedReferenceException",
    structural=True,
)
DEPRECATED_TARGET = rule(
    "replace.target-deprecated",
    "La cible d'un remplacement est approuvée",
    "The target of a replacement is approved",
    "Remplacer la dernière version du document.",
    source=ITI41,
    certainty=Certainty.FAITHFUL,
    code="XDSRegistryDeprecatedDocumentError",
    structural=True,
)
TARGET_PATIENT = rule(
    "replace.patient",
    "Le document remplacé est du même patient",
    "The document replaced has the same patient",
    "Vérifier l'entryUUID de l'association RPLC.",
    source=ITI41,
    certainty=Certainty.FAITHFUL,
    code="XDSPatientIdDoesNotMatch",
    structural=True,
)
TARGET_TWICE = rule(
    "replace.target-twice",
    "Une fiche n'est remplacée qu'une fois par lot, et une nouvelle fiche n'en remplace qu'une",
    "An entry is replaced once per submission set, and a new entry replaces one only",
    "Garder une seule association RPLC par document.",
    source=ITI41,
    structural=True,
)


def check_duplicates(
    deposit: Deposit, unique_ids: Mapping[str, str], entry_uuids: Collection[str]
) -> Iterator[Finding]:
    """``unique_ids``: uniqueId → SHA-1 of what is registered under it (empty for a submission set); ``entry_uuids``:
    those that are taken."""
    lot = deposit.submission_set
    if lot.unique_id in unique_ids:
        yield DUPLICATE.finding(where=f"//RegistryPackage[@id='{lot.id}']/uniqueId", found=lot.unique_id, line=lot.line)
    for entry in deposit.entries:
        registered = unique_ids.get(entry.unique_id)
        if registered is not None:
            document = deposit.document_of(entry)
            same = document is not None and document.sha1 == registered
            breached = DUPLICATE if same else DUPLICATE_OTHER
            yield breached.finding(
                where=at_entry(entry, "uniqueId"),
                expected="" if same else registered,
                found=entry.unique_id if same or document is None else f"{entry.unique_id} ({document.sha1})",
                line=entry.line,
            )
        if entry.id in entry_uuids:
            yield DUPLICATE_ENTRY.finding(where=at_entry(entry, "@id"), found=entry.id, line=entry.line)


def check_replacements(deposit: Deposit, targets: Mapping[str, Registered]) -> Iterator[Finding]:
    """``targets``: entryUUID → registered entry; it holds at least those that the RPLC associations name."""
    entries = {entry.id: entry for entry in deposit.entries}
    seen: set[str] = set()
    for link in deposit.associations:
        if link.type != names.RPLC:
            continue
        where = f"//Association[@id='{link.id}']/@targetObject"
        target = targets.get(link.target)
        if target is None:
            yield UNKNOWN_TARGET.finding(where=where, expected="entryUUID", found=link.target, line=link.line)
            continue
        if target.status != names.APPROVED:
            yield DEPRECATED_TARGET.finding(where=where, expected=names.APPROVED, found=target.status, line=link.line)
        entry = entries.get(link.source)
        if entry is not None and patient_key(entry.patient_id) != target.patient:
            yield TARGET_PATIENT.finding(
                where=at_entry(entry, "patientId"), expected="patient du document remplacé", line=entry.line
            )
        if link.target in seen or link.source in seen:
            yield TARGET_TWICE.finding(where=where, found=link.target, line=link.line)
        seen |= {link.target, link.source}


def replacements(deposit: Deposit) -> dict[str, str]:
    """New entry's id in the message → entryUUID of the one it replaces."""
    return {link.source: link.target for link in deposit.associations if link.type == names.RPLC}


def patient_key(patient_id: str) -> str:
    """The patient of a CX as the registry keys it: number and authority, without type or date."""
    patient = cx(patient_id)
    return f"{patient.id}^{patient.authority}"
