"""Rules of the patient: the INS itself, its agreement everywhere in the deposit, and no real patient (D11)."""

from collections.abc import Callable, Iterator

from dmp_sim.domain.forms import cx, ins_of
from dmp_sim.domain.model import Deposit
from dmp_sim.domain.ruling import FORMATS, ITI41, MAPPING, SEEN, at_entry, at_lot, rule, warning
from dmp_sim.domain.vihf import Vihf
from socle.identifiers.ins import INS_OIDS, OID_INS_C, Ins, ins_key
from socle.rules import Certainty, Finding

MISMATCH = "XDSPatientIdDoesNotMatch"

INS_OID = rule(
    "ins.oid",
    "patientId porte l'OID d'un INS (.4.8, .4.9, .4.10 ou .4.11)",
    "patientId has the OID of an INS (.4.8, .4.9, .4.10 or .4.11)",
    "Écrire l'INS sous &1.2.250.1.213.1.4.10&ISO (test) ou l'OID rendu par INSi.",
    source=FORMATS,
    certainty=Certainty.FAITHFUL,
)
INS_FORM = rule(
    "ins.form",
    "L'INS a 13 caractères et une clé de 2 chiffres",
    "An INS has 13 characters and a key of 2 digits",
    "Forme : INS^^^&OID&ISO^NH.",
    source=FORMATS,
    certainty=Certainty.FAITHFUL,
)
INS_KEY = rule(
    "ins.key",
    "La clé de l'INS est juste (97 − matricule mod 97)",
    "The key of the INS is right (97 − matricule mod 97)",
    "Corriger la clé, ou l'identité : un INS vient toujours d'INSi.",
    source=FORMATS,
    certainty=Certainty.FAITHFUL,
)
INS_TYPE = warning(
    "ins.type",
    "L'INS est typé NH (CX.5)",
    "An INS has the type NH (CX.5)",
    "Ajouter ^NH ; PI est réservé aux identifiants locaux.",
    source=SEEN,
)
LOT_ENTRY = rule(
    "patient.entry",
    "Le patient de chaque fiche est celui du lot",
    "Each entry has the patient of the submission set",
    "Mettre le même patientId dans le lot et dans les fiches.",
    source=ITI41,
    certainty=Certainty.FAITHFUL,
    code=MISMATCH,
)
VIHF_LOT = rule(
    "patient.vihf",
    "Le patient du lot est celui du VIHF (resource-id)",
    "The submission set has the patient of the VIHF (resource-id)",
    "Mettre le même INS dans resource-id et dans patientId.",
    source=ITI41,
    code=MISMATCH,
)
CDA_PATIENT = rule(
    "patient.cda",
    "Le patient de la fiche est l'un des identifiants du recordTarget",
    "The entry's patient is among the ids of the recordTarget",
    "Mettre l'INS de la fiche dans recordTarget/patientRole/id.",
    source=MAPPING,
    code=MISMATCH,
)
NO_RECORD = rule(
    "patient.no-dmp",
    "Le patient a un DMP ouvert",
    "The patient has an open record",
    "Choisir un patient qui a un DMP (TD0.2).",
    source=ITI41,
    code="XDSUnknownPatientId",
)


def ins_key_findings(deposit: Deposit, vihf: Vihf | None) -> Iterator[Finding]:
    """Form, OID, key and type of every distinct patientId of the message, each told once, where it is first met."""
    for text, (where, line) in _patient_ids(deposit, vihf).items():
        patient = cx(text)
        if patient.authority == OID_INS_C:
            continue
        if patient.authority not in INS_OIDS:
            yield INS_OID.finding(where=where, expected=" | ".join(sorted(INS_OIDS)), found=text, line=line)
            continue
        ins = ins_of(text)
        if ins is None:
            yield INS_FORM.finding(
                where=where, expected="13 caractères et 2 chiffres", found=f"{len(patient.id)} caractères", line=line
            )
            continue
        if patient.type != "NH":
            yield INS_TYPE.finding(where=where, expected="NH", found=patient.type or "(absent)", line=line)
        if not ins.key_is_valid:
            yield INS_KEY.finding(where=where, expected=ins_key(ins.matricule), found=ins.key, line=line)


def check_agreement(deposit: Deposit, vihf: Vihf | None) -> Iterator[Finding]:
    """VIHF, lot, entries and CDA headers speak of the same patient."""
    lot = deposit.submission_set
    patient = cx(lot.patient_id)[:2]
    if vihf is not None and vihf.patient_id and lot.patient_id and cx(vihf.patient_id)[:2] != patient:
        yield VIHF_LOT.finding(
            where=at_lot(lot, "patientId"), expected=vihf.patient_id, found=lot.patient_id, line=lot.line
        )
    for entry in deposit.entries:
        if entry.patient_id and lot.patient_id and cx(entry.patient_id)[:2] != patient:
            yield LOT_ENTRY.finding(
                where=at_entry(entry, "patientId"), expected=lot.patient_id, found=entry.patient_id, line=entry.line
            )
        document = deposit.document_of(entry)
        if document is None or document.cda is None or not entry.patient_id:
            continue
        wanted = cx(entry.patient_id)
        if (wanted.authority, wanted.id) not in document.cda.patient_ids:
            yield CDA_PATIENT.finding(
                where="/ClinicalDocument/recordTarget/patientRole/id",
                expected=entry.patient_id,
                found=", ".join(map(str, document.cda.patient_ids)) or "(absent)",
                line=document.cda.line,
                part=document.part,
            )


RefuseReal = Callable[[Ins, str], Finding | None]
"""D11's one rule, of the control plane: an INS and where it stands → the finding that refuses it, or None."""


def real_patients(deposit: Deposit, vihf: Vihf | None, refuse: RefuseReal) -> Iterator[Finding]:
    """D11: every INS anywhere in the deposit is shown to ``refuse``."""
    found = {ins: where for text, (where, _) in _patient_ids(deposit, vihf).items() if (ins := ins_of(text))}
    for document in deposit.documents:
        for identifier in document.cda.patient_ids if document.cda is not None else ():
            ins = ins_of(f"{identifier.extension}^^^&{identifier.root}&ISO")
            if ins is not None:
                found.setdefault(ins, "/ClinicalDocument/recordTarget/patientRole/id")
    for ins, where in found.items():
        finding = refuse(ins, where)
        if finding is not None:
            yield finding


def _patient_ids(deposit: Deposit, vihf: Vihf | None) -> dict[str, tuple[str, int | None]]:
    found: dict[str, tuple[str, int | None]] = {}
    lot = deposit.submission_set
    if lot.patient_id:
        found[lot.patient_id] = (at_lot(lot, "patientId"), lot.line)
    for entry in deposit.entries:
        if entry.patient_id and entry.patient_id not in found:
            found[entry.patient_id] = (at_entry(entry, "patientId"), entry.line)
        source = entry.source_patient_id
        if source and source not in found and cx(source).authority in INS_OIDS:
            found[source] = (at_entry(entry, "sourcePatientId"), entry.line)
    if vihf is not None and vihf.patient_id and vihf.patient_id not in found:
        found[vihf.patient_id] = ("//saml2:Attribute[resource-id]", vihf.line)
    return found


def check_record(deposit: Deposit, state: str | None) -> Iterator[Finding]:
    """``state`` is the DMP state of a person of the population (``open``, ``closed``, ``none``), None for others."""
    if state not in {None, "open"}:
        lot = deposit.submission_set
        yield NO_RECORD.finding(where=at_lot(lot, "patientId"), expected="open", found=str(state), line=lot.line)
