"""When workspaces were last used: noted in memory at each use, written down now and then; the unused ones deleted."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

_LOG = logging.getLogger(__name__)

Keep = Callable[[Mapping[str, datetime]], Mapping[str, datetime]]
"""Writes uses down; gives the last use of each workspace there is, whichever process told of it."""


class Keeper:
    """A thread of its own, since deleting many workspaces takes a while.

    A use in another process is known here once that one has written it down: a workspace is deleted only when its time
    is over by two rounds.
    """

    def __init__(self, seconds: float, keep: Keep, delete_unused: Callable[[datetime], list[str]]) -> None:
        """``seconds``: between two rounds."""
        self._seconds = seconds
        self._keep = keep
        self._delete_unused = delete_unused
        self._uses: dict[str, float] = {}
        self._kept: Mapping[str, datetime] = {}
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, name: str) -> None:
        """It is used now; this is on the way of each act."""
        self._uses[name] = time.time()

    def last_use(self, name: str) -> datetime | None:
        """As far as is known here; None: not used since the start."""
        used = self._uses.get(name)
        return datetime.fromtimestamp(used, UTC) if used is not None else self._kept.get(name)

    def start(self) -> None:
        """Begin the rounds."""
        self._thread = threading.Thread(target=self._run, name="control-keeper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End them; the last uses are written down."""
        if self._thread is not None:
            self._stopping.set()
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while not self._stopping.wait(self._seconds):
            self._round(delete=True)
        self._round(delete=False)

    def _round(self, *, delete: bool) -> None:
        uses = self._uses.copy()
        try:
            self._kept = self._keep({name: datetime.fromtimestamp(used, UTC) for name, used in uses.items()})
            deleted = self._delete_unused(datetime.now(UTC) - timedelta(seconds=2 * self._seconds)) if delete else []
        except Exception as error:
            _LOG.warning("control: uses of workspaces are written down later: %s", error)
            return
        for name, used in uses.items():
            if self._uses.get(name) == used:
                del self._uses[name]
        for name in deleted:
            _LOG.info("workspace %s: not used for its time to live; deleted", name)
