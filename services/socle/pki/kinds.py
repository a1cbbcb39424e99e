"""The leaves that software needs, and the ways in which each can be wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from cryptography.x509.oid import ExtendedKeyUsageOID

from socle.pki import names
from socle.pki.issuing import WEAK_BITS, Wanted
from socle.pki.names import Range

_CPS = b"\x04\x01\x00"
"""OCTET STRING 00: the type of card CPS. The value is ours."""
_DAY = timedelta(days=1)


class Kind(StrEnum):
    """What a certificate is for."""

    SERVER = "server"
    INSI_AUTO = "insi-auto"
    """INSi calls without an operator."""
    INSI_MANU = "insi-manu"
    """INSi calls that an operator triggers."""
    ORG_AUTH_CLI = "org-auth-cli"
    """An organisation's TLS client: DMP in indirect mode, applicative mailboxes."""
    ORG_SIGN = "org-sign"
    """An organisation's signature: VIHF and lots."""
    CPS_AUTH = "cps-auth"
    """A professional's card: TLS."""
    CPS_SIGN = "cps-sign"
    """A professional's card: signatures."""


AUTHENTICATION: Mapping[Kind, Kind] = {Kind.ORG_SIGN: Kind.ORG_AUTH_CLI, Kind.CPS_SIGN: Kind.CPS_AUTH}
"""For one that signs, the same holder's for TLS."""


class Flaw(StrEnum):
    """A deliberate mistake."""

    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    REVOKED = "revoked"
    WRONG_HOST = "wrong-host"
    FOREIGN_ROOT = "foreign-root"
    """Its issuer has the right name, under a root nobody knows."""
    WRONG_CN = "wrong-cn"
    WEAK_KEY = "weak-key"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose certificate it is."""

    organisation: str = "CHU de Montclar-sur-Azergues"
    structure: str = "1699050001"
    """``1`` and the FINESS of the site, or ``3`` and the SIRET."""
    national_id: str = "899900000010"
    """``8`` and the RPPS."""
    family: str = "EXEMPLE"
    given: str = "CAMILLE"
    profession: str = "Médecin"
    hosts: tuple[str, ...] = ()
    """More names for a server."""
    workspace: str = ""
    """The one that a client's calls go to (D7); empty: the certificate names none."""


RANGES: Mapping[Kind, Range] = {
    kind: Range.PERSONS if kind in (Kind.CPS_AUTH, Kind.CPS_SIGN) else Range.ORGANISATIONS for kind in Kind
}


CLIENTS = frozenset({Kind.INSI_AUTO, Kind.INSI_MANU, Kind.ORG_AUTH_CLI, Kind.CPS_AUTH})
"""Shown by a TLS client."""


def wanted(kind: Kind, subject: Subject) -> Wanted:
    """What a right certificate of this kind says. The workspace stands in those of clients only."""
    right = _wanted(kind, subject)
    if not subject.workspace or kind not in CLIENTS:
        return right
    return replace(right, names=(*right.names, names.WORKSPACE + subject.workspace))


def _wanted(kind: Kind, subject: Subject) -> Wanted:
    if kind is Kind.SERVER:
        hosts = (*subject.hosts, *names.SANDBOX_HOSTS, *names.QUALIFICATION_HOSTS, "127.0.0.1", "::1")
        common = names.structure_name(hosts[0], names.ORGANISATION, "1000000000")
        return Wanted(common, usages=(ExtendedKeyUsageOID.SERVER_AUTH,), names=tuple(dict.fromkeys(hosts)))
    if RANGES[kind] is Range.PERSONS:
        name = names.person_name(subject.national_id, subject.family, subject.given, subject.profession)
        card = ((names.CARD_TYPE, _CPS),)
        return Wanted(name, signs=kind is Kind.CPS_SIGN, extensions=card)
    common_names = {Kind.INSI_AUTO: names.INSI_AUTO, Kind.INSI_MANU: names.INSI_MANU}
    common_name = common_names.get(kind, f"socles.{subject.structure}")
    name = names.structure_name(common_name, subject.organisation, subject.structure)
    return Wanted(name, signs=kind is Kind.ORG_SIGN)


_FLAWS: Mapping[Flaw, Callable[[Wanted], Wanted]] = {
    Flaw.EXPIRED: lambda right: replace(right, begins=-400 * _DAY, lasts=399 * _DAY),
    Flaw.NOT_YET_VALID: lambda right: replace(right, begins=30 * _DAY, lasts=365 * _DAY),
    Flaw.REVOKED: lambda right: right,
    Flaw.WRONG_HOST: lambda right: replace(right, names=("autre-hote.example",)),
    Flaw.FOREIGN_ROOT: lambda right: right,
    Flaw.WRONG_CN: lambda right: replace(right, subject=names.with_common_name(right.subject, "insi-auto")),
    Flaw.WEAK_KEY: lambda right: replace(right, bits=WEAK_BITS),
}


def spoilt(right: Wanted, flaw: Flaw | None) -> Wanted:
    """The same with the flaw, as far as it lies in what the certificate says."""
    return right if flaw is None else _FLAWS[flaw](right)
