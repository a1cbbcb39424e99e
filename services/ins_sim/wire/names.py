"""Namespaces and names of INSi on the wire (source: the public WSDL package, live answers)."""

import re

from lxml import etree

RESULTAT = "http://www.cnamts.fr/INSiResultat"
RECSANS = "http://www.cnamts.fr/INSiRecSans"
RECVIT = "http://www.cnamts.fr/INSiRecVit"
WEBSERVICE = "http://www.cnamts.fr/webservice"
BAM = "urn:siram:bam:ctxbam"
LPS = "urn:siram:lps:ctxlps"
SIRAM = "urn:siram"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"

OPERATION = "rechercherInsAvecTraitsIdentite"
ACTION = f"urn:ServiceIdentiteCertifiee:1.0.0:{OPERATION}"
BODY_ROOT = f"{{{RECSANS}}}RECSANSVITALE"

VITALE_OPERATION = "rechercherInsAvecCarteVitale"
VITALE_ACTION = f"urn:ServiceIdentiteCertifiee:1.0.0:{VITALE_OPERATION}"
VITALE_ROOT = f"{{{RECVIT}}}RECVITALE"


def other_action(action: str | None, operation: str) -> str | None:
    """The action, if there is one and it does not end with the operation's name."""
    return action if action and action.rpartition(":")[2] != operation else None


OTHER_ACTIONS = frozenset(
    {
        "urn:adr:1.1.0:acquerirLesDroits",
        "urn:ald:1.0.0:lister",
        "urn:MT:2.1.0:TeledeclarerMT",
        "urn:MT:3.0.0:LireMT",
    }
)
"""Seen in the configuration of software that sends every AMO service to ``/lps``."""
_AMO = re.compile(r"urn:(?!ServiceIdentiteCertifiee:)[^:]+:\d+\.\d+\.\d+:[^:]+").fullmatch


def is_other_service(action: str) -> bool:
    """The action has the form of those, and is not INSi's: other versions and services are sent to ``/lps`` too."""
    return _AMO(action) is not None


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace; empty of a comment and of an instruction."""
    tag: object = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def within(element: etree._Element) -> list[str]:
    """Names of the elements where none should be: within a value."""
    return [local_name(inner) for inner in element.iterdescendants("*")] if len(element) else []
