"""Menders of what ties the message together: associations, hash and size, ids, addressing."""

from collections.abc import Iterable
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from dmp_sim.domain import check_forms as forms
from dmp_sim.domain import check_links as rules
from dmp_sim.domain import check_parts as parts
from dmp_sim.domain import names
from dmp_sim.domain.check_addressing import REQUIRED
from dmp_sim.domain.check_query import REPOSITORY_ID
from dmp_sim.domain.mending.base import (
    LOT,
    MENDERS,
    OBJECTS,
    Told,
    in_lot,
    literal,
    new_oid,
    put_identifier,
    put_slot,
    slot_xml,
    target,
    targets,
)
from dmp_sim.domain.model import Association
from socle.mending.model import Do, Edit
from socle.rules import Finding

WSA = "http://www.w3.org/2005/08/addressing"
_KNOWN = {name.rpartition(":")[2].lower(): name for name in names.ASSOCIATION_TYPES}


def _link(told: Told, finding: Finding) -> tuple[str, Association] | None:
    """XPath and model of the association that a finding is about."""
    for position, link in enumerate(told.deposit.associations, 1):
        if finding.where.startswith(f"//Association[@id='{link.id}']"):
            return f"{OBJECTS}/rim:Association[{position}]", link
    return None


def _association(told: Told, kind: str, source: str, target_id: str, content: str = "") -> Edit:
    new = (
        f'<Association xmlns="{names.RIM}" id="urn:uuid:{told.fresh(kind + source + target_id)}" '
        f'associationType="{kind}" sourceObject={quoteattr(source)} targetObject={quoteattr(target_id)}>'
        f"{content}</Association>"
    )
    return Edit(Do.LAST, OBJECTS, new)


@MENDERS.mends(REQUIRED, "wsa:MessageID est ajouté.", "wsa:MessageID is added.")
def _addressing(told: Told, finding: Finding) -> Iterable[Edit]:
    new = f'<MessageID xmlns="{WSA}">urn:uuid:{told.fresh("message")}</MessageID>'
    yield Edit(Do.REMOVE, "/*/*[local-name()='Header']/wsa:MessageID")
    yield Edit(Do.LAST, "/*/*[local-name()='Header']", new)


@MENDERS.mends(forms.ASSOCIATION_ID, "L'UUID est préfixé par urn:uuid:.", "The UUID gets the prefix urn:uuid:.")
def _id_form(told: Told, finding: Finding) -> Iterable[Edit]:
    found = _link(told, finding)
    if found is not None:
        yield Edit(Do.SET, found[0], finding.expected, "id")


@MENDERS.mends(rules.MEMBER, "L'association HasMember est ajoutée.", "The association HasMember is added.")
def _member(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    if one is not None:
        status = slot_xml("SubmissionSetStatus", "Original")
        yield _association(told, names.HAS_MEMBER, told.deposit.submission_set.id, one.entry.id, status)


@MENDERS.mends(rules.MEMBER_STATUS, "SubmissionSetStatus vaut Original.", "SubmissionSetStatus is Original.")
def _status(told: Told, finding: Finding) -> Iterable[Edit]:
    found = _link(told, finding)
    if found is not None:
        yield from put_slot(found[0], "SubmissionSetStatus", "Original", there=bool(found[1].status))


@MENDERS.mends(rules.REPLACEMENT_STATUS, "Le slot est retiré.", "The slot is removed.")
def _no_status(told: Told, finding: Finding) -> Iterable[Edit]:
    found = _link(told, finding)
    if found is not None:
        yield Edit(Do.REMOVE, f"{found[0]}/rim:Slot[@name='SubmissionSetStatus']")


@MENDERS.mends(
    rules.KIND, "Le type connu de ce nom est écrit en entier.", "The known type of this name is written in full."
)
def _kind(told: Told, finding: Finding) -> Iterable[Edit]:
    found, name = _link(told, finding), finding.found.rpartition(":")[2].lower()
    if found is not None and name in _KNOWN:
        yield Edit(Do.SET, found[0], _KNOWN[name], "associationType")


@MENDERS.mends(REPOSITORY_ID, "RepositoryUniqueId est celui du DMP.", "RepositoryUniqueId is the record's repository.")
def _repository(told: Told, finding: Finding) -> Iterable[Edit]:
    wrong = f"//xdsb:RepositoryUniqueId[normalize-space()={literal(finding.found)}]"
    yield Edit(Do.TEXT, wrong, names.REPOSITORY_UNIQUE_ID)


@MENDERS.mends(rules.SIGNS, "L'association signs est ajoutée.", "The association signs is added.")
def _signs(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    if one is not None:
        yield _association(told, names.SIGNS, one.entry.id, told.deposit.submission_set.id)


@MENDERS.mends(
    rules.INSTITUTION, "La structure est celle de l'auteur du document.", "The organisation is the document author's."
)
def _institution(told: Told, finding: Finding) -> Iterable[Edit]:
    authors = [author for one in targets(told) if not one.entry.is_signature for author in one.entry.authors]
    places = dict.fromkeys(text for author in authors for text in author.institutions)
    if len(places) == 1:
        author = f"{LOT}/rim:Classification[@classificationScheme='{names.SS_AUTHOR}']"
        yield from put_slot(author, "authorInstitution", *places, there=False)


@MENDERS.mends(
    parts.MISSING_DOCUMENT,
    "xop:Include désigne la seule pièce que rien ne désigne, s'il y en a une.",
    "xop:Include names the only part that nothing names, if there is one.",
)
def _missing_part(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    if one is not None and told.deposit.missing_parts == [one.entry.id] and len(told.unnamed_parts) == 1:
        include = f"//xdsb:Document[@id={literal(one.entry.id)}]/xop:Include"
        yield Edit(Do.SET, include, f"cid:{quote(told.unnamed_parts[0], safe='@')}", "href")


@MENDERS.mends(parts.ID_CASE, "Document/@id est celui de la fiche.", "Document/@id is the entry's.")
def _id_case(told: Told, finding: Finding) -> Iterable[Edit]:
    yield Edit(Do.SET, f"//xdsb:Document[@id={literal(finding.found)}]", finding.expected, "id")


@MENDERS.mends(parts.HASH, "Le SHA-1 est recalculé sur les octets reçus.", "The SHA-1 is computed from the bytes.")
def _hash(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    if one is not None and one.document is not None:
        yield from put_slot(one.path, "hash", one.document.sha1, there=True)


@MENDERS.mends(parts.SIZE, "La taille est celle des octets reçus.", "The size is that of the bytes received.")
def _size(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    if one is not None and one.document is not None:
        yield from put_slot(one.path, "size", str(one.document.blob.size), there=True)


@MENDERS.mends(
    parts.DUPLICATE_IN_MESSAGE, "Le second porteur reçoit un OID nouveau.", "The second bearer gets a new OID."
)
def _duplicate(told: Told, finding: Finding) -> Iterable[Edit]:
    if in_lot(told, finding):
        yield from put_identifier(told, LOT, names.SS_UNIQUE_ID, "", new_oid(told, "lot"))
        return
    bearers = [one for one in targets(told) if one.entry.unique_id == finding.found]
    if len(bearers) > 1 and bearers[-1].header is None:  # a CDA's own id says the same
        yield from put_identifier(told, bearers[-1].path, names.DE_UNIQUE_ID, "", new_oid(told, bearers[-1].path))
