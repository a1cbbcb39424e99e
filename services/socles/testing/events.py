"""Events as the services committed them, whether or not Kafka carries them on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from socles.testing.core import Core, told

_PREFIX = "fr.socles."
_SERVICES = {"dmp": "dmp_sim", "mss": "mss_sim", "insi": "ins_sim"}
_OTHERS = "metrics"
"""Where stays come from."""
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Event:
    """One CloudEvent."""

    id: str
    source: str
    type: str
    """With prefix and version: ``fr.socles.dmp.document.registered.v1``."""
    topic: str
    subject: str
    time: datetime
    """By the workspace's clock."""
    sequence: int | None
    """Given by the relay; None until then."""
    data: Mapping[str, Any]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Event":
        """From the service's JSON."""
        return cls(
            id=told["id"],
            source=told["source"],
            type=told["type"],
            topic=told["topic"],
            subject=told["subject"],
            time=datetime.fromisoformat(told["time"]),
            sequence=told["sequence"],
            data=told["data"],
        )


class Events:
    """The events of one workspace."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def all(self, *, type: str | None = None, subject: str | None = None) -> list[Event]:  # noqa: A002 - CloudEvents' own word
        """Events that match, each service's in the order of its commits.

        ``type`` with or without ``fr.socles.`` before it and the version behind it: ``dmp.document.registered``.
        """
        return [one for one in self._read(type, subject) if type is None or _is(one.type, type)]

    def expect(
        self,
        *,
        type: str | None = None,  # noqa: A002 - CloudEvents' own word
        subject: str | None = None,
        timeout: float | None = None,
    ) -> Event:
        """The newest event that matches, waited for; see ``all``."""
        __tracebackhide__ = True
        found = self._core.wait(lambda: self.all(type=type, subject=subject), timeout)
        if not found:
            asked = told({"type": type, "subject": subject})
            raise self._core.failed(f"Aucun événement / no event: {asked}", timeout)
        return found[-1]

    def _read(self, wanted: str | None, subject: str | None) -> Iterator[Event]:
        for service in _services(wanted):
            after: Any = None
            while True:
                page = self._core.api.get(f"/_sandbox/{service}/events", limit=_PAGE, subject=subject, after=after)
                yield from map(Event.of, page["items"])
                after = page["next"]
                if after is None:
                    break


def _services(wanted: str | None) -> Iterable[str]:
    """Who emits events of this type."""
    if wanted is None:
        return (*_SERVICES.values(), _OTHERS)
    return (_SERVICES.get(wanted.removeprefix(_PREFIX).partition(".")[0], _OTHERS),)


def _is(found: str, wanted: str) -> bool:
    name, version = found.removeprefix(_PREFIX), wanted.removeprefix(_PREFIX)
    return version in (name, name.rpartition(".")[0])
