"""How what a batch tells reaches those who show indicators: within this process, or in all of them."""

from collections.abc import Callable

from sqlalchemy import Text, bindparam, func, select

from metrics.changes import Changes
from metrics.pulse import Pulse
from metrics.told import CHANNEL, Told, encode
from socle.store.hot import hot
from socle.store.port import UnitOfWork

_NOTIFY = hot(select(func.pg_notify(CHANNEL, bindparam("payload", type_=Text))))


class News:
    """PostgreSQL: each batch notifies within its transaction, and the listener of every process hears it, our own too.
    SQLite: what was committed here is told here.
    """

    def __init__(self, changes: Changes, pulse: Pulse, now_ms: Callable[[], int]) -> None:
        self._changes = changes
        self._pulse = pulse
        self._now_ms = now_ms

    def within(self, uow: UnitOfWork, told: Told) -> bool:
        """Tell it with the transaction; False: it must be told once that has committed."""
        if uow.dialect != "postgresql":
            return False
        for payload in encode(told):
            uow.hot(_NOTIFY, {"payload": payload})
        return True

    def hear(self, told: Told) -> None:
        """A batch was committed; from the loop's thread."""
        self._pulse.hear(told, self._now_ms())
        self._changes.publish(told)

    def missed(self) -> None:
        """Something may have been told and not heard; from the loop's thread."""
        self._changes.forget()
