"""The fidelity ledger (D12): ``docs/fidelity.md``, generated from the registered rules and what is served."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from pkgutil import walk_packages

import yaml

from socle.rules import Certainty, Official, Rule

MARKS = {
    Certainty.FAITHFUL: "faithful",
    Certainty.SIMPLIFIED: "simplified",
    Certainty.OURS: "**ours**",
}
"""As generated pages write them."""
_HEAD = """# Fidelity ledger

Generated from the code by `make docs`; do not edit.

Nothing here is the national service. Each operation and each rule says how far it can be trusted:

- *faithful*: seen in a source (a specification, a live capture, a real client);
- *simplified*: based on a source, but less is checked or done than it asks;
- ***ours***: no source could be read. Our own choice, never to be quoted as official.

*National service* says what the real one does with a breach, where a source tells: it *refuses* it, or *tolerates* it
(real clients break the rule and were answered).
"""


@dataclass(frozen=True, slots=True)
class Served:
    """One operation on the real wire."""

    service: str
    operation: str
    """As exchanges and metrics name it."""
    name: str
    path: str
    certainty: Certainty
    source: str
    note: str = ""


@cache
def served() -> tuple[Served, ...]:
    """What ``fidelity.yaml`` lists, in its order."""
    text = files("socle").joinpath("fidelity.yaml").read_text("utf-8")
    return tuple(Served(**{**entry, "certainty": Certainty(entry["certainty"])}) for entry in yaml.safe_load(text))


def import_rules(packages: Sequence[str]) -> None:
    """Import every module of ``packages``, ``__main__`` and migrations apart, so that all rules are registered."""
    for package in packages:
        for module in walk_packages(import_module(package).__path__, f"{package}."):
            if "__main__" not in module.name and ".migrations" not in module.name and ".alembic" not in module.name:
                import_module(module.name)


def page(rules: Iterable[Rule], operations: Iterable[Served]) -> str:
    """The whole page as Markdown. Pure: the same rules give the same text."""
    rules, operations = sorted(rules, key=lambda rule: rule.id), tuple(operations)
    parts = [_HEAD, _totals(rules, operations), "## Operations\n", _operations(operations), "## Rules\n"]
    for service in dict.fromkeys(rule.service for rule in rules):
        parts.append(f"### `{service}`\n")
        parts.append(_rules(rule for rule in rules if rule.service == service))
    return "\n".join(parts)


def _totals(rules: Sequence[Rule], operations: Sequence[Served]) -> str:
    rows = [
        (
            MARKS[mark],
            str(sum(operation.certainty is mark for operation in operations)),
            str(sum(rule.certainty is mark for rule in rules)),
        )
        for mark in Certainty
    ]
    return table(("mark", "operations", "rules"), rows)


def _operations(operations: Iterable[Served]) -> str:
    head = ("operation", "where", "mark", "source", "what differs")
    return table(head, [(o.name, f"`{o.path}`", MARKS[o.certainty], o.source, o.note) for o in operations])


def _rules(rules: Iterable[Rule]) -> str:
    head = ("rule", "what is checked", "mark", "severity", "refuses with", "national service", "source")
    return table(
        head,
        [
            (
                f"`{rule.id}`",
                f"{rule.title_en}<br>*{rule.title_fr}*",
                MARKS[rule.certainty],
                f"{rule.severity.value}{', always refuses' if rule.structural else ''}",
                f"`{rule.error_code}`" if rule.error_code else "",
                "" if rule.official is Official.UNKNOWN else rule.official.value,
                f"{rule.source} {rule.source_version}".strip(),
            )
            for rule in rules
        ],
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; bars and line ends in cells are taken care of."""
    lines = [_row(head), _row(["---"] * len(head)), *map(_row, rows)]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
