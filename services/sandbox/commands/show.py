"""How the commands print: JSON for programs, rich tables and panels for people."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

PLAIN_WIDTH = 160
"""Columns when the output is no terminal: names stay whole."""
_WHOLE = frozenset({"échange", "événement", "identifiant"})
"""Columns of what is copied from the screen into the next command."""
OUTCOME_STYLES = {"accepted": "green", "refused": "red", "fault": "yellow", "error": "bold red", "overload": "magenta"}
OUTCOMES_FR = {
    "accepted": "accepté",
    "refused": "refusé",
    "fault": "panne",
    "error": "erreur interne",
    "overload": "surcharge",
}
SEVERITY_STYLES = {"error": "red", "warning": "yellow", "info": "blue"}


def console(*, stderr: bool = False) -> Console:
    """For people: as wide as the terminal, or wide enough."""
    found = Console(stderr=stderr, highlight=False)
    return found if found.is_terminal else Console(stderr=stderr, highlight=False, width=PLAIN_WIDTH)


def as_json(value: object) -> None:
    """One document."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def as_line(value: object) -> None:
    """One document on a line of its own, at once: for what goes on for ever."""
    print(json.dumps(value, ensure_ascii=False), flush=True)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None) -> None:
    """Cells are data: what looks like markup in them is shown as it is, control characters are not sent."""
    made = Table(title=title, title_justify="left", header_style="bold")
    for name in columns:
        made.add_column(name, no_wrap=name in _WHOLE, overflow="fold")
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Styled) else plain(cell) for cell in row))
    console().print(made)


class Styled(str):
    """A cell that is markup already."""

    __slots__ = ()


def styled(text: object, style: str | None) -> Styled:
    """Text in a style."""
    return Styled(f"[{style}]{plain(text)}[/]" if style else plain(text))


def plain(value: object) -> str:
    """Data in the midst of markup: shown as it is."""
    return "" if value is None else escape(safe(str(value)))


def safe(text: str) -> str:
    """Without the control characters that a terminal obeys."""
    return "".join(mark if mark.isprintable() or mark in "\n\t" else "\ufffd" for mark in text.replace("\r\n", "\n"))


def outcome(value: str) -> Styled:
    return styled(OUTCOMES_FR.get(value, value), OUTCOME_STYLES.get(value))


def moment(text: str) -> str:
    """An instant of the API in local time, to the millisecond."""
    return datetime.fromisoformat(text).astimezone().strftime("%d/%m %H:%M:%S.%f")[:-3]


def exchange_row(entry: dict[str, Any]) -> tuple[object, ...]:
    """A summary as a row of ``EXCHANGE_COLUMNS``."""
    return (
        moment(entry["receivedAt"]),
        entry["service"].removesuffix("_sim"),
        entry["operation"],
        outcome(entry["outcome"]),
        entry["code"] or entry["status"],
        f"{entry['durationMs']:.1f} ms",
        ", ".join(dict.fromkeys(entry["rules"])),
        entry["id"],
    )


EXCHANGE_COLUMNS = ("reçu", "service", "opération", "issue", "code", "durée", "règles", "échange")
