"""The catalogue of faults (D10): every documented refusal and failure, with its source and what a good client does.

An entry is registered once, in the ``domain/faults.py`` of the service that answers so, or in ``generic.py`` here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from socle.control.faults import FaultRule
from socle.control.port import Fault, FaultEffect, FaultPoint
from socle.rules import Certainty

_COMMON: Final = (
    "service",
    "effect",
    "point",
    "code",
    "reason",
    "latency_ms",
    "latency_p99_ms",
    "share",
    "bytes_per_second",
    "seconds",
)
"""What an entry and a rule have alike."""


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One refusal or failure that may be asked for by its id.

    ``latency_ms`` and what follows it are as in ``socle.control.faults.FaultRule``; None: the effect does not take it.
    """

    id: str
    """Stable; the first segment is ``dmp``, ``insi``, ``mss``, ``psc`` or ``any``."""
    effect: FaultEffect
    title_fr: str
    title_en: str
    wire: str
    """The exact answer, such as ``HTTP 200, RegistryResponse Failure, errorCode XDSRepositoryBusy``."""
    client_fr: str
    """What a good client does."""
    client_en: str
    source: str
    certainty: Certainty
    service: str | None = None
    """``dmp_sim`` …; None: any."""
    operations: tuple[str, ...] = ()
    """(): any."""
    point: FaultPoint = FaultPoint.RECEIVED
    code: str | None = None
    reason: str = ""
    latency_ms: int = 0
    latency_p99_ms: int | None = None
    share: float | None = None
    bytes_per_second: int | None = None
    seconds: float | None = None
    magic: str | None = None
    """A value that provokes it without any rule."""

    @property
    def family(self) -> str:
        """The first segment of the id."""
        return self.id.partition(".")[0]

    def rule(self, workspace: str, rule_id: str) -> FaultRule:
        """The entry as a rule of a workspace: on every call, for ever."""
        return FaultRule(
            id=rule_id,
            workspace=workspace,
            catalogue=self.id,
            operation=",".join(self.operations) or None,
            **{name: getattr(self, name) for name in _COMMON},
        )

    @property
    def fault(self) -> Fault:
        """What a magic value does."""
        return self.rule("", self.id).fault(1)


class Catalogue:
    """All entries of the services in this process, by id."""

    def __init__(self) -> None:
        self._entries: dict[str, CatalogueEntry] = {}

    def add(self, entry: CatalogueEntry) -> CatalogueEntry:
        """Register an entry and give it back; a second one under the same id is a programming error."""
        if entry.id in self._entries:
            raise ValueError(f"catalogue entry {entry.id!r} is registered twice")
        self._entries[entry.id] = entry
        return entry

    def __getitem__(self, entry_id: str) -> CatalogueEntry:
        return self._entries[entry_id]

    def __contains__(self, entry_id: object) -> bool:
        return entry_id in self._entries

    def __iter__(self) -> Iterator[CatalogueEntry]:
        return iter(sorted(self._entries.values(), key=lambda entry: entry.id))

    def __len__(self) -> int:
        return len(self._entries)


CATALOGUE = Catalogue()
"""The one catalogue: ``CATALOGUE.add(CatalogueEntry(...))`` at module level."""
