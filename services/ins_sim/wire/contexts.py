"""The header blocks: ContexteBAM, ContexteLPS and wsse:Security, in any order, read tolerantly.

Clients differ in versions, attributes and order, and the live service takes them all: what is missing stays empty here,
and the domain says what it thinks of it. Assertions are read, not verified.
"""

from dataclasses import dataclass, field

from lxml import etree

from ins_sim.domain.model import Assertion, Context, Mode, Software
from ins_sim.wire.names import BAM, LPS, SAML, WSSE, local_name

_BAM = f"{{{BAM}}}ContexteBAM"
_LPS = f"{{{LPS}}}ContexteLPS"
_SECURITY = f"{{{WSSE}}}Security"
_ASSERTION = f"{{{SAML}}}Assertion"
_NAME_ID = f"{{{SAML}}}NameID"
_ATTRIBUTE = f"{{{SAML}}}Attribute"
_VALUE = f"{{{SAML}}}AttributeValue"


@dataclass(slots=True)
class Headers:
    """What the SOAP header of an AMO call says."""

    bam: Context = field(default_factory=Context)
    lps: Context = field(default_factory=Context)
    software: Software = field(default_factory=Software)
    assertion: Assertion = field(default_factory=Assertion)


def parse_headers(header: etree._Element | None) -> Headers:
    """Read the blocks that are there; a header that is absent or empty gives empty contexts."""
    headers = Headers()
    if header is None:
        return headers
    for block in header:
        if block.tag == _BAM:
            _read_context(block, headers.bam, headers.software)
        elif block.tag == _LPS:
            _read_context(block, headers.lps, headers.software)
        elif block.tag == _SECURITY:
            _read_security(block, headers.assertion)
    return headers


def _read_context(block: etree._Element, context: Context, software: Software) -> None:
    context.present = True
    context.version = block.get("Version", "")
    for child in block.iterchildren("*"):
        name = local_name(child)
        if name == "Id":
            context.id = _text(child)
        elif name == "Temps":
            context.time = _text(child)
        elif name == "Emetteur":
            context.issuer = _text(child)
        elif name == "COUVERTURE":
            context.coverage = True
            context.coverage_empty = len(child) == 0
        elif name == "LPS":
            _read_software(child, software)


def _read_software(block: etree._Element, software: Software) -> None:
    for child in block.iterchildren("*"):
        name = local_name(child)
        if name == "IDAM":
            software.idam = _text(child)
        elif name == "Version":
            software.version = _text(child)
        elif name == "Instance":
            software.instance = _text(child)
        elif name == "Nom":
            software.name = _text(child)


def _read_security(block: etree._Element, assertion: Assertion) -> None:
    for saml in block.iterchildren(_ASSERTION):
        assertion.count += 1
        for name_id in saml.iter(_NAME_ID):
            qualifier = name_id.get("NameQualifier", "").upper()
            if qualifier in ("CPS", "PSC"):
                assertion.mode = Mode.PSC if qualifier == "PSC" else Mode.CARD
                assertion.subject = _text(name_id)
        for attribute in saml.iter(_ATTRIBUTE):
            # Kits disagree on the first letter's case.
            name = attribute.get("Name", "").lower()
            if name == "identifiantfacturation":
                assertion.billing_id = _text(attribute.find(_VALUE))
            elif name == "secteuractivite":
                assertion.sector = _text(attribute.find(_VALUE))


def _text(element: etree._Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""
