"""The Vitale card's assertion, which goes beside the professional's in calls with a card (domain/insi.md §1.5).

No source tells its form, nor who signs it. This one is ours: unsigned, and naming the insured person.
"""

from lxml import etree

from socle.assertions.making.names import WSSE
from socle.assertions.making.saml import Told, Writer

QUALIFIER = "VITALE"
"""``NameQualifier`` of the insured person's number."""


def vitale_assertion(told: Told, insured: str) -> str:
    """``insured``: 13 characters and the key."""
    writer = Writer(told)
    return writer.assertion(writer.subject(insured, QUALIFIER))


def beside(header: str, assertion: str) -> str:
    """The header blocks with ``assertion`` last in the first ``wsse:Security``."""
    blocks = etree.fromstring(f"<header>{header}</header>")
    security = blocks.find(f"{{{WSSE}}}Security")
    assert security is not None
    security.append(etree.fromstring(assertion))
    return "".join(etree.tostring(block, encoding="unicode", with_tail=False) for block in blocks)
