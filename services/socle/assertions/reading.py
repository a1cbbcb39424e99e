"""What is read alike in a VIHF and in INSi's assertion."""

from lxml import etree

from socle.assertions.freshness import Instants

_CONDITIONS = "{urn:oasis:names:tc:SAML:2.0:assertion}Conditions"


def read_instants(assertion: etree._Element) -> Instants:
    """When it was made, and within which limits it is good."""
    issued, conditions = assertion.get("IssueInstant", ""), next(assertion.iterchildren(_CONDITIONS), None)
    if conditions is None:
        return Instants(issued)
    return Instants(issued, conditions.get("NotBefore", ""), conditions.get("NotOnOrAfter", ""))
