"""A call as the journal keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from ins_sim.homologation.said import Said


class Software(NamedTuple):
    """Who calls, as ContexteLPS says; ``version`` does not tell two softwares apart."""

    idam: str = ""
    name: str = ""
    version: str = ""

    @property
    def key(self) -> str:
        """What tells it from others: ``GE000000000/essai``."""
        return f"{self.idam}/{self.name}"

    def answers_to(self, wanted: str) -> bool:
        """Whether somebody who says ``wanted`` means this one: key, authorisation number or name, in any case."""
        return wanted.casefold() in {self.key.casefold(), self.idam.casefold(), self.name.casefold()}


@dataclass(frozen=True, slots=True)
class Sent:
    """The traits of RECSANSVITALE or RECVITALE as sent; absent ones are empty."""

    name: str = ""
    given: tuple[str, ...] = ()
    """One for each ``Prenom``."""
    sex: str = ""
    born: str = ""
    place: str = ""
    insured: str = ""
    """``MatriculeOD`` of RECVITALE, without its key."""
    rank: str = ""

    @property
    def tokens(self) -> tuple[str, ...]:
        """The first names one by one."""
        return tuple(" ".join(self.given).split())


@dataclass(frozen=True, slots=True)
class Answered:
    """What RESULTAT held; a fault has none."""

    code: str
    matricule: str = ""
    key: str = ""
    oid: str = ""
    history: int = 0


class Vitale(NamedTuple):
    """The assertion of a Vitale card; ``issued`` None: its instant cannot be read."""

    id: str
    issued: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """A finding of the exchange."""

    rule: str
    severity: str
    title: Said
    where: str
    expected: str
    found: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Called:
    """One call to INSi, read back from the journal."""

    id: str
    at: datetime
    operation: str
    outcome: str
    status: int
    code: str
    fault: str | None
    """The fault rule that was applied: such a call says nothing of the software."""
    finess: str
    software: Software
    authenticated: str
    """``card``, ``psc``, ``certificate``; empty: neither an assertion nor a client certificate."""
    sent: Sent
    answered: Answered | None
    vitale: Vitale | None = None
    """The assertion of the Vitale card."""
    seconds: float = 0.0
    """From the request's first byte to the answer's last."""
    findings: Sequence[Told] = ()
    replayed: bool = False
    """Sent again from the console or the command line: the software did not send it."""
