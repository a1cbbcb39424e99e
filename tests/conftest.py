"""Shared by all suites: reference documents, a guard against a blocked event loop, no silent skips in CI."""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from blockbuster import BlockBuster, blockbuster_ctx
from hypothesis import settings

from socle.journal import store as journal

pytest_plugins = [
    "pytester",
    "support.kafka",
    "support.postgres",
    "support.databases",
    "support.lanes",
    "support.rule_table",
]

IN_CI = os.environ.get("CI", "").lower() == "true"
ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ["socle", "ins_sim", "dmp_sim", "mss_sim", "psc_sim", "metrics", "sandbox"]
collect_ignore = ["foreign"]  # a project of its own, with its own virtual environment: see e2e/test_foreign.py


# a busy machine is no fault of the code; in CI hypothesis has no deadline of its own accord
if not IN_CI:
    settings.register_profile("patient", deadline=None)
    settings.load_profile("patient")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real CDA documents, value sets and schemas; they are never part of the project."""
    folder = Path(os.environ.get("SOCLES_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        message = f"reference data absent: {folder} (set SOCLES_SHARED_DATA to the folder that holds cda/ and xsd/)"
        if IN_CI:
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture(autouse=True, scope="session")
def patience() -> Iterator[None]:
    """Where a test says nothing, five seconds for an answer, and two for whoever looks for an exchange that the journal
    is about to write, are no promise of ours: other suites keep the machine and its disk busy meanwhile.
    """
    with pytest.MonkeyPatch.context() as here:
        for wait in ("connect", "read", "write", "pool"):
            here.setattr(httpx._config.DEFAULT_TIMEOUT_CONFIG, wait, 30.0)
        here.setattr(journal, "_FLUSH_SECONDS", 20.0)
        yield


@pytest.fixture(autouse=True)
def blocked_loop_guard(request: pytest.FixtureRequest) -> Iterator[BlockBuster | None]:
    """Fail an integration test in which our own code blocks the event loop."""
    if "integration" not in request.path.parts:
        yield None
        return
    with blockbuster_ctx(scanned_modules=PACKAGES) as guard:
        yield guard


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was skipped and why."""
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        terminalreporter.write_line(f"SKIPPED, NOT TESTED HERE: {report.nodeid}: {reason}", red=True, bold=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failed run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
