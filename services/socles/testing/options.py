"""What the plugin is told: command line, then environment (``SOCLES_TESTING_…``), then pytest's ini file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from socles.testing.conformity import DEFAULT, LEVELS
from socles.testing.process import command
from socles.testing.server import Server, address, in_process
from socles.testing.workspace import TIMEOUT

_HELP = {
    "url": "Utiliser le Socles qui tourne à cette adresse / use the Socles that runs at this address",
    "smtp": "Avec --socles-url : son SMTP, hôte:port / with --socles-url: its SMTP, host:port",
    "tls": "Avec --socles-url : son adresse en https / with --socles-url: its https address",
    "mutual": "La même, avec certificat client / the same, with a client certificate",
    "command": "Démarrer Socles par cette commande / start Socles by this command",
    "image": "Démarrer cette image (testcontainers) / start this image",
    "compose": "Démarrer ce fichier Compose (testcontainers) / start this Compose file",
    "fail-on": "Gravité qui fait échouer un test qui passe / severity that fails a passing test: warning, error, never",
    "timeout": "Secondes qu'une attente dure au plus / seconds that an expectation waits at most",
    "report": "Écrire ce que disent les journaux : .sarif ou .xml (JUnit) / write what the journals say",
}


@dataclass(frozen=True, slots=True)
class Options:
    """The plugin's settings."""

    url: str | None = None
    smtp: str | None = None
    tls: str | None = None
    mutual: str | None = None
    command: str | None = None
    image: str | None = None
    compose: Path | None = None
    fail_on: str = DEFAULT
    timeout: float = TIMEOUT
    report: Path | None = None

    @property
    def elsewhere(self) -> bool:
        """In containers or a process of its own: one sandbox for all xdist workers."""
        return self.command is not None or self.image is not None or self.compose is not None

    @contextmanager
    def serving(self) -> Iterator[Server]:
        """The sandbox that they name: an address, containers, or one in this process."""
        if self.url is not None:
            yield address(self.url, self.smtp, self.tls, self.mutual)
            return
        with self._started() as server:
            yield server

    @contextmanager
    def _started(self) -> Iterator[Server]:
        if not self.elsewhere:
            with in_process() as server:
                yield server
            return
        if self.command is not None:
            with command(self.command) as server:
                yield server
            return
        from socles.testing import containers  # testcontainers: an extra

        started = containers.compose(self.compose) if self.compose else containers.image(self.image or "")
        with started as server:
            yield server


def declare(parser: pytest.Parser) -> None:
    """``--socles-…`` and ``socles_…`` in the ini file."""
    group = parser.getgroup("socles", "Socles : INSi, DMP, MSSanté et Pro Santé Connect simulés")
    for name, text in _HELP.items():
        group.addoption(f"--socles-{name}", metavar=name.upper(), help=text)
        parser.addini(_ini(name), text)


def read(config: pytest.Config) -> Options:
    """Raises ``pytest.UsageError`` for what cannot be meant."""
    found = {name: _value(config, name) for name in _HELP}
    ways = [name for name in ("url", "command", "image", "compose") if found[name]]
    if len(ways) > 1:
        raise pytest.UsageError(f"Socles : choisir / choose one of --socles-{', --socles-'.join(ways)}")
    level = found["fail-on"] or DEFAULT
    if level not in LEVELS:
        raise pytest.UsageError(f"--socles-fail-on: {', '.join(LEVELS)}; {level!r}")
    report, compose = _path(config, found["report"]), _path(config, found["compose"])
    if report is not None and report.suffix not in {".sarif", ".xml"}:
        raise pytest.UsageError(f"--socles-report: .sarif, .xml; {report.name!r}")
    try:
        if found["url"]:
            address(found["url"], found["smtp"], found["tls"], found["mutual"])
        timeout = float(found["timeout"] or TIMEOUT)
    except ValueError as error:
        raise pytest.UsageError(f"Socles : {error}") from None
    named = {name: found[name] for name in ("url", "smtp", "tls", "mutual", "command", "image")}
    return Options(**named, compose=compose, fail_on=level, timeout=timeout, report=report)


def _ini(name: str) -> str:
    return f"socles_{name.replace('-', '_')}"


def _value(config: pytest.Config, name: str) -> str | None:
    given = config.getoption(f"--socles-{name}") or os.environ.get(f"SOCLES_TESTING_{name.upper().replace('-', '_')}")
    return str(given or config.getini(_ini(name)) or "") or None


def _path(config: pytest.Config, given: str | None) -> Path | None:
    """Relative to where pytest was called, as on any command line."""
    return config.invocation_params.dir / given if given else None
