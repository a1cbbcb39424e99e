"""The names that real clients look for in certificates.

Source: domain/insi.md §1.3 (clients pin the authority's CN and read OU and CN of the client certificate),
domain/dmp.md §0.2 (AUTH_CLI, SIGN; CPS), domain/mssante.md §1.1 (1.1.10). The organisation names are ours: no
certificate of the sandbox may pass for a national one to a human eye.
"""

from dataclasses import dataclass
from enum import StrEnum

from cryptography import x509
from cryptography.x509.oid import NameOID, ObjectIdentifier

ORGANISATION = "SOCLES BAC A SABLE"
"""O of every authority: ours."""
INSI_AUTO, INSI_MANU = "INSI-AUTO", "INSI-MANU"
"""CN of the INSi client certificates, exactly: anything else is DESIR_560."""

CARD_TYPE = ObjectIdentifier("1.2.250.1.71.1.2.5")
PROFESSION = ObjectIdentifier("1.2.250.1.71.1.2.7")
SECTOR = ObjectIdentifier("1.2.250.1.71.4.2.5")
"""Extensions of CPS certificates (domain/dmp.md §0.7)."""


class Range(StrEnum):
    """The two ranges of the chain that are needed: organisations, and persons with a card."""

    ORGANISATIONS = "organisations"
    PERSONS = "persons"


@dataclass(frozen=True, slots=True)
class Pair:
    """The root and the intermediate of a range, by CN."""

    root: str
    intermediate: str


CHAINS = {
    Range.ORGANISATIONS: Pair("AC RACINE IGC-SANTE ELEMENTAIRE", "AC IGC-SANTE ELEMENTAIRE ORGANISATIONS"),
    Range.PERSONS: Pair("AC RACINE IGC-SANTE FORT", "AC IGC-SANTE FORT PERSONNES"),
}
"""The root's name of the range FORT is formed like the other's: not read in a source."""

INSI_HOST, INSI_MUTUAL_HOST = "qualiflps.services-ps.ameli.fr", "qualiflps-services-ps-tlsm.ameli.fr"
"""Of qualification: the channel of assertions, and that of the software's certificate."""
QUALIFICATION_HOSTS = (
    INSI_HOST,
    INSI_MUTUAL_HOST,
    "services-ps.ameli.fr",
    "services-ps-tlsm.ameli.fr",
    "lps2.dmp.gouv.fr",
    "lps.dev1.dmp.gouv.fr",
    "lps.dev9.dmp.gouv.fr",
    "dev6.lps2.dmp.gouv.fr",
    "dev9.lps2.dmp.gouv.fr",
    "dev6.lps-igc-sante.dmp.gouv.fr",
)
"""Names that clients carry in their configuration: SANs of the server certificate, for those who use a hosts file."""
WORKSPACE = "urn:socles:workspace:"
"""Begins the subjectAltName (URI) that names the workspace of a client's calls: ours."""
SANDBOX_HOSTS = ("localhost", "socles.localhost", "*.socles.localhost", "smtp.socles.localhost")


def authority_name(common_name: str) -> x509.Name:
    """Of an authority: C, O, OU, CN in the order of IGC-Santé's."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "0002 000000000"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def structure_name(common_name: str, organisation: str, structure: str, place: str = "Rhône (69)") -> x509.Name:
    """Of an organisation's certificate: ``C, ST, O, OU = structure, CN``; clients read OU as their sender's id.

    ``structure`` is ``1`` and the FINESS, or ``3`` and the SIRET.
    """
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.STATE_OR_PROVINCE_NAME, place),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, structure),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def person_name(national_id: str, family: str, given: str, profession: str) -> x509.Name:
    """Of a card: CN is the national id (``8`` and the RPPS), then surname and given name."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.TITLE, profession),
            x509.NameAttribute(NameOID.COMMON_NAME, national_id),
            x509.NameAttribute(NameOID.SURNAME, family),
            x509.NameAttribute(NameOID.GIVEN_NAME, given),
        ]
    )


def with_common_name(name: x509.Name, common_name: str) -> x509.Name:
    """The same name with another CN."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common_name) if one.oid == NameOID.COMMON_NAME else one
            for one in name
        ]
    )
