"""The definitions shipped with the package, read and checked once. A mistake in one stops the service at start."""

import hashlib
from dataclasses import dataclass
from importlib import resources

import yaml
from pydantic import TypeAdapter

from metrics.domain.definitions import AnyDefinition, Definition

_ORDER = ("DMP-SORTIE", "DMP-LL", "DMP-VOL", "DMP-REJET", "MSS-CIT", "MSS-VOL", "INSI-SUCCES")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ADAPTER: TypeAdapter[Definition] = TypeAdapter(AnyDefinition)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All definitions, all versions. Old versions stay and are computed too, for audit (§7.4)."""

    definitions: tuple[Definition, ...]
    fingerprint: str
    """SHA-256 of everything that was read: when it changes, indicators must be rebuilt."""

    def current(self) -> tuple[Definition, ...]:
        """The highest version of each indicator, in catalogue order."""
        newest: dict[str, Definition] = {}
        for definition in self.definitions:
            known = newest.get(definition.id)
            if known is None or known.version < definition.version:
                newest[definition.id] = definition
        return tuple(newest.values())

    def find(self, indicator: str, version: int | None = None) -> Definition | None:
        """One definition; without a version, the current one."""
        if version is None:
            return next((each for each in self.current() if each.id == indicator), None)
        return next((each for each in self.definitions if each.key == (indicator, version)), None)


def parse(texts: list[str]) -> Catalogue:
    """Definitions from YAML texts; raises ``ValueError`` (pydantic's, or for a key given twice)."""
    read = [yaml.load(text, _LOADER) for text in texts]  # noqa: S506 - the safe loader, in C where there is one
    definitions = tuple(_ADAPTER.validate_python(each) for each in read)
    keys = [definition.key for definition in definitions]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise ValueError(f"defined twice: {twice}")
    return Catalogue(definitions, hashlib.sha256("\n---\n".join(texts).encode()).hexdigest())


def shipped() -> Catalogue:
    """The package's own definitions, in the order the page shows them."""
    return _SHIPPED


def _load() -> Catalogue:
    folder = resources.files("metrics") / "definitions"
    files = sorted((each for each in folder.iterdir() if each.name.endswith(".yaml")), key=lambda each: each.name)
    order = {name: rank for rank, name in enumerate(_ORDER)}
    catalogue = parse([each.read_text(encoding="utf-8") for each in files])
    ranked = sorted(catalogue.definitions, key=lambda each: (order.get(each.id, len(order)), each.id, each.version))
    return Catalogue(tuple(ranked), catalogue.fingerprint)


_SHIPPED = _load()
"""Read with the module, before any event loop runs."""
