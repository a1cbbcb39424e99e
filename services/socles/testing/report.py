"""``--socles-report``: what the journals of all workspaces say, in one file for CI."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from socles.testing.api import NOT_FOUND, Api, Refused

_PATH = "/_sandbox/exchanges/report"
_RUN = "socles/pytest/"
"""Stable, so that a code scanning service knows what a run replaces; workspaces have other names each time."""
_FORMATS = {".sarif": "sarif", ".xml": "junit"}


def attach(told: pytest.TestReport, api: Api, path: Path, level: str) -> None:
    """Hand a workspace's part to whoever collects, which under xdist is another process.

    ``level`` is ``--socles-fail-on``: what fails a test fails its case in JUnit, too.
    """
    least = "warning" if level == "warning" else "error"
    try:
        part = api.read(_PATH, format=_FORMATS[path.suffix], failOn=least)
    except Refused as refused:
        if refused.status == NOT_FOUND:  # a sandbox older than the kit
            return
        raise
    told.__dict__["socles"] = part.decode()


class Collector:
    """Gathers the parts, writes the file at the end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parts: list[tuple[str, str]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        part = getattr(report, "socles", None)
        if part is not None:
            self._parts.append((report.nodeid, part))

    def pytest_sessionfinish(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        merge = merged_sarif if self._path.suffix == ".sarif" else merged_junit
        self._path.write_text(merge(self._parts), encoding="utf-8")

    # quoted: pytest 8.0 knows no such name
    def pytest_terminal_summary(self, terminalreporter: "pytest.TerminalReporter") -> None:
        terminalreporter.write_line(f"Socles : {self._path} ({len(self._parts)} espaces / workspaces)")


def merged_sarif(parts: list[tuple[str, str]]) -> str:
    """One run: code scanning services take few runs in a file. Each result says which test it is from."""
    whole: dict[str, Any] | None = None
    for nodeid, text in parts:
        one = json.loads(text)
        run = one["runs"][0]
        for result in run["results"]:
            result.pop("ruleIndex", None)  # of another list of rules
            result.setdefault("properties", {})["test"] = nodeid
        if whole is None:
            whole = one
            run["automationDetails"] = {"id": _RUN}
            continue
        into = whole["runs"][0]
        into["results"] += run["results"]
        rules = into["tool"]["driver"].setdefault("rules", [])
        known = {rule["id"] for rule in rules}
        rules += [rule for rule in run["tool"]["driver"].get("rules", ()) if rule["id"] not in known]
    return json.dumps(whole or {"version": "2.1.0", "runs": []}, ensure_ascii=False, indent=1)


def merged_junit(parts: list[tuple[str, str]]) -> str:
    """One ``testsuite`` for each test, named after it."""
    whole = ElementTree.Element("testsuites", name="socles")
    for nodeid, text in parts:
        root = ElementTree.fromstring(text)  # noqa: S314 - from our own sandbox
        for suite in root.iter("testsuite"):
            suite.set("name", nodeid)
            whole.append(suite)
    return ElementTree.tostring(whole, encoding="unicode", xml_declaration=True)
