"""One piece of work for the writer's thread, and who waits for it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from socle.store.outbox import EventRow
from socle.store.port import StoreFailed, UnitOfWork


@dataclass(slots=True)
class Act:
    """``work`` None: there is nothing to do but to keep ``events``, and ``value`` is known already."""

    work: Callable[[UnitOfWork], Any] | None
    future: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop
    value: Any = None
    error: BaseException | None = None
    events: Sequence[EventRow] = ()

    def settle(self) -> None:
        """Hand the outcome over; to be called in the loop."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.value)
        elif isinstance(self.error, Exception) and not isinstance(self.error, StopIteration):
            self.future.set_exception(self.error)
        else:
            # futures refuse StopIteration; SystemExit and the like must not end the loop from here
            failed = StoreFailed(f"the act raised {type(self.error).__name__}")
            failed.__cause__ = self.error
            self.future.set_exception(failed)


def settle(acts: Sequence[Act]) -> None:
    """Those of one group."""
    for act in acts:
        act.settle()
