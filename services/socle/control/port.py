"""What services ask of the control plane. Reads are immediate, from a snapshot renewed within 200 ms of any change."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Protocol

from socle.clock import Clock
from socle.control.model import Box, Establishment, Person, Professional, VitaleCard, Workspace
from socle.identifiers.ins import Ins


class Population(Protocol):
    """People and places of one workspace: the common set, and what the workspace added or changed."""

    def person_by_ins(self, matricule: str) -> Person | None:
        """By the 13- or 15-character matricule, present or past."""
        ...

    def persons_by_birth(self, birth_name: str, sex: str, birth_date: date) -> tuple[Person, ...]:
        """All persons with exactly this birth name, sex and birth date."""
        ...

    def person(self, person_id: str) -> Person | None:
        """By the population's own id."""
        ...

    def card_of(self, insured: str) -> VitaleCard | None:
        """The Vitale card of an insured person, by his 13- or 15-character number."""
        ...

    def box(self, address: str) -> Box | None: ...

    def serves(self, domain: str) -> bool:
        """Whether somebody has a box in this mail domain."""
        ...

    def establishment(self, finess: str) -> Establishment | None:
        """By FINESS of the site (EG)."""
        ...

    def establishments_of(self, finess_ej: str) -> tuple[Establishment, ...]: ...

    def establishment_by_siret(self, siret: str) -> Establishment | None: ...

    def professional(self, rpps: str) -> Professional | None: ...

    @property
    def persons(self) -> Iterable[Person]: ...

    @property
    def establishments(self) -> Iterable[Establishment]: ...

    @property
    def professionals(self) -> Iterable[Professional]: ...

    @property
    def boxes(self) -> Iterable[Box]: ...

    def accepts_ins(self, ins: Ins) -> bool:
        """D11: False for a production OID with a valid key that is neither fictitious, imported nor allow-listed."""
        ...


class FaultPoint(StrEnum):
    """The three points of the fault hook (D10)."""

    RECEIVED = "received"
    BEFORE_COMMIT = "before-commit"
    BEFORE_ANSWER = "before-answer"


class FaultEffect(StrEnum):
    """What a fault rule does. Any of them may wait ``latency_ms`` first."""

    LATENCY = "latency"
    """The act goes its way, later."""
    REFUSE = "refuse"
    """Refused with ``code`` and ``reason``, in the protocol's own words."""
    CUT = "cut"
    """The connection is dropped without an answer."""
    CUT_ANSWER = "cut-answer"
    """The head and ``share`` of the body leave, then the connection is dropped."""
    TRUNCATE = "truncate"
    """Only ``share`` of the body leaves, in a well-formed HTTP answer: a MTOM answer without its closing boundary."""
    DRIP = "drip"
    """The answer leaves at ``bytes_per_second``."""
    OVERLOAD = "overload"
    """What admission control answers (D16)."""
    STALE = "stale"
    """A reading operation answers as things were ``seconds`` ago."""
    DELAY_EVENT = "delay-event"
    """The act's events are committed with it, and published ``seconds`` later."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that fired."""

    rule_id: str
    effect: FaultEffect
    latency_ms: int = 0
    """To wait before anything else, whatever the effect."""
    code: str | None = None
    """For ``refuse``: the wire code; each protocol renders it in its own words."""
    reason: str = ""
    share: float = 0.5
    """For ``cut-answer`` and ``truncate``: how much of the answer's bytes leaves, 0 to 1."""
    bytes_per_second: int = 0
    seconds: float = 0.0
    """For ``stale``, ``delay-event``, and ``truncate`` over SMTP."""


SEVERAL: Final = "\n"
"""Stands between the values of an attribute that has several: a pattern matches when one of them does."""
Attributes = Callable[[str], str | None]
"""What rules match on, by name, worked out only when one asks: ``path``, ``action``, ``peer``, and what tells acts of
a service apart; None: the call does not say."""


class Control(Protocol):
    """The control plane, as services see it."""

    def workspace(self, name: str) -> Workspace | None: ...

    def clock(self, workspace: str) -> Clock: ...

    def population(self, workspace: str) -> Population: ...

    def patient_ref(self, matricule: str) -> str:
        """A keyed hash (HMAC-SHA-256, key per installation) that stands for the patient in events and logs."""
        ...

    def revoked(self, workspace: str, ids: Iterable[str]) -> bool:
        """Whether Pro Santé Connect has taken back one of these: what an access token came of, or the token itself."""
        ...

    def may_fault(self, workspace: str) -> bool:
        """False: the workspace has no fault rule, and :meth:`fault` need not be asked."""
        ...

    async def fault(
        self, point: FaultPoint, *, workspace: str, service: str, operation: str, attributes: Attributes
    ) -> Fault | None:
        """The first rule that fires here, its counter moved atomically; immediate when the workspace has no rule."""
        ...
