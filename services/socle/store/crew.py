"""Threads that each own one connection, and the bounded queue before them.

Who worked last works next: under a light load few connections stay warm, rather than all of them lukewarm, and those
that are never needed are never opened.
"""

import asyncio
import concurrent.futures
import contextlib
import queue
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from socle.store.port import StoreClosed, StoreFailed


@dataclass(slots=True)
class Job:
    """A piece of work, and who waits for it: a loop's future, or (``loop`` None) a thread."""

    work: Callable[[Any], Any]
    future: "asyncio.Future[Any] | concurrent.futures.Future[Any]"
    loop: asyncio.AbstractEventLoop | None

    def answer(self, value: Any, error: BaseException | None) -> None:
        """Hand over the outcome, in the loop it is awaited in."""
        if error is not None and (not isinstance(error, Exception) or isinstance(error, StopIteration)):
            # futures refuse StopIteration; SystemExit and the like must not end the loop from here
            failed = StoreFailed(f"the act raised {type(error).__name__}")
            failed.__cause__ = error
            error = failed
        if self.loop is None:
            self._settle(value, error)
        else:
            # a loop that was closed meanwhile has nobody left who waits
            with contextlib.suppress(RuntimeError):
                self.loop.call_soon_threadsafe(self._settle, value, error)

    def _settle(self, value: Any, error: BaseException | None) -> None:
        if self.future.done():
            return
        if error is None:
            self.future.set_result(value)
        else:
            self.future.set_exception(error)


class Hand(Protocol):
    """What one thread works with."""

    def do(self, job: Job) -> None:
        """Do it and answer; must not raise."""
        ...

    def close(self) -> None: ...


class Crew:
    """At most ``size`` threads, started when they are needed."""

    def __init__(self, name: str, size: int, hand: Callable[[], Hand]) -> None:
        """``hand`` is called in each new thread."""
        self._name = name
        self._size = size
        self._hand = hand
        self._lock = threading.Lock()
        self._waiting: deque[Job] = deque()
        self._idle: list[queue.SimpleQueue[Job | None]] = []
        self._threads: list[threading.Thread] = []
        self._closed = False

    @property
    def waiting(self) -> int:
        """Jobs that nobody works on yet."""
        return len(self._waiting)

    def put(self, job: Job, *, first: bool = False) -> None:
        """Have it done: by the thread that was idle last, by a new one, or when one is free."""
        with self._lock:
            if self._closed:
                raise StoreClosed(f"{self._name} was stopped")
            if self._idle:
                self._idle.pop().put(job)
            elif len(self._threads) < self._size:
                thread = threading.Thread(
                    target=self._work, args=(job,), name=f"{self._name}-{len(self._threads)}", daemon=True
                )
                self._threads.append(thread)
                thread.start()
            elif first:
                self._waiting.appendleft(job)
            else:
                self._waiting.append(job)

    def _work(self, job: Job | None) -> None:
        inbox: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        hand = self._hand()
        while job is not None:
            hand.do(job)
            job = self._next(inbox)
        hand.close()

    def _next(self, inbox: "queue.SimpleQueue[Job | None]") -> Job | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            if self._closed:
                return None
            self._idle.append(inbox)
        return inbox.get()

    def close(self) -> None:
        """Finish what waits, then end every thread. Blocking."""
        with self._lock:
            self._closed = True
            for inbox in self._idle:
                inbox.put(None)
            self._idle.clear()
        for thread in self._threads:
            thread.join()
