"""What a mender of deposits is told, and how it points into the message."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID
from xml.sax.saxutils import escape, quoteattr

from dmp_sim.domain import names
from dmp_sim.domain.cda import CdaHeader, Identifier
from dmp_sim.domain.forms import instant
from dmp_sim.domain.model import Deposit, Document, DocumentEntry
from dmp_sim.domain.ruling import at_entry, at_lot
from dmp_sim.domain.vihf import Vihf
from socle.identifiers.ins import Ins
from socle.mending.model import Do, Edit, Menders
from socle.rules import Finding

OBJECTS = "//rim:RegistryObjectList"
LOT = f"{OBJECTS}/rim:RegistryPackage[1]"
FORMAT_SCHEME = "1.2.250.1.213.1.1.4.2.282"
"""Coding scheme of the CI-SIS format codes."""


@dataclass(frozen=True, slots=True)
class Told:
    """A request as it was read, with what is needed to write what is missing. Not a deposit: ``deposit`` is empty."""

    deposit: Deposit
    vihf: Vihf | None
    now: datetime
    """By the workspace's clock."""
    fresh: Callable[[str], UUID]
    """A new identifier for a purpose."""
    fictitious: Callable[[Ins], bool]
    """Nobody real: the number may be written (D11)."""
    people: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Family and first name of those whom the CDAs name, by the extension of their id."""
    unnamed_parts: Sequence[str] = ()
    """Content ids of the parts that no xop:Include names."""
    collides: bool = False
    """The registry knows the identifiers of this deposit."""


MENDERS: Menders[Told, Edit] = Menders(
    {
        "rim": names.RIM,
        "xdsb": names.XDSB,
        "xop": "http://www.w3.org/2004/08/xop/include",
        "wsa": "http://www.w3.org/2005/08/addressing",
        "h": "urn:hl7-org:v3",
        "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    }
)


class Target(NamedTuple):
    """The entry that a finding is about."""

    entry: DocumentEntry
    path: str
    document: Document | None

    @property
    def header(self) -> CdaHeader | None:
        """The CDA's, when it could be read."""
        return self.document.cda if self.document is not None else None

    @property
    def content(self) -> str:
        """Where the envelope holds the document."""
        assert self.document is not None
        return f"//xdsb:Document[@id={literal(self.document.document_id)}]"


def targets(told: Told) -> Iterator[Target]:
    """Every entry, in order."""
    for position, entry in enumerate(told.deposit.entries, 1):
        yield Target(entry, f"{OBJECTS}/rim:ExtrinsicObject[{position}]", told.deposit.document_of(entry))


def target(told: Told, finding: Finding) -> Target | None:
    """The entry named by the finding's place, else the one whose document it is in."""
    for one in targets(told):
        if finding.where.startswith(at_entry(one.entry, "")):
            return one
    with_cda = [one for one in targets(told) if one.document is not None and not one.entry.is_signature]
    for one in with_cda:
        if finding.part is not None and one.document is not None and one.document.part == finding.part:
            return one
    return with_cda[0] if len(with_cda) == 1 else None


def in_lot(told: Told, finding: Finding) -> bool:
    """The finding is about the submission set."""
    return bool(told.deposit.submission_sets) and finding.where.startswith(at_lot(told.deposit.submission_set, ""))


def literal(text: str) -> str:
    """An XPath string."""
    if "'" not in text:
        return f"'{text}'"
    return f'"{text}"' if '"' not in text else "''"


def slot_xml(name: str, *values: str) -> str:
    listed = "".join(f"<Value>{escape(value)}</Value>" for value in values)
    return f'<Slot xmlns="{names.RIM}" name={quoteattr(name)}><ValueList>{listed}</ValueList></Slot>'


def put_slot(owner: str, name: str, value: str, *, there: bool) -> Iterable[Edit]:
    """Give the slot its one value; a slot without value is replaced."""
    path = f"{owner}/rim:Slot[@name={literal(name)}]"
    if there:
        return [Edit(Do.TEXT, f"{path}/rim:ValueList/rim:Value", value)]
    return [Edit(Do.REMOVE, path), Edit(Do.FIRST, owner, slot_xml(name, value))]


def put_identifier(told: Told, owner: str, scheme: str, name: str, value: str) -> Iterable[Edit]:
    """Set an ExternalIdentifier, or add it: an edit whose place is not there does nothing."""
    wanted = f"rim:ExternalIdentifier[@identificationScheme='{scheme}']"
    new = (
        f'<ExternalIdentifier xmlns="{names.RIM}" id="urn:uuid:{told.fresh(owner + scheme)}" '
        f'identificationScheme="{scheme}" value={quoteattr(value)}>'
        f"<Name><LocalizedString value={quoteattr(name)}/></Name></ExternalIdentifier>"
    )
    return [Edit(Do.SET, f"{owner}/{wanted}", value, "value"), Edit(Do.LAST, f"{owner}[not({wanted})]", new)]


def put_code(told: Told, owner: str, scheme: str, code: str, coding: str) -> Iterable[Edit]:
    """Set a coded Classification, or add it before the identifiers."""
    wanted = f"rim:Classification[@classificationScheme='{scheme}']"
    new = (
        f'<Classification xmlns="{names.RIM}" id="urn:uuid:{told.fresh(owner + scheme)}" '
        f'classificationScheme="{scheme}" nodeRepresentation={quoteattr(code)}>{slot_xml("codingScheme", coding)}'
        f"<Name><LocalizedString value={quoteattr(code)}/></Name></Classification>"
    )
    return [
        Edit(Do.SET, f"{owner}/{wanted}", code, "nodeRepresentation"),
        Edit(Do.TEXT, f"{owner}/{wanted}/rim:Slot[@name='codingScheme']/rim:ValueList/rim:Value", coding),
        *add_before_identifiers(f"{owner}[not({wanted})]", new),
    ]


def add_before_identifiers(owner: str, new: str) -> Iterable[Edit]:
    """Where the schema wants a Classification."""
    return [
        Edit(Do.BEFORE, f"{owner}/rim:ExternalIdentifier[1]", new),
        Edit(Do.LAST, f"{owner}[not(rim:ExternalIdentifier)]", new),
    ]


ORDER = "Slot Name Description VersionInfo Classification ExternalIdentifier"
"""Of the children of an ebRIM object."""


def utc(text: str) -> str:
    """A CDA time as an XDS time, to the precision it has; empty when it is no time."""
    at = instant(text, paris=True)
    return at.strftime("%Y%m%d%H%M%S") if at is not None else ""


def utc_now(told: Told) -> str:
    return told.now.astimezone(UTC).strftime("%Y%m%d%H%M%S")


def person(told: Told, identifier: Identifier) -> str:
    """An XCN of someone whom the CDA names."""
    family, given = told.people.get(identifier.extension, ("", ""))
    kind = "IDNPS" if identifier.root == names.PS_ID_OID else "RI"
    return f"{identifier.extension}^{family}^{given}^^^^^^&{identifier.root}&ISO^D^^^{kind}"


def new_oid(told: Told, purpose: str) -> str:
    """An OID that nobody has: 2.25 and a UUID as a number (ITU-T X.667)."""
    return f"2.25.{told.fresh(purpose).int}"
