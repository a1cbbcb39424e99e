"""INSi's assertions (domain/insi.md §1.5): signed by a CPx card, or unsigned from Pro Santé Connect."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from html import escape

from socle.assertions.making.saml import Told, Writer


class Source(StrEnum):
    """``NameQualifier``: where the professional's identity comes from."""

    CPS = "CPS"
    PSC = "PSC"


@dataclass(frozen=True, slots=True)
class InsiSaid:
    """What the assertion says of the professional."""

    national_id: str = "899900000010"
    source: Source = Source.CPS
    billing_id: str = "690000013"
    """``identifiantFacturation``: FINESS of the site, SIRET, or a billing number."""
    speciality: str | None = "01"
    """``codeSpecialite`` (PSC: ``codeSpecialiteAMO``): physicians only."""
    sector: str = "SA05"
    profession: str | None = None
    """``gipProfessionCode``: PSC, when the professional has several professions."""
    capitalised: bool = False
    """``CodeSpecialite``, ``SecteurActivite``: a kit writes them so."""
    attributes: Mapping[str, str | None] = field(default_factory=dict)
    """By Name: other values than these, more attributes; None leaves one out."""


def insi_assertion(told: Told, said: InsiSaid) -> str:
    """The assertion, unsigned. With an empty prefix ``<NameID>`` is as one client's regular expression wants it."""
    writer = Writer(told)
    psc = said.source is Source.PSC
    values: dict[str, str | None] = {
        "identifiantFacturation": said.billing_id,
        "codeSpecialiteAMO" if psc else "codeSpecialite": said.speciality,
        "secteurActivite": None if psc else said.sector,
        "gipProfessionCode": said.profession if psc else None,
        **said.attributes,
    }
    written = [
        (name[0].upper() + name[1:] if said.capitalised and name.startswith(("code", "secteur")) else name, value)
        for name, value in values.items()
    ]
    statement = writer.attributes((name, escape(value)) for name, value in written if value is not None)
    return writer.assertion(writer.subject(said.national_id, said.source.value) + statement)
