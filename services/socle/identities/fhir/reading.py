"""FHIR Patients, alone, in a Bundle or a line each, read without trusting them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from socle.identities.checking import Draft
from socle.identities.fhir.draft import PatientReader
from socle.identities.problem import Problem, refused

MOST_PATIENTS: Final = 20_000
"""Of a file; ours."""
_BUNDLES: Final = frozenset({"collection", "searchset", "transaction", "batch", "document", "message", "history"})


@dataclass(slots=True)
class Patients:
    """What a file held; ``problems`` are of the resources that are no drafts, ``remarks`` refuse nothing."""

    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)


def read(data: bytes, *, lines: bool = False, transliterate: bool = False) -> Patients:
    """``lines``: NDJSON. Raises ``NotTaken`` for what is no FHIR at all."""
    found = Patients()
    for where, resource in _resources(data, lines):
        if resource.get("resourceType") != "Patient":
            kind = str(resource.get("resourceType"))[:40]
            fr, en = f"Ressource {kind} ignorée.", f"Resource {kind} passed over."
            found.remarks.append(Problem(where, "resource.other", fr, en))
            continue
        reader = PatientReader(resource, where, transliterate=transliterate)
        draft = reader.draft()
        found.problems += reader.problems
        found.remarks += reader.remarks
        if draft is not None:
            found.drafts.append(draft)
        if len(found.drafts) > MOST_PATIENTS:
            text_fr, text = f"Plus de {MOST_PATIENTS} patients.", f"More than {MOST_PATIENTS} patients."
            raise refused("file.rows", text_fr, text, status=413)
    if not found.drafts and not found.problems:
        raise refused("file.empty", "Aucun Patient dans ce fichier.", "No Patient in this file.")
    return found


def _resources(data: bytes, lines: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """(FHIRPath, resource)."""
    if lines:
        for number, line in enumerate(data.splitlines(), 1):
            if line.strip():
                yield from _unfolded(_parsed(line, f"ligne {number}"), f"ligne {number} : ")
        return
    yield from _unfolded(_parsed(data, ""), "")


def _unfolded(resource: dict[str, Any], before: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if resource.get("resourceType") != "Bundle":
        yield f"{before}{resource.get('resourceType') or 'Patient'}", resource
        return
    kind, entries = resource.get("type"), resource.get("entry", [])
    if kind not in _BUNDLES or not isinstance(entries, list):
        raise refused("bundle.type", "Bundle sans type ou sans liste entry.", "A Bundle without type or entries.")
    for number, entry in enumerate(entries):
        found = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(found, dict):
            yield f"{before}Bundle.entry[{number}].resource", found


def _parsed(data: bytes, where: str) -> dict[str, Any]:
    try:
        found = json.loads(data.decode("utf-8-sig"), parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        why = " ".join(str(error).split())[:200]
        raise refused("file.json", f"JSON illisible : {why}", f"Unreadable JSON: {why}", where=where) from None
    if not isinstance(found, dict) or not isinstance(found.get("resourceType"), str):
        text_fr, text = "Aucune ressource FHIR (resourceType absent).", "No FHIR resource: resourceType is missing."
        raise refused("file.resource", text_fr, text, where=where)
    return found


def _constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")
