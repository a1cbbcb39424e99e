"""Faults on demand: by the id of a catalogue entry, or by a rule of one's own."""

from types import TracebackType
from typing import Any, Self, TypedDict

from socles.testing.api import NOT_FOUND, Refused
from socles.testing.core import Core

_PATH = "/_sandbox/faults"


class FaultSettings(TypedDict, total=False):
    """When a fault happens and what it does; see ``docs/control.md``. What is absent matches all."""

    service: str
    """``ins_sim``, ``dmp_sim``, ``mss_sim``."""
    operation: str
    point: str
    """``received``, ``before-commit``, ``before-answer``."""
    match: dict[str, str]
    """Attribute of the call → pattern."""
    nth: int
    """First matching call on which it may happen."""
    times: int
    """How often at most."""
    probability: float
    effect: str
    """``refuse``, ``latency``, ``cut``, ``cut-answer``, ``truncate``, ``drip``, ``overload``, ``stale`` …"""
    code: str
    """For ``refuse``: the wire code."""
    reason: str
    latency_ms: int
    latency_p99_ms: int
    share: float
    bytes_per_second: int
    seconds: float


_WIRE = {"latency_ms": "latencyMs", "latency_p99_ms": "latencyP99Ms", "bytes_per_second": "bytesPerSecond"}


class Fault:
    """A fault rule that is in force. As a context manager it is removed when the block ends."""

    def __init__(self, core: Core, rule_id: str, catalogue: str | None) -> None:
        self._core = core
        self.id = rule_id
        self.catalogue = catalogue
        """Id of the catalogue entry it came from."""

    @property
    def fired(self) -> int:
        """How often it happened."""
        return int(self._rule["fired"])

    @property
    def seen(self) -> int:
        """Matching calls so far."""
        return int(self._rule["seen"])

    def expect_fired(self, times: int = 1, *, timeout: float | None = None) -> None:
        """Wait until it has happened so often."""
        __tracebackhide__ = True
        if not self._core.wait(lambda: self.fired >= times, timeout):
            what = f"Panne {self.catalogue or self.id} provoquée {self.fired} fois sur {times}"
            raise self._core.failed(f"{what} / fault fired {self.fired} times of {times}", timeout)

    def remove(self) -> None:
        """Take it out of force; nothing happens when it is gone already."""
        try:
            self._core.api.delete(f"{_PATH}/{self.id}")
        except Refused as refused:
            if refused.status != NOT_FOUND:
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.remove()

    @property
    def _rule(self) -> Any:
        for rule in self._core.api.get(_PATH):
            if rule["id"] == self.id:
                return rule
        raise LookupError(f"La panne {self.id} n'est plus là / the fault {self.id} is gone")


def inject(core: Core, fault: str | None, settings: FaultSettings) -> Fault:
    """Put a rule into force; raises ``Refused`` for an unknown entry or a rule that makes no sense."""
    body: dict[str, object] = {_WIRE.get(name, name): value for name, value in settings.items()}
    if fault is not None:
        body["fault"] = fault
    rule = core.api.post(_PATH, body)
    return Fault(core, rule["id"], rule.get("catalogue"))
