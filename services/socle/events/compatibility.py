"""Whether a changed schema still serves readers and writers of the old one.

Events are kept for ever and replayed: what was written under the old schema must be readable under the new one, and
readers of the old one must understand what is written now. So, within a version, fields may only be added, as optional.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]


def breaches(old: Schema, new: Schema) -> list[str]:
    """What is incompatible, in words; empty means compatible."""
    return list(_object(old, new, old, new, ""))


def _object(old: Schema, new: Schema, old_root: Schema, new_root: Schema, where: str) -> Iterator[str]:
    before: Mapping[str, Any] = old.get("properties", {})
    now: Mapping[str, Any] = new.get("properties", {})
    for name in before.keys() - now.keys():
        yield f"{where}{name}: removed (or renamed)"
    for name in now.keys() - before.keys():
        if name in new.get("required", ()):
            yield f"{where}{name}: new and required: events already written do not have it"
    for name in sorted(before.keys() & now.keys()):
        if name in new.get("required", ()) and name not in old.get("required", ()):
            yield f"{where}{name}: was optional and is required now"
        if name in old.get("required", ()) and name not in new.get("required", ()):
            yield f"{where}{name}: was required and is optional now: old readers refuse events without it"
        yield from _value(before[name], now[name], old_root, new_root, f"{where}{name}")


def _value(old: Schema, new: Schema, old_root: Schema, new_root: Schema, where: str) -> Iterator[str]:
    old, new = _resolved(old, old_root), _resolved(new, new_root)
    before, now = _types(old, old_root), _types(new, new_root)
    if before != now:
        yield f"{where}: type {' | '.join(sorted(before))} became {' | '.join(sorted(now))}"
    for keyword in ("enum", "const", "minimum", "maximum", "exclusiveMinimum", "minLength", "maxLength", "pattern"):
        if _strip(old, old_root).get(keyword) != _strip(new, new_root).get(keyword):
            yield f"{where}: {keyword} changed"
    if "properties" in old and "properties" in new:
        yield from _object(old, new, old_root, new_root, f"{where}.")
    if "items" in old and "items" in new:
        yield from _value(old["items"], new["items"], old_root, new_root, f"{where}[]")


def _resolved(schema: Schema, root: Schema) -> Schema:
    """Follow a reference into ``$defs``."""
    reference = schema.get("$ref")
    if isinstance(reference, str):
        found: Schema = root["$defs"][reference.removeprefix("#/$defs/")]
        return found
    return schema


def _types(schema: Schema, root: Schema) -> set[str]:
    """The JSON types and formats a value may have."""
    schema = _resolved(schema, root)
    if "anyOf" in schema:
        return set().union(*(_types(each, root) for each in schema["anyOf"]))
    kind = schema.get("type", "any")
    form = schema.get("format")
    return {f"{kind}({form})" if form else str(kind)}


def _strip(schema: Schema, root: Schema) -> Schema:
    """Of ``X | null``, X; else the schema itself."""
    kinds = [_resolved(each, root) for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    return kinds[0] if len(kinds) == 1 else schema
