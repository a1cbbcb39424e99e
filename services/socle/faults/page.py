"""``docs/faults.md``: the catalogue as a page, ``page.md`` and below it what the services registered."""

import re
from collections.abc import Iterable
from importlib.resources import files
from typing import Final

from socle.faults.catalogue import CatalogueEntry
from socle.faults.profiles import Profile
from socle.fidelity import MARKS, table

_FAMILIES: Final = {
    "any": "Any service",
    "insi": "INSi",
    "dmp": "DMP",
    "mss": "MSSanté",
    "psc": "Pro Santé Connect",
}
_PLAIN: Final = re.compile(r"<(?!br>)")


def page(entries: Iterable[CatalogueEntry], profiles: Iterable[Profile]) -> str:
    """The whole page as Markdown; the same entries give the same text."""
    entries = sorted(entries, key=lambda entry: entry.id)
    rows = [(f"`{one.id}`", _both(one.title_en, one.title_fr), MARKS[one.certainty], one.source) for one in profiles]
    head = files("socle.faults").joinpath("page.md").read_text("utf-8")
    parts = [head, "## By profile\n", '`POST /_sandbox/faults/profile` with `{"profile": "slow-monday"}`.\n']
    parts.append(table(("profile", "what", "mark", "source"), rows))
    for family, name in _FAMILIES.items():
        of_it = [entry for entry in entries if entry.family == family]
        parts.append(f"## {name}: {len(of_it)} entries\n")
        parts.append(table(("id", "what", "on the wire", "a good client", "mark, source"), map(_row, of_it)))
    return "\n".join(parts)


def _row(entry: CatalogueEntry) -> tuple[str, ...]:
    return (
        f"`{entry.id}`",
        _both(entry.title_en, entry.title_fr),
        entry.wire,
        _both(entry.client_en, entry.client_fr),
        f"{MARKS[entry.certainty]}<br>{_PLAIN.sub('&lt;', entry.source)}",
    )


def _both(english: str, french: str) -> str:
    return f"{_PLAIN.sub('&lt;', english)}<br>*{_PLAIN.sub('&lt;', french)}*"
