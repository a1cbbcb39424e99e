"""The ledger: what one hospital sent, and what it was answered. It knows nothing of events or metrics."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class StayLine:
    """A discharge that was reported. ``day`` is the local day of the discharge."""

    stay: str
    day: date


@dataclass(frozen=True, slots=True)
class DepositLine:
    """A deposit that was answered."""

    stay: str
    type_code: str
    day: date
    """Local day on which it was sent."""
    accepted: bool
    code: str | None = None
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class CallLine:
    """An INSi call that was answered."""

    outcome: str


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail that was answered; ``citizens`` counts the accepted ones."""

    stay: str
    day: date
    type_codes: tuple[str, ...]
    accepted: bool
    citizens: int = 0


@dataclass(slots=True)
class Ledger:
    """All lines of one hospital."""

    finess: str
    name: str
    admitted: int = 0
    stays: list[StayLine] = field(default_factory=list)
    deposits: list[DepositLine] = field(default_factory=list)
    calls: list[CallLine] = field(default_factory=list)
    mails: list[MailLine] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    """What went wrong on the way: no answer, no SOAP, a refused stay. A sound run has none."""

    def forget(self, count: int) -> None:
        """Lose the last accepted deposits: for showing that a false ledger is found out."""
        for _ in range(count):
            index = max((n for n, line in enumerate(self.deposits) if line.accepted), default=None)
            if index is not None:
                del self.deposits[index]
