"""Rules of the parts: each entry has its content, each content its entry, hash and size agree."""

from collections.abc import Iterator

from dmp_sim.domain.model import Deposit, Document, DocumentEntry
from dmp_sim.domain.ruling import ITI41, OURS, SEEN, at_entry, rule, warning
from socle.rules import Certainty, Finding

MISSING_DOCUMENT = rule(
    "part.missing-document",
    "Chaque fiche a son document",
    "Each entry has its document",
    "Joindre xdsb:Document dont l'id est celui de l'ExtrinsicObject, et la partie MIME qu'il désigne.",
    source=ITI41,
    certainty=Certainty.FAITHFUL,
    code="XDSMissingDocument",
    structural=True,
)
MISSING_METADATA = rule(
    "part.missing-metadata",
    "Chaque document a sa fiche",
    "Each document has its entry",
    "Ajouter l'ExtrinsicObject du document, ou retirer le document.",
    source=ITI41,
    certainty=Certainty.FAITHFUL,
    code="XDSMissingDocumentMetadata",
    structural=True,
)
ID_CASE = warning(
    "part.id-case",
    "Document/@id et ExtrinsicObject/@id sont identiques, casse comprise",
    "Document/@id and ExtrinsicObject/@id are equal, case included",
    "Écrire le même id aux deux endroits.",
    source=SEEN,
    version="exemple TD2.1 du kit",
    certainty=Certainty.FAITHFUL,
)
EMPTY = rule(
    "part.empty",
    "Un document n'est pas vide (EX_GEN-1060)",
    "A document is not empty (EX_GEN-1060)",
    "Ne pas déposer de document vide.",
    source="Guide d'intégration DMP, EX_GEN-1060",
    code="InvalidDocumentContent",
)
HASH = rule(
    "part.hash",
    "Le hash de la fiche est le SHA-1 du document reçu",
    "The entry's hash is the SHA-1 of the document received",
    "Recalculer le SHA-1 sur les octets envoyés, ou ne pas envoyer de hash.",
    source=ITI41 + "; " + OURS + " pour le code (IHE ne le donne que pour un uniqueId déjà connu)",
    certainty=Certainty.OURS,
    code="XDSNonIdenticalHash",
)
SIZE = rule(
    "part.size",
    "La taille de la fiche est celle du document reçu",
    "The entry's size is that of the document received",
    "Recalculer la taille en octets, ou ne pas l'envoyer.",
    source=ITI41 + "; " + OURS + " pour le code (IHE ne le donne que pour un uniqueId déjà connu)",
    certainty=Certainty.OURS,
    code="XDSNonIdenticalSize",
)
DUPLICATE_IN_MESSAGE = rule(
    "duplicate.in-message",
    "Un uniqueId n'apparaît qu'une fois dans le message",
    "A uniqueId stands only once in the message",
    "Donner un OID distinct au lot et à chaque document.",
    source=ITI41,
    certainty=Certainty.FAITHFUL,
    code="XDSRepositoryDuplicateUniqueIdInMessage",
    structural=True,
)


def check_parts(deposit: Deposit) -> Iterator[Finding]:
    """Findings about the agreement of entries and contents."""
    matched: set[int] = set()
    seen: set[str] = set()
    for entry in deposit.entries:
        document = deposit.document_of(entry)
        if document is None:
            missing = entry.id in deposit.missing_parts
            yield MISSING_DOCUMENT.finding(
                where=at_entry(entry, "@id"),
                expected=f"Document[@id='{entry.id}']",
                found="xop:Include sans partie MIME" if missing else "(absent)",
                line=entry.line,
            )
            continue
        matched.add(id(document))
        yield from _content(entry, document)
        if entry.unique_id and entry.unique_id in seen:
            yield DUPLICATE_IN_MESSAGE.finding(
                where=at_entry(entry, "uniqueId"), found=entry.unique_id, line=entry.line
            )
        seen.add(entry.unique_id)
    lot = deposit.submission_set
    if lot.unique_id and lot.unique_id in seen:
        yield DUPLICATE_IN_MESSAGE.finding(where=f"//RegistryPackage[@id='{lot.id}']/uniqueId", found=lot.unique_id)
    for document in deposit.documents:
        if id(document) not in matched:
            yield MISSING_METADATA.finding(
                where=f"//Document[@id='{document.document_id}']",
                expected=f"ExtrinsicObject[@id='{document.document_id}']",
                found="(absent)",
                part=document.part,
            )


def _content(entry: DocumentEntry, document: Document) -> Iterator[Finding]:
    if document.document_id != entry.id:
        yield ID_CASE.finding(
            where=f"//Document[@id='{document.document_id}']",
            expected=entry.id,
            found=document.document_id,
            part=document.part,
        )
    size = document.blob.size
    if size == 0:
        yield EMPTY.finding(where=at_entry(entry, "@id"), expected="> 0", found="0", part=document.part)
    sent = entry.hash.lower()
    if sent and sent not in (document.sha1, document.sha1_with_eol):
        yield HASH.finding(
            where=at_entry(entry, "hash"),
            expected=document.sha1,
            found=entry.hash,
            line=entry.line,
            part=document.part,
        )
    if entry.size and entry.size not in (str(size), str(size + document.eol_length)):
        yield SIZE.finding(
            where=at_entry(entry, "size"), expected=str(size), found=entry.size, line=entry.line, part=document.part
        )
