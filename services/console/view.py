"""One exchange gathered from the APIs and read: what its page shows. Functions here may take tens of milliseconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from console.labels import verdict
from console.reading.body import Body, assemble
from console.reading.locate import Located, Pointer, Received, locate
from console.reading.message import PART_SHOWN, Kind, Shown, raw_text, read

_ORDER = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Side:
    """The request or the answer."""

    direction: str
    body: Body
    parts: Sequence[Shown]
    raw: str
    unread: bool = False
    """A mail that Python's reader gave up on: raw only."""

    @property
    def main(self) -> Shown | None:
        """The part that carries the message itself."""
        return next((part for part in self.parts if part.kind is Kind.XML), None)


@dataclass(frozen=True, slots=True)
class Place:
    """A finding with its number on the page."""

    number: int
    located: Located

    @property
    def pointer(self) -> Pointer:
        return self.located.pointer


@dataclass(frozen=True, slots=True)
class Group:
    """One rule, and all places of the message where it is broken."""

    rule: Mapping[str, Any]
    places: Sequence[Place]


@dataclass(frozen=True, slots=True)
class View:
    """One exchange, read."""

    entry: Mapping[str, Any]
    verdict_fr: str
    verdict_en: str
    request: Side
    answer: Side
    groups: Sequence[Group]

    @property
    def smtp(self) -> bool:
        return bool(self.entry["protocol"] == "smtp")

    @property
    def dialogue(self) -> Sequence[tuple[str, str, str]]:
        """SMTP: command, argument, reply."""
        replies = [reply for _, reply in self.answer.body.headers]
        commands = self.request.body.headers
        padded = replies + [""] * (len(commands) - len(replies))
        return [(name, value, reply) for (name, value), reply in zip(commands, padded, strict=False)]

    def notes(self, part: Shown) -> dict[int, list[Place]]:
        """Line after which a finding is told → the findings."""
        told: dict[int, list[Place]] = {}
        for group in self.groups:
            for place in group.places:
                if place.located.part is part and place.located.marked:
                    told.setdefault(place.located.marked[-1], []).append(place)
        return told

    def marked(self, part: Shown) -> set[int]:
        """Lines that findings point at."""
        return {
            line
            for group in self.groups
            for place in group.places
            if place.located.part is part
            for line in place.located.marked
        }


def view(entry: Mapping[str, Any], mail: bytes | None) -> View:
    """Read an entry of the journal; ``mail`` is the message that an SMTP entry refers to, when it was fetched."""
    smtp = entry["protocol"] == "smtp"
    request = side("request", entry["request"], smtp, mail)
    answer = side("response", entry["response"], False, None)
    received = Received(request.parts, request.body.headers, smtp)
    told = sorted(entry["findings"], key=lambda finding: _ORDER.get(finding["severity"], 3))
    fr, en = verdict(entry)
    return View(entry, fr, en, request, answer, _grouped([locate(one, received) for one in told]))


def side(direction: str, recorded: Mapping[str, Any], mail: bool, octets: bytes | None) -> Side:
    """One direction; ``octets``, when given, are the whole body, gaps filled."""
    body = assemble(recorded)
    if octets is not None:
        body = replace(body, data=octets, gaps={}, cut=False)
    parts = parts_of(body, mail=mail)
    return Side(direction, body, parts or [], raw_text(body), parts is None)


def parts_of(body: Body, *, mail: bool, limit: int = PART_SHOWN) -> list[Shown] | None:
    """The parts of a body, as ``console.reading.message.read`` gives them; None when it cannot be read."""
    try:
        return read(body, mail=mail, limit=limit)
    except ValueError:
        return None


def _grouped(located: Sequence[Located]) -> list[Group]:
    groups: dict[str, list[Place]] = {}
    for number, one in enumerate(located, 1):
        groups.setdefault(str(one.finding["rule"]), []).append(Place(number, one))
    return [Group(places[0].located.finding, places) for places in groups.values()]
