"""A real PostgreSQL for tests: a foreign one (``SOCLES_TEST_DATABASE_URL``) or a private one, with fresh databases.

Fixtures: ``postgres_url`` (a fresh database for each test), ``postgres_module_url`` (one for each module) and
``postgres_server`` (a private server that the test may stop, kill and start again).
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

_GIVEN = "SOCLES_TEST_DATABASE_URL"
_USER, _PASSWORD = "socles", "secret"
_INITDB = ("-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
_CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = '64MB'
fsync = on
log_min_messages = warning
log_line_prefix = '%m %a '
"""


class NoPostgres(RuntimeError):
    """No server programs here, and no URL given."""


class PostgresServer:
    """A private server on a free port of the loopback address; its data goes when it is closed."""

    def __init__(self) -> None:
        self._bin = _programs()
        self.folder = Path(tempfile.mkdtemp(prefix="socles-pg-"))
        self._as = {"user": "postgres", "group": "postgres", "extra_groups": []} if _is_root() else {}
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._make()

    def url(self, database: str = "postgres") -> str:
        """Of a database in this server."""
        return f"postgresql://{_USER}:{_PASSWORD}@127.0.0.1:{self.port}/{database}"

    @property
    def log(self) -> str:
        """What the server said so far."""
        return (self.folder / "log").read_text("utf-8", "replace")

    def _make(self) -> None:
        data, password = self.folder / "data", self.folder / "password"
        data.mkdir()
        password.write_text(_PASSWORD)
        if self._as:
            for path in (self.folder, data, password):
                shutil.chown(path, "postgres", "postgres")
        subprocess.run(
            [self._bin / "initdb", "-D", data, "-U", _USER, "--pwfile", password, *_INITDB],
            check=True,
            capture_output=True,
            cwd=self.folder,
            **self._as,  # type: ignore[call-overload]
        )
        with (data / "postgresql.conf").open("a") as file:
            file.write(f"{_CONFIGURATION}\nport = {self.port}\n")

    def start(self) -> None:
        """Start, and wait until it answers; recovery after a crash included."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self.folder / "data"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                **self._as,  # type: ignore[call-overload]
            )
        until = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.url(), connect_timeout=5).close()
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"PostgreSQL did not start: {self.log}") from None
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """An orderly end: sessions are told, nothing is lost."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """As if the machine lost its power: no checkpoint; what was committed must come back from the log."""
        self._end(signal.SIGQUIT)

    def restart(self, *, crash: bool = False) -> None:
        """Down and up again on the same port."""
        self.kill() if crash else self.stop()
        self.start()

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._process = None

    def close(self) -> None:
        """Stop for good and remove everything."""
        self._end(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)


def _programs() -> Path:
    places = [
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True),
        *(Path(found).parent for name in ("pg_ctl", "postgres") if (found := shutil.which(name))),
    ]
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place.resolve()
    raise NoPostgres(f"PostgreSQL absent: set {_GIVEN} to a URL that may create databases, or install its server")


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def private_server() -> Iterator[PostgresServer]:
    """A started server of one's own, for what must not disturb others. Raises :class:`NoPostgres`."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.close()


@contextmanager
def fresh_database(admin_url: str) -> Iterator[str]:
    """A new, empty database in the server of ``admin_url``; gives its URL, and drops it at the end."""
    name = f"t_{secrets.token_hex(6)}"
    _run(admin_url, "CREATE DATABASE {}", name)
    try:
        yield _with_database(admin_url, name)
    finally:
        with suppress(psycopg.OperationalError):  # a test may have left the server down
            _run(admin_url, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _run(url: str, statement: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))  # type: ignore[arg-type]


def _with_database(url: str, name: str) -> str:
    parts = conninfo_to_dict(url)
    password = f":{parts['password']}" if parts.get("password") else ""
    return f"postgresql://{parts.get('user', '')}{password}@{parts['host']}:{parts.get('port', 5432)}/{name}"


@pytest.fixture(scope="session")
def _private_postgres() -> Iterator[PostgresServer]:
    try:
        with private_server() as server:
            yield server
    except NoPostgres as absent:
        _absent(str(absent))


@pytest.fixture
def postgres_server(_private_postgres: PostgresServer) -> Iterator[PostgresServer]:
    """A private server that may be stopped and killed; it is up again after the test."""
    yield _private_postgres
    _private_postgres.stop()
    _private_postgres.start()


@pytest.fixture(scope="session")
def postgres_admin_url(request: pytest.FixtureRequest) -> str:
    """A server in which databases may be made."""
    given = os.environ.get(_GIVEN)
    if given:
        return given
    server: PostgresServer = request.getfixturevalue("_private_postgres")
    return server.url()


@pytest.fixture
def postgres_url(postgres_admin_url: str) -> Iterator[str]:
    """A fresh database for this test."""
    with fresh_database(postgres_admin_url) as url:
        yield url


@pytest.fixture(scope="module")
def postgres_module_url(postgres_admin_url: str) -> Iterator[str]:
    """A fresh database for this module."""
    with fresh_database(postgres_admin_url) as url:
        yield url


def _absent(message: str) -> None:
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(message)
    pytest.skip(message)
