"""The catalogue of an installation: each process knows the faults of its own services, and tells the others of them.

Behind an edge proxy a rule may be asked for at a process that serves another service than the one it is for.
"""

from dataclasses import asdict, fields
from typing import Any, Final

from sqlalchemy import Connection

from socle.control import records
from socle.control.database import ControlDatabase
from socle.control.port import FaultEffect, FaultPoint
from socle.faults import generic  # noqa: F401 - what may happen to any service
from socle.faults.catalogue import CATALOGUE, CatalogueEntry
from socle.rules import Certainty

_FIELDS: Final = frozenset(field.name for field in fields(CatalogueEntry))
"""A newer process may tell of more."""
_PREFIX: Final = "faults."
"""Of the settings that hold it, one for each family of entries."""


def publish(database: ControlDatabase) -> None:
    """Make known what this process knows; writes only where that is new."""
    with database.reading() as connection:
        news = _news(connection)
    if news:
        with database.writing() as connection:
            for name, value in news.items():
                records.keep_setting(connection, name, value)


def _news(connection: Connection) -> dict[str, Any]:
    """The settings that differ from what this process knows."""
    own: dict[str, list[dict[str, Any]]] = {}
    for entry in CATALOGUE:
        own.setdefault(_PREFIX + entry.family, []).append(asdict(entry) | {"operations": list(entry.operations)})
    return {name: value for name, value in own.items() if records.get_setting(connection, name) != value}


def known(connection: Connection) -> dict[str, CatalogueEntry]:
    """Every entry that a process of this installation has told of, by id; this process's own as they are here."""
    found: dict[str, CatalogueEntry] = {}
    for value in records.settings(connection, _PREFIX):
        for one in value:
            found[one["id"]] = _entry(one)
    found |= {entry.id: entry for entry in CATALOGUE}
    return dict(sorted(found.items()))


def _entry(told: dict[str, Any]) -> CatalogueEntry:
    typed = {
        "effect": FaultEffect(told["effect"]),
        "point": FaultPoint(told["point"]),
        "certainty": Certainty(told["certainty"]),
        "operations": tuple(told["operations"]),
    }
    return CatalogueEntry(**{name: value for name, value in (told | typed).items() if name in _FIELDS})
