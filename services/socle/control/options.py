"""Options of a workspace: who reads one says here what it may be, so that a misspelt one is refused when it is set.

A process knows the options of its own services and of the ground; what may be another's is let through.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final


@dataclass(frozen=True, slots=True)
class Option:
    """What it may be: for people, in French and in English, and for programs."""

    allowed_fr: str
    allowed: str
    accepts: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Wrong:
    """An option that would have no effect."""

    name: str
    message_fr: str
    message: str


_KNOWN: Final[dict[str, Option]] = {}
_LONGEST: Final = 60


def one_of(name: str, values: Iterable[str], *, any_case: bool = False) -> None:
    """One of these; the empty value, where it is one of them, is as if the option were not set."""
    known = tuple(values)
    told = ", ".join(filter(None, known))
    lower = {value.lower() for value in known}
    _KNOWN[name] = Option(
        told, told, (lambda said: said.strip().lower() in lower) if any_case else (lambda said: said in known)
    )


def number(name: str, within: range) -> None:
    """A whole number."""
    first, last = within[0], within[-1]
    _KNOWN[name] = Option(f"{first} à {last}", f"{first} to {last}", lambda said: read_number(said, within) is not None)


def read_number(said: str, within: range) -> int | None:
    """The number that stands there; None: none that is admitted."""
    if said.isascii() and said.isdigit() and len(said) < 10 and int(said) in within:
        return int(said)
    return None


def anything(name: str) -> None:
    """Any text."""
    _KNOWN[name] = Option("tout texte", "any text", lambda said: True)


def wrong(options: Mapping[str, str]) -> list[Wrong]:
    """Those that cannot be read, and names that nobody knows but that begin like known ones."""
    families = {name.partition(".")[0] for name in _KNOWN}
    found = []
    for name, said in options.items():
        option = _KNOWN.get(name)
        if option is None:
            if name.partition(".")[0] in families:
                found.append(_unknown(name))
        elif not option.accepts(said):
            shown = said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"
            found.append(
                Wrong(
                    name,
                    f"« {shown} » n'est pas admis ; admis : {option.allowed_fr}",
                    f"'{shown}' is not allowed; allowed: {option.allowed}",
                )
            )
    return found


def _unknown(name: str) -> Wrong:
    near = ", ".join(get_close_matches(name, _KNOWN, n=1))
    return Wrong(
        name,
        "option inconnue" + f" ; peut-être {near}" * bool(near),
        "unknown option" + f"; perhaps {near}" * bool(near),
    )
