"""The pytest plugin: fixtures, a readable failure, the linter, the report."""

from collections.abc import Generator, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest

from socles.testing import options, report
from socles.testing.conformity import LEVELS, judge
from socles.testing.dmp import Dmp
from socles.testing.events import Events
from socles.testing.failure import ExpectationFailed, block
from socles.testing.indicators import Indicators
from socles.testing.insi import Insi
from socles.testing.mss import Mss
from socles.testing.server import Server, address
from socles.testing.workspace import Socles, create, drop

_OPTIONS = pytest.StashKey[options.Options]()
_SHARED = pytest.StashKey[ExitStack]()
_SHARED_SERVER = pytest.StashKey[Server]()
_WORKSPACE = pytest.StashKey[Socles]()
_FAILED = pytest.StashKey[bool]()
_SHOWN = pytest.StashKey[bool]()
"""The failure itself says what the exchanges were."""
_MARK = (
    "socles(allow, fail_on, strictness): règles que ce test enfreint exprès, gravité qui le fait échouer, rigueur / "
    "rules this test breaks on purpose, severity that fails it, strictness of its workspace"
)
_KNOWN = {"allow", "fail_on", "strictness"}


def pytest_addoption(parser: pytest.Parser) -> None:
    options.declare(parser)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", _MARK)
    chosen = config.stash[_OPTIONS] = options.read(config)
    config.stash[_SHARED] = ExitStack()
    if chosen.report is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(report.Collector(chosen.report), "socles-report")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """xdist's controller, before a worker starts: what all of them use is started here, once."""
    config: pytest.Config = node.config
    chosen = config.stash[_OPTIONS]
    if not chosen.elsewhere:
        return
    if _SHARED_SERVER not in config.stash:
        try:
            config.stash[_SHARED_SERVER] = config.stash[_SHARED].enter_context(chosen.serving())
        except (ImportError, OSError, RuntimeError) as error:
            pytest.exit(f"Socles : {error}", returncode=pytest.ExitCode.USAGE_ERROR)
    server = config.stash[_SHARED_SERVER]
    node.workerinput["socles"] = [server.url, f"{server.smtp[0]}:{server.smtp[1]}", server.tls, server.mutual]


def pytest_unconfigure(config: pytest.Config) -> None:
    if _SHARED in config.stash:
        config.stash[_SHARED].close()


@pytest.fixture(scope="session")
def socles_server(pytestconfig: pytest.Config) -> Iterator[Server]:
    """The sandbox: started at the first test that wants it, once for each xdist worker, or the one that was named."""
    shared = getattr(pytestconfig, "workerinput", {}).get("socles")
    if shared is not None:
        yield replace(address(*shared), outlives=False)
        return
    with pytestconfig.stash[_OPTIONS].serving() as server:
        yield server


@pytest.fixture(scope="session")
def _socles_client(socles_server: Server) -> Iterator[httpx.Client]:
    with socles_server.client() as client:
        try:
            client.get("/_sandbox/health").raise_for_status()
        except httpx.HTTPError as error:
            pytest.fail(f"Aucun Socles à / no Socles at {socles_server.url}: {error}", pytrace=False)
        yield client


@pytest.fixture
def socles(request: pytest.FixtureRequest, socles_server: Server, _socles_client: httpx.Client) -> Iterator[Socles]:
    """One workspace of a sandbox, empty and the test's own."""
    node = request.node
    made = create(
        socles_server,
        _socles_client,
        label=request.node.name,
        timeout=request.config.stash[_OPTIONS].timeout,
        strictness=_marked(node, "strictness") or "official",
    )
    node.stash[_WORKSPACE] = made
    yield made
    del node.stash[_WORKSPACE]
    if not (socles_server.outlives and node.stash.get(_FAILED, False)):  # to be looked at, for an hour
        drop(_socles_client, made.name)


@pytest.fixture
def dmp(socles: Socles) -> Dmp:
    """The DMP of the test's workspace."""
    return socles.dmp


@pytest.fixture
def mss(socles: Socles) -> Mss:
    """MSSanté of the test's workspace."""
    return socles.mss


@pytest.fixture
def insi(socles: Socles) -> Insi:
    """INSi of the test's workspace."""
    return socles.insi


@pytest.fixture
def indicators(socles: Socles) -> Indicators:
    """The indicators of the test's workspace."""
    return socles.indicators


@pytest.fixture
def events(socles: Socles) -> Events:
    """The events of the test's workspace."""
    return socles.events


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """After a passing test: does what it sent conform?"""
    result = yield
    made = item.stash.get(_WORKSPACE, None)
    if made is not None:
        level = _marked(item, "fail_on") or item.config.stash[_OPTIONS].fail_on
        found = judge(made.core, level, _marked(item, "allow") or ())
        if found is not None:
            item.stash[_SHOWN] = True
            pytest.fail(found, pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows what its workspace saw; for ``--socles-report`` each test hands in what its journal says."""
    told = yield
    made = item.stash.get(_WORKSPACE, None)
    if made is None:
        return told
    try:
        if told.failed:
            item.stash[_FAILED] = True
            if not (item.stash.get(_SHOWN, False) or (call.excinfo and call.excinfo.errisinstance(ExpectationFailed))):
                told.sections.append(("Socles", block(made.name, list(made.core.journal.find()))))
        chosen = item.config.stash[_OPTIONS]
        if told.when == "call" and chosen.report is not None:
            report.attach(told, made.core.api, chosen.report, chosen.fail_on)
    except httpx.HTTPError as error:  # the sandbox is gone: the test's own failure is what matters
        told.sections.append(("Socles", f"Le bac à sable ne répond plus / the sandbox does not answer: {error}"))
    return told


def _marked(item: pytest.Item, name: str) -> Any:
    """What ``@pytest.mark.socles`` says; the closest mark wins, but what is allowed adds up."""
    found = [mark.kwargs for mark in item.iter_markers("socles")]
    for mark in found:
        if unknown := sorted(mark.keys() - _KNOWN):
            raise pytest.UsageError(f"@pytest.mark.socles : {', '.join(unknown)} ? ({', '.join(sorted(_KNOWN))})")
    if name == "allow":
        return [rule for mark in found for rule in mark.get("allow", ())]
    value = next((mark[name] for mark in found if name in mark), None)
    if name == "fail_on" and value not in (None, *LEVELS):
        raise pytest.UsageError(f"@pytest.mark.socles(fail_on={value!r}): {', '.join(LEVELS)}")
    return value
