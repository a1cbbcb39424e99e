"""Consumer groups of the embedded bus: who reads which partition.

A partition goes to its new member only when the old one has let go of it, at its next fetch; or when the old one has
not fetched for ``session`` seconds, as Kafka does. A member that comes back after that may still be at work on records
of a partition it has lost: what it writes must be guarded by its position (D4).
"""

from collections.abc import Callable, Iterable

from socle.bus.port import TopicPartition


class Group:
    """The members of one group, by number, and the partitions each has or should have."""

    def __init__(self, changed: Callable[[], None], session: float) -> None:
        self._changed = changed
        self._session = session
        self._topics: dict[int, frozenset[TopicPartition]] = {}
        self._seen: dict[int, float] = {}
        self._target: dict[TopicPartition, int] = {}
        self._holder: dict[TopicPartition, tuple[int, int]] = {}
        self._handovers = 0
        self._next = 0

    def join(self, logs: Iterable[TopicPartition], now: float) -> int:
        """A new member that can read ``logs``; gives its number."""
        member = self._next
        self._next += 1
        self._seen[member] = now
        self._topics[member] = frozenset(logs)
        self._share()
        return member

    def leave(self, member: int) -> None:
        """The member lets go of everything."""
        self._topics.pop(member, None)
        self._seen.pop(member, None)
        self._release(member)
        self._share()

    def poll(self, member: int, now: float) -> dict[TopicPartition, int]:
        """What the member may read from now on, having let go of everything else.

        With each partition comes the number of its hand-over: a new number means that another may have read meanwhile.
        """
        self._expel_silent(member, now)
        returns = member not in self._seen
        self._seen[member] = now
        if returns:
            self._share()
        for log, target in self._target.items():
            holder = self._holder.get(log)
            if target == member:
                if holder is None:
                    self._handovers += 1
                    self._holder[log] = (member, self._handovers)
            elif holder is not None and holder[0] == member:
                del self._holder[log]
                self._changed()
        return {log: number for log, (holder, number) in self._holder.items() if holder == member}

    def _expel_silent(self, present: int, now: float) -> None:
        silent = [member for member, seen in self._seen.items() if member != present and now - seen > self._session]
        for member in silent:
            del self._seen[member]
            self._release(member)
        if silent:
            self._share()

    def _release(self, member: int) -> None:
        self._holder = {log: holder for log, holder in self._holder.items() if holder[0] != member}

    def _share(self) -> None:
        """Deal the partitions out, one by one, among the members that are alive and subscribed to them."""
        self._target = {}
        for number, log in enumerate(sorted(frozenset().union(*self._topics.values()))):
            takers = sorted(member for member in self._seen if log in self._topics.get(member, ()))
            if takers:
                self._target[log] = takers[number % len(takers)]
        self._changed()
