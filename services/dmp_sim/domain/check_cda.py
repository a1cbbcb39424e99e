"""Rules of the CDA itself: readable, its header, and what it says of the document it replaces."""

from collections.abc import Iterator

from dmp_sim.domain import names
from dmp_sim.domain.cda import CdaHeader
from dmp_sim.domain.check_cda_metadata import Breach, agreements
from dmp_sim.domain.forms import has_zone
from dmp_sim.domain.model import Deposit, Document, DocumentEntry
from dmp_sim.domain.ruling import CDA, MAPPING, SEEN, rule, warning
from socle.rules import Certainty, Finding

CONTENT = "InvalidDocumentContent"
FRANCE, CI_SIS = "2.16.840.1.113883.2.8.2.1", "1.2.250.1.213.1.1.1.1"

READABLE = rule(
    "cda.readable",
    "Le document est un CDA R2 bien formé",
    "The document is a well-formed CDA R2",
    "Vérifier l'encodage et la validité du XML avant l'envoi.",
    source=CDA,
    certainty=Certainty.FAITHFUL,
    code=CONTENT,
)
SET_ID = warning(
    "cda.set-id",
    "setId et versionNumber présents (obligatoires depuis le 25/09/2024)",
    "setId and versionNumber are there (required since 25/09/2024)",
    "Ajouter setId et versionNumber.",
    source=CDA,
    version="V1.16",
    certainty=Certainty.FAITHFUL,
)
TIME_ZONE = warning(
    "cda.effective-time.zone",
    "effectiveTime à la seconde et avec son décalage",
    "effectiveTime to the second, with its offset",
    "Écrire AAAAMMJJHHMMSS+0100.",
    source=CDA,
    certainty=Certainty.FAITHFUL,
)
SP_NAME = warning(
    "cda.family-sp",
    "Le qualificatif SP d'un nom est supprimé (BR et CL restent)",
    "The qualifier SP of a name is withdrawn (BR and CL remain)",
    "Remplacer SP par CL.",
    source=CDA,
    certainty=Certainty.FAITHFUL,
)
ID_EXTENSION = warning(
    "cda.id.extension",
    "ClinicalDocument/id n'a pas d'extension vers le DMP",
    "ClinicalDocument/id has no extension towards the DMP",
    "Faire tenir l'identifiant dans root.",
    source=CDA,
    certainty=Certainty.FAITHFUL,
)
TEMPLATES = warning(
    "cda.templates",
    "Le CDA déclare HL7 France et CI-SIS (templateId)",
    "The CDA declares HL7 France and CI-SIS (templateId)",
    f"Ajouter templateId {FRANCE} et {CI_SIS}.",
    source=CDA,
    certainty=Certainty.FAITHFUL,
)
RPLC_UNLINKED = warning(
    "cda.replacement-unlinked",
    "Un CDA qui en remplace un autre vient avec une association RPLC",
    "A CDA that replaces another comes with an RPLC association",
    "Ajouter l'association RPLC vers l'entryUUID de l'ancien, ou retirer relatedDocument.",
    source=MAPPING + "; " + SEEN,
)
RPLC_UNSAID = warning(
    "cda.replacement-unsaid",
    "Un remplacement est aussi dit dans le CDA (relatedDocument RPLC)",
    "A replacement is told in the CDA too (relatedDocument RPLC)",
    "Ajouter relatedDocument[@typeCode='RPLC'] à l'entête.",
    source=MAPPING,
)


def check_cda(deposit: Deposit) -> Iterator[Finding]:
    """Findings about every document whose entry says that it is a CDA."""
    replacing = {link.source for link in deposit.associations if link.type == names.RPLC}
    for entry in deposit.entries:
        document = deposit.document_of(entry)
        if document is None or entry.is_signature:
            continue
        if document.cda_error is not None:
            yield READABLE.finding(
                where="/", found=document.cda_error, line=document.cda_error_line, part=document.part
            )
        if document.cda is not None:
            header = document.cda
            for breached, where, expected, found in (*_header(header), *agreements(entry, header)):
                yield breached.finding(
                    where=where, expected=expected, found=found, line=header.line, part=document.part
                )
            yield from _replacement(entry, document, header, entry.id in replacing)


def _header(header: CdaHeader) -> Iterator[Breach]:
    root = "/ClinicalDocument"
    if not header.set_id.root or not header.version:
        yield SET_ID, f"{root}/setId", "setId, versionNumber", "(absent)"
    if not has_zone(header.effective_time) or len(header.effective_time) < 14:
        yield TIME_ZONE, f"{root}/effectiveTime", "AAAAMMJJHHMMSS±HHMM", header.effective_time
    if "SP" in header.family_qualifiers:
        yield SP_NAME, f"{root}/recordTarget//family", "BR | CL", "SP"
    if header.id.extension:
        yield ID_EXTENSION, f"{root}/id", header.id.root, str(header.id)
    if FRANCE not in header.template_ids or CI_SIS not in header.template_ids:
        yield TEMPLATES, f"{root}/templateId", f"{FRANCE}, {CI_SIS}", ", ".join(header.template_ids)


def _replacement(entry: DocumentEntry, document: Document, header: CdaHeader, replacing: bool) -> Iterator[Finding]:
    where = "/ClinicalDocument/relatedDocument[@typeCode='RPLC']"
    if header.replaces and not replacing:
        yield RPLC_UNLINKED.finding(
            where=where,
            expected=f"Association RPLC depuis {entry.id}",
            found=", ".join(map(str, header.replaces)),
            part=document.part,
        )
    elif replacing and not header.replaces:
        yield RPLC_UNSAID.finding(where=where, expected="1", found="(absent)", line=header.line, part=document.part)
