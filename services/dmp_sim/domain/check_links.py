"""Rules of the links: associations, the lot's signature, and the author's tie to the VIHF."""

from collections.abc import Iterator

from dmp_sim.domain import names
from dmp_sim.domain.forms import xon
from dmp_sim.domain.model import Association, Author, Deposit
from dmp_sim.domain.ruling import ITI41, LOGICAL, SEEN, VIHF, at_entry, at_lot, rule, warning
from dmp_sim.domain.vihf import Vihf
from socle.rules import Certainty, Finding

UNRESOLVED = "UnresolvedReferenceException"

MEMBER = rule(
    "association.member",
    "Chaque fiche est reliée au lot par HasMember",
    "Each entry is linked to the submission set by HasMember",
    "Ajouter une Association HasMember du lot vers la fiche.",
    source=ITI41,
    certainty=Certainty.FAITHFUL,
)
MEMBER_STATUS = rule(
    "association.status",
    "HasMember porte SubmissionSetStatus = Original (ou Reference)",
    "HasMember holds SubmissionSetStatus = Original (or Reference)",
    "Ajouter le slot SubmissionSetStatus à l'association.",
    source=ITI41,
    certainty=Certainty.FAITHFUL,
)
REFERENCE = rule(
    "association.reference",
    "Une association relie des objets du message (RPLC : sa source)",
    "An association links objects of the message (RPLC: its source)",
    "Corriger sourceObject ou targetObject.",
    source=ITI41,
    code=UNRESOLVED,
    structural=True,
)
KIND = warning(
    "association.type",
    "Type d'association connu du dépôt",
    "An association type known for deposits",
    "Garder HasMember, signs et RPLC.",
    source=ITI41,
)
REPLACEMENT_STATUS = warning(
    "association.replacement-status",
    "RPLC ne porte pas SubmissionSetStatus",
    "RPLC holds no SubmissionSetStatus",
    "Retirer le slot de l'association RPLC.",
    source=SEEN,
)
SIGNATURE = rule(
    "signature.present",
    "Le lot est signé (Signature01)",
    "The submission set is signed (Signature01)",
    "Joindre la signature XAdES du lot et sa fiche (typeCode E1762, scheme ASTM).",
    source="Kit DMP, exemples TD2.1",
    certainty=Certainty.FAITHFUL,
)
SIGNS = rule(
    "signature.association",
    "La signature est reliée au lot par l'association signs",
    "The signature is linked to the submission set by the association signs",
    "Ajouter une Association signs de la fiche de signature vers le lot.",
    source="Kit DMP, exemples TD2.1",
    certainty=Certainty.FAITHFUL,
)
AUTHOR_STRUCTURE = rule(
    "author.structure",
    "Aucun AuthorInstitution ne correspond à l'utilisateur du VIHF",
    "An author institution is the structure of the VIHF",
    "Mettre Identifiant_Structure du VIHF en dixième composante d'un authorInstitution du lot et de chaque fiche.",
    source=VIHF + "; texte relevé sur le service",
    certainty=Certainty.FAITHFUL,
)
INSTITUTION = warning(
    "author.institution",
    "L'auteur du lot nomme sa structure (authorInstitution)",
    "The submission set's author names its organisation (authorInstitution)",
    "Renseigner authorInstitution : sans lui le dépôt n'est imputé à aucun établissement.",
    source=LOGICAL,
    certainty=Certainty.SIMPLIFIED,
)


def check_associations(deposit: Deposit) -> Iterator[Finding]:
    """Findings about associations and about the presence of the lot's signature."""
    lot = deposit.submission_set
    ids = {entry.id for entry in deposit.entries}
    known = ids | {lot.id}
    members: set[str] = set()
    signed: set[str] = set()
    for link in deposit.associations:
        if link.type not in names.ASSOCIATION_TYPES:
            yield KIND.finding(where=f"{_at(link)}/@associationType", found=link.type, line=link.line)
            continue
        source_known = link.source in known
        if not source_known or (link.type in {names.HAS_MEMBER, names.SIGNS} and link.target not in known):
            yield REFERENCE.finding(
                where=_at(link),
                expected="un id du message",
                found=link.target if source_known else link.source,
                line=link.line,
            )
        elif link.type == names.HAS_MEMBER:
            members.add(link.target)
            if link.status not in {"Original", "Reference"}:
                yield MEMBER_STATUS.finding(
                    where=f"{_at(link)}/Slot[@name='SubmissionSetStatus']",
                    expected="Original",
                    found=link.status or "(absent)",
                    line=link.line,
                )
        elif link.type == names.SIGNS:
            signed.add(link.source)
        elif link.status:
            yield REPLACEMENT_STATUS.finding(
                where=_at(link), found=f"SubmissionSetStatus={link.status}", line=link.line
            )
    for entry in deposit.entries:
        if entry.id not in members:
            yield MEMBER.finding(
                where=at_entry(entry, "@id"),
                expected=f"Association HasMember → {entry.id}",
                found="(absente)",
                line=entry.line,
            )
    signatures = [entry for entry in deposit.entries if entry.is_signature]
    if not signatures:
        yield SIGNATURE.finding(where="//RegistryObjectList", expected="ExtrinsicObject E1762", found="(absente)")
    for entry in signatures:
        if entry.id not in signed:
            yield SIGNS.finding(
                where=at_entry(entry, "@id"), expected=f"signs → {lot.id}", found="(absente)", line=entry.line
            )


def check_authors(deposit: Deposit, vihf: Vihf | None) -> Iterator[Finding]:
    """The lot and each document have an author of the structure that the VIHF names."""
    lot = deposit.submission_set
    structures = _structures(lot.authors)
    if lot.authors and not structures:
        yield INSTITUTION.finding(where=at_lot(lot, "authorInstitution"), found="(absent)", line=lot.line)
    if vihf is None or not vihf.structure:
        return
    if structures and vihf.structure not in structures:
        yield AUTHOR_STRUCTURE.finding(
            where=at_lot(lot, "authorInstitution"),
            expected=vihf.structure,
            found=", ".join(structures),
            line=lot.line,
        )
    for entry in deposit.entries:
        structures = _structures(entry.authors)
        if structures and vihf.structure not in structures:
            yield AUTHOR_STRUCTURE.finding(
                where=at_entry(entry, "authorInstitution"),
                expected=vihf.structure,
                found=", ".join(structures),
                line=entry.line,
            )


def _at(link: Association) -> str:
    return f"//Association[@id='{link.id}']"


def _structures(authors: list[Author]) -> list[str]:
    return [xon(institution).id for author in authors for institution in author.institutions]
