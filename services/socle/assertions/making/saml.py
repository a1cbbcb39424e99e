"""The parts that a VIHF and an INSi assertion share, as text."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from socle.assertions.making.names import SAML, WSSE, X509_SUBJECT


@dataclass(frozen=True, slots=True)
class Told:
    """What every assertion says of itself."""

    identifier: str
    """Of the assertion: an NCName, or a bare UUID as some clients send."""
    issued_at: datetime
    issuer: str = ""
    """Subject of the signer's certificate."""
    not_before: datetime | None = None
    not_on_or_after: datetime | None = None
    prefix: str = "saml2"
    """Empty: the default namespace."""


class Writer:
    """Writes elements of the SAML namespace under one prefix."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._p = f"{told.prefix}:" if told.prefix else ""

    def assertion(self, content: str) -> str:
        """The whole assertion but its signature; ``xsi`` is declared."""
        told, xmlns = self._told, f"xmlns:{self._told.prefix}" if self._told.prefix else "xmlns"
        issuer = self.element("Issuer", escape(told.issuer), f' Format="{X509_SUBJECT}"')
        return (
            f'<{self._p}Assertion {xmlns}="{SAML}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            f'ID="{escape(told.identifier)}" IssueInstant="{zulu(told.issued_at)}" Version="2.0">{issuer}{content}'
            f"</{self._p}Assertion>"
        )

    def element(self, name: str, content: str, attributes: str = "") -> str:
        return f"<{self._p}{name}{attributes}>{content}</{self._p}{name}>"

    def subject(self, name_id: str, qualifier: str | None = None) -> str:
        """``Subject`` with its NameID, then ``Conditions`` when there are some."""
        said = f' NameQualifier="{qualifier}"' if qualifier else ""
        told, limits = self._told, ""
        if told.not_before is not None:
            limits += f' NotBefore="{zulu(told.not_before)}"'
        if told.not_on_or_after is not None:
            limits += f' NotOnOrAfter="{zulu(told.not_on_or_after)}"'
        conditions = self.element("Conditions", "", limits) if limits else ""
        return self.element("Subject", self.element("NameID", escape(name_id), said)) + conditions

    def attributes(self, values: Iterable[tuple[str, str]]) -> str:
        """``AttributeStatement``; the values are XML."""
        return self.element(
            "AttributeStatement",
            "".join(
                self.element("Attribute", self.element("AttributeValue", value), f' Name="{escape(name)}"')
                for name, value in values
            ),
        )


def security(*assertions: str) -> str:
    """``wsse:Security`` around assertions."""
    return f'<wsse:Security xmlns:wsse="{WSSE}">{"".join(assertions)}</wsse:Security>'


def zulu(moment: datetime) -> str:
    """To the second, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
