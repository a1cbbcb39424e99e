"""The header blocks: ContexteBAM, ContexteLPS and wsse:Security, in any order, read tolerantly.

Clients differ in versions, attributes and order, and the live service takes them all: what is missing stays empty here,
and the domain says what it thinks of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from ins_sim.domain.model import Assertion, Caller, Context, Mode, Software
from ins_sim.wire.coverage import read_coverage
from ins_sim.wire.names import BAM, LPS, SAML, WSSE, local_name
from socle.assertions.making.vitale import QUALIFIER
from socle.assertions.reading import read_instants
from socle.soap.text import text_of

_BAM = f"{{{BAM}}}ContexteBAM"
_LPS = f"{{{LPS}}}ContexteLPS"
_NAMES = {
    f"{{{namespace}}}{name}": name
    for namespace in (BAM, LPS)
    for name in ("Id", "Temps", "Emetteur", "COUVERTURE", "LPS", "IDAM", "Version", "Instance", "Nom")
}
"""Local names of the elements as they should be written: most need not be taken apart."""
_SECURITY = f"{{{WSSE}}}Security"
_ASSERTION = f"{{{SAML}}}Assertion"
_SUBJECT = f"{{{SAML}}}Subject"
_STATEMENT = f"{{{SAML}}}AttributeStatement"
_NAME_ID = f"{{{SAML}}}NameID"
_ATTRIBUTE = f"{{{SAML}}}Attribute"
_VALUE = f"{{{SAML}}}AttributeValue"


@dataclass(slots=True)
class Assertions:
    """The assertions of a call: what is verified is what is read."""

    main: etree._Element | None = None
    """The first that names a professional; else the only one there is."""
    vitale: etree._Element | None = None
    """The first other one: taken for that of the Vitale card, by our own choice."""
    others: bool = False
    """More than these."""
    count: int = 0


def read_headers(blocks: Iterable[etree._Element], caller: Caller, *, card: bool = False) -> None:
    """Tell the caller what the blocks say, in one pass; what is not there stays as it is. ``card``: see
    ``find_assertions``."""
    securities = []
    for block in blocks:
        tag = block.tag
        if tag == _BAM:
            _read_context(block, caller.bam, caller.software)
        elif tag == _LPS:
            _read_context(block, caller.lps, caller.software)
        elif tag == _SECURITY:
            securities.append(block)
    if securities:
        _read_assertion(_assertions_in(securities, card=card), caller.assertion)


def _read_context(block: etree._Element, context: Context, software: Software) -> None:
    context.present = True
    context.version = block.get("Version", "")
    for child in block:
        name = _NAMES.get(child.tag) or local_name(child)
        if name == "Id":
            context.id = text_of(child)
        elif name == "Temps":
            context.time = text_of(child)
        elif name == "Emetteur":
            context.issuer = text_of(child)
        elif name == "COUVERTURE":
            context.coverage = True
            context.covered = read_coverage(child)
        elif name == "LPS":
            _read_software(child, software)


def _read_software(block: etree._Element, software: Software) -> None:
    for child in block:
        name = _NAMES.get(child.tag) or local_name(child)
        if name == "IDAM":
            software.idam = text_of(child)
        elif name == "Version":
            software.version = text_of(child)
        elif name == "Instance":
            software.instance = text_of(child)
        elif name == "Nom":
            software.name = text_of(child)


def find_assertions(header: etree._Element | None, *, card: bool = False) -> Assertions:
    """Those within wsse:Security, told apart in whatever order they come. ``card``: the operation wants a Vitale
    card's, so that one that stands alone and names no professional is taken for it."""
    return _assertions_in(() if header is None else header.iterchildren(_SECURITY), card=card)


def _assertions_in(securities: Iterable[etree._Element], *, card: bool) -> Assertions:
    found = Assertions()
    for security in securities:
        for saml in security.iterchildren(_ASSERTION):
            found.count += 1
            professional = _mode(saml.find(f"{_SUBJECT}/{_NAME_ID}")) is not Mode.CERTIFICATE
            if professional and found.main is None:
                found.main = saml
            elif not professional and found.vitale is None:
                found.vitale = saml
            else:
                found.others = True
    if found.main is None and not card:
        found.main, found.vitale = found.vitale, None
    return found


def insured_of(vitale: etree._Element) -> str:
    """The insured number that a Vitale card's assertion names in the way of the sandbox's own; else empty."""
    name_id = vitale.find(f"{_SUBJECT}/{_NAME_ID}")
    return text_of(name_id) if name_id is not None and name_id.get("NameQualifier") == QUALIFIER else ""


def _read_assertion(found: Assertions, assertion: Assertion) -> None:
    assertion.count = found.count
    if found.main is None:
        return
    assertion.instants = read_instants(found.main)
    name_id = found.main.find(f"{_SUBJECT}/{_NAME_ID}")
    if name_id is not None:
        assertion.qualifier = name_id.get("NameQualifier", "")
        assertion.mode = _mode(name_id)
        assertion.subject = text_of(name_id)
    for attribute in found.main.iterfind(f"{_STATEMENT}/{_ATTRIBUTE}"):
        # Kits disagree on the first letter's case.
        name = attribute.get("Name", "").lower()
        if name == "identifiantfacturation":
            assertion.billing_id = text_of(attribute.find(_VALUE))
        elif name == "secteuractivite":
            assertion.sector = text_of(attribute.find(_VALUE))


def _mode(name_id: etree._Element | None) -> Mode:
    qualifier = name_id.get("NameQualifier", "").upper() if name_id is not None else ""
    return {"CPS": Mode.CARD, "PSC": Mode.PSC}.get(qualifier, Mode.CERTIFICATE)
