"""People and places of the population, as tests use them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Patient:
    """A fictitious person."""

    id: str
    birth_name: str
    given_names: tuple[str, ...]
    sex: str
    """M or F."""
    birth_date: date
    birth_place: str | None
    """COG, 5 characters."""
    ins: str | None
    """Matricule and key: 15 characters."""
    oid: str | None
    """Of the INS."""

    @property
    def cx(self) -> str:
        """As XDS metadata name the patient: ``INS^^^&OID&ISO^NH``."""
        return f"{self.ins}^^^&{self.oid}&ISO^NH"

    @property
    def mailbox(self) -> str:
        """The citizen's box of Mon espace santé."""
        return f"{self.ins}@patient.mssante.fr"

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Patient":
        """From the population's JSON."""
        ins = told["ins"]
        return cls(
            id=told["id"],
            birth_name=told["birthName"],
            given_names=tuple(told["givenNames"]),
            sex=told["sex"],
            birth_date=date.fromisoformat(told["birthDate"]),
            birth_place=told["birthPlace"],
            ins=f"{ins['matricule']}{ins['key'] or ''}" if ins else None,
            oid=ins["oid"] if ins else None,
        )


@dataclass(frozen=True, slots=True)
class Establishment:
    """A site and its legal entity."""

    finess: str
    """Of the site (EG)."""
    finess_ej: str
    name: str
    sector: str
    """JDV_J02: SA01 …"""
    mailbox: str | None
    """Its application's box (APP), to send mail from."""

    @classmethod
    def of(cls, told: Mapping[str, Any], mailbox: str | None) -> "Establishment":
        """From the population's JSON."""
        return cls(told["finessEg"], told["finessEj"], told["name"], told["sector"], mailbox)


@dataclass(frozen=True, slots=True)
class Professional:
    """A health professional of one site."""

    rpps: str
    family: str
    given: str
    profession: str
    """JDV_J01: 10 for physicians."""
    speciality: str | None
    """SM26 …"""
    finess: str
    mailbox: str | None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Professional":
        """From the population's JSON."""
        return cls(
            rpps=told["rpps"],
            family=told["family"],
            given=told["given"],
            profession=told["profession"],
            speciality=told["speciality"],
            finess=told["finessEg"],
            mailbox=told["mailbox"],
        )
