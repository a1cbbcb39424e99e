"""Ways to break a sound WS_INS2 request, each with the one rule that it breaks; and ways that break nothing.

The letters to change are drawn anew for each case, so that one mutator makes as many cases as there are requests.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random

from support.insi import HEADER_BLOCKS, blocks, body, message


@dataclass(frozen=True, slots=True)
class Said:
    """One request: its traits, and how the client lays it out."""

    name: str
    given: tuple[str, ...]
    """One for each ``Prenom``."""
    sex: str
    born: str
    place: str | None = None
    prefix: str = "ins"
    order: tuple[str, ...] = HEADER_BLOCKS
    headers: Mapping[str, object] = field(default_factory=dict)
    """Arguments of ``support.insi.blocks``."""
    soap: str | None = None
    edits: tuple[tuple[str, str], ...] = ()
    """What stands in the message → what stands there instead; it must be there."""

    def raw(self) -> bytes:
        content = body(self.name, self.given, self.sex, self.born, self.place, prefix=self.prefix)
        more = {"soap": self.soap} if self.soap else {}
        text = message(content, blocks(**self.headers), self.order, **more).decode()  # type: ignore[arg-type]
        for before, after in self.edits:
            assert before in text, (before, text)
            text = text.replace(before, after, 1)
        return text.encode()

    def edited(self, before: str, after: str) -> "Said":
        return replace(self, edits=(*self.edits, (before, after)))

    def told(self, **headers: object) -> "Said":
        return replace(self, headers={**self.headers, **headers})

    def element(self, name: str) -> str:
        """Its opening tag."""
        return f"<{self.prefix}:{name}>" if self.prefix else f"<{name}>"

    def whole(self, name: str, text: str) -> str:
        """The element as it stands in the body."""
        return f"{self.element(name)}{text}{self.element(name).replace('<', '</')}"


Change = Callable[[Said, Random], Said]


@dataclass(frozen=True, slots=True)
class Mutator:
    """``rule`` None: the request is as good as before."""

    name: str
    rule: str | None
    change: Change
    also: tuple[str, ...] = ()
    """Rules that cannot but break with it."""


def inserted(*pieces: str) -> Callable[[str, Random], str]:
    """A piece between two letters."""

    def put(text: str, roll: Random) -> str:
        places = [at for at in range(1, len(text)) if text[at - 1].isalpha() and text[at].isalpha()]
        at = roll.choice(places)
        return text[:at] + roll.choice(pieces) + text[at:]

    return put


def swapped(pieces: str) -> Callable[[str, Random], str]:
    """Another character in a letter's place."""

    def put(text: str, roll: Random) -> str:
        at = roll.choice([at for at, char in enumerate(text) if char.isalpha()])
        return text[:at] + roll.choice(pieces) + text[at + 1 :]

    return put


def lowered(text: str, roll: Random) -> str:
    at = roll.choice([at for at, char in enumerate(text) if char.isalpha()])
    return text[:at] + text[at].lower() + text[at + 1 :]


def in_name(change: Callable[[str, Random], str]) -> Change:
    return lambda said, roll: replace(said, name=change(said.name, roll))


def in_given(change: Callable[[str, Random], str]) -> Change:
    """In the last ``Prenom``."""
    return lambda said, roll: replace(said, given=(*said.given[:-1], change(said.given[-1], roll)))


def born(*forms: str) -> Change:
    """``{y}``, ``{m}``, ``{d}``: of the right date."""

    def change(said: Said, roll: Random) -> Said:
        year, month, day = said.born.split("-")
        return replace(said, born=roll.choice(forms).format(y=year, m=month, d=day))

    return change


def without(name: str) -> Change:
    """Absent or empty."""

    def change(said: Said, roll: Random) -> Said:
        sent = {"NomNaissance": said.name, "Sexe": said.sex, "DateNaissance": said.born}[name]
        whole = said.whole(name, sent.replace("&", "&amp;"))
        return said.edited(whole, roll.choice(("", said.whole(name, ""))))

    return change


def context(name: str, piece: str, *others: str) -> Change:
    """``piece`` of a context block, gone or otherwise."""

    def change(said: Said, roll: Random) -> Said:
        return said.edited(piece, roll.choice(("", *others)))

    return change
