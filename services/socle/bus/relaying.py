"""The two ports of the relay: who leads, and where the events go."""

from collections.abc import Mapping
from typing import Protocol

from socle.bus.log import Pass
from socle.bus.port import TopicPartition


class LeadLost(RuntimeError):
    """Another relay may lead now: nothing was sequenced, and nothing must be until the lead is taken again."""


class Lead(Protocol):
    """One relay at a time, over all processes, gives the numbers."""

    @property
    def held(self) -> bool: ...

    @property
    def pace_seconds(self) -> float:
        """Between two passes: under load one serves many acts, while an event after a quiet moment goes at once."""
        ...

    @property
    def poll_seconds(self) -> float:
        """How often to look for commits that nobody told of."""
        ...

    async def take(self) -> bool:
        """Lead, if nobody else does; gives whether we lead. Never waits for the other one to end."""
        ...

    async def pending(self) -> bool:
        """Whether a pass may find something; cheap."""
        ...

    async def sequence(self, count: int, *, whole: bool) -> Pass:
        """One pass (:func:`socle.bus.log.sequence`), which commits only while we lead.

        Raises :class:`LeadLost`.
        """
        ...

    async def give_up(self) -> None:
        """Let another lead; nothing happens when we do not."""
        ...


class Publication(Protocol):
    """Hands sequenced events over."""

    @property
    def whole(self) -> bool:
        """Whether the events themselves must come with each pass."""
        ...

    async def lead(self, ends: Mapping[TopicPartition, int]) -> None:
        """We lead from now on, and the logs end there: what a former leader left unpublished goes first."""
        ...

    async def follow(self, ends: Mapping[TopicPartition, int]) -> None:
        """Another leads, and the logs end there, as far as that is known: publish nothing."""
        ...

    def hand_over(self, done: Pass) -> None:
        """Take what a pass has sequenced. Never waits: what cannot be kept in memory is read back later."""
        ...

    async def flush(self) -> None:
        """Return when all that was handed over is published, or cannot be soon."""
        ...
