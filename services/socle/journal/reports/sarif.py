"""SARIF 2.1.0: each finding of each exchange as a result, each rule with its help (OASIS SARIF 2.1.0)."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from socle.journal.reports.words import Verdict
from socle.rules import Severity

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR.value: "error", Severity.WARNING.value: "warning", Severity.INFO.value: "note"}


def sarif(verdicts: Iterable[Verdict], *, workspace: str, links: str, version: str) -> bytes:
    """The report, newest exchange first. ``links`` is what an exchange's id is put behind."""
    rules: list[dict[str, Any]] = []
    index: dict[str, int] = {}
    results = []
    for verdict in verdicts:
        for finding in verdict["findings"]:
            if finding["rule"] not in index:
                index[finding["rule"]] = len(rules)
                rules.append(_rule(finding))
            results.append(_result(verdict, finding, index[finding["rule"]], links + verdict["id"]))
    driver = {"name": "Socles", "version": version, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"socles/{workspace}/"},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return msgspec.json.format(msgspec.json.encode({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}), indent=1)


def _rule(finding: Mapping[str, Any]) -> dict[str, Any]:
    fr, en, remedy = finding["titleFr"], finding["titleEn"], finding["remedy"]
    source = f"{finding['source']} {finding['sourceVersion']}".strip()
    return {
        "id": finding["rule"],
        "shortDescription": {"text": f"{fr} / {en}"},
        "help": {
            "text": f"{fr}\nRemède : {remedy}\n{en}\nSource: {source} ({finding['certainty']})",
            "markdown": f"**{fr}**\n\n{remedy}\n\n*{en}*\n\nSource: {source} ({finding['certainty']})",
        },
        "defaultConfiguration": {"level": _LEVELS[finding["severity"]]},
        "properties": {
            "tags": [finding["rule"].partition(".")[0]],
            "certainty": finding["certainty"],
            "official": finding["official"],
        },
    }


def _result(verdict: Verdict, finding: Mapping[str, Any], index: int, link: str) -> dict[str, Any]:
    told = [finding["titleFr"], f"attendu : {finding['expected']}", f"reçu : {finding['found']}"]
    text = " — ".join(part for part in told if not part.endswith(": "))
    operation = f"{verdict['service']}/{verdict['operation']}"
    physical: dict[str, Any] = {"artifactLocation": {"uri": f"{link}/request"}}
    if finding["line"]:
        physical["region"] = {"startLine": finding["line"]}
    place = f"{operation}{finding['where'] if finding['where'].startswith('/') else '/' + finding['where']}"
    logical = {"fullyQualifiedName": place, "kind": "element"}
    if finding["part"]:
        logical["name"] = finding["part"]
    same = "\0".join([finding["rule"], operation, finding["where"]])
    return {
        "ruleId": finding["rule"],
        "ruleIndex": index,
        "level": _LEVELS[finding["severity"]],
        "message": {"text": text},
        "locations": [{"physicalLocation": physical, "logicalLocations": [logical]}],
        "partialFingerprints": {"socles/v1": hashlib.sha256(same.encode("utf-8", "replace")).hexdigest()[:32]},
        "hostedViewerUri": link,
        "properties": {"exchange": verdict["id"], "outcome": verdict["outcome"], "receivedAt": verdict["receivedAt"]},
    }
