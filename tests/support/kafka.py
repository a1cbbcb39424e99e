"""A real Apache Kafka for tests: one that is named, one started by the ``kafka`` command, or a container.

- ``SOCLES_TEST_KAFKA_BOOTSTRAP`` names a broker: its ``socles.*`` topics are deleted between tests;
- else the command ``kafka`` (``start``, ``kill``, ``again``, ``stop`` with a port), when it is on the PATH;
- else a container of the image that the product's Compose file uses.

``kafka_broker`` is shared by the session and emptied for each test; ``mortal_broker`` is a test module's own, to be
killed and started again. Without any broker the tests are skipped, loudly; with CI=true they fail.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from typing import Any, NoReturn, Protocol

import pytest

from support.kafka_emptied import delete_topics

IMAGE = "apache/kafka:4.1.0"
IN_CI = os.environ.get("CI", "").lower() == "true"


class Broker(Protocol):
    """A broker that can be made to fail."""

    @property
    def bootstrap(self) -> str:
        """``host:port``."""
        ...

    def kill(self) -> None:
        """SIGKILL; its data stay."""
        ...

    def again(self) -> None:
        """Start it on the data it left; returns when it takes connections."""
        ...

    def stop(self) -> None:
        """For good."""
        ...

    def tool(self, name: str, *arguments: str) -> str:
        """Run one of Kafka's own tools by its class; gives what it printed."""
        ...


class CommandBroker:
    """Made by the ``kafka`` command."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self.bootstrap = f"127.0.0.1:{self.port}"
        self._run("start")

    def kill(self) -> None:
        self._run("kill")

    def again(self) -> None:
        self._run("again")

    def stop(self) -> None:
        self._run("stop")

    def tool(self, name: str, *arguments: str) -> str:
        return _output("kafka", "tool", name, *arguments)

    def _run(self, what: str) -> None:
        _output("kafka", what, str(self.port))


class ContainerBroker:
    """A container of the official image, on a fixed port so that it comes back where it was."""

    def __init__(self) -> None:
        from testcontainers.core.container import DockerContainer

        port = free_port()
        self.bootstrap = f"127.0.0.1:{port}"
        self._made = DockerContainer(IMAGE).with_bind_ports(port, port)
        for name, value in _container_settings(port).items():
            self._made = self._made.with_env(name, value)
        self._made.start()
        _wait_for(self.bootstrap)

    def kill(self) -> None:
        self._container.kill("SIGKILL")

    def again(self) -> None:
        self._container.start()
        _wait_for(self.bootstrap)

    def stop(self) -> None:
        self._made.stop()

    def tool(self, name: str, *arguments: str) -> str:
        code, output = self._container.exec_run(["/opt/kafka/bin/kafka-run-class.sh", name, *arguments])
        assert code == 0, output
        return str(output.decode())

    @property
    def _container(self) -> Any:
        return self._made.get_wrapped_container()


class NamedBroker:
    """Somebody else's: it goes on, whatever a test wants."""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap

    def kill(self) -> NoReturn:
        raise RuntimeError("a named broker is not ours to kill")

    def again(self) -> None:
        """It is there."""

    def stop(self) -> None:
        """It goes on."""

    def tool(self, name: str, *arguments: str) -> str:
        return _output("kafka", "tool", name, *arguments)


def _container_settings(port: int) -> dict[str, str]:
    return {
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_LISTENERS": f"PLAINTEXT://:{port},CONTROLLER://:9093",
        "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://127.0.0.1:{port}",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@127.0.0.1:9093",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
    }


def free_port() -> int:
    """A port nobody listens on, and neither on the one 10,000 above it: the command's controller takes that."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            with contextlib.suppress(OSError, OverflowError):
                two.bind(("127.0.0.1", port + 10_000))
                return port


def _output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"
    return done.stdout


def _wait_for(bootstrap: str, seconds: float = 60) -> None:
    host, port = bootstrap.split(":")
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def start_broker() -> Broker:
    """A broker of one's own, for drills; the caller stops it. Raises ``RuntimeError`` when none can be had."""
    if shutil.which("kafka"):
        return CommandBroker()
    if shutil.which("docker"):
        return ContainerBroker()
    raise RuntimeError("no Apache Kafka here: neither a 'kafka' command nor Docker")


def _absent(reason: str) -> NoReturn:
    if IN_CI:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def session_broker() -> Iterator[Broker]:
    """The session's broker, with whatever the last test left in it; tests take ``kafka_broker``."""
    named = os.environ.get("SOCLES_TEST_KAFKA_BOOTSTRAP")
    try:
        broker = NamedBroker(named) if named else start_broker()
    except RuntimeError as error:
        _absent(f"{error} (or name a broker by SOCLES_TEST_KAFKA_BOOTSTRAP)")
    yield broker
    broker.stop()


@pytest.fixture
def kafka_broker(session_broker: Broker) -> Broker:
    """The session's broker without any of our topics."""
    delete_topics(session_broker.bootstrap)
    return session_broker


@pytest.fixture(scope="module")
def module_broker() -> Iterator[Broker]:
    """A broker of the test module's own; tests take ``mortal_broker``."""
    try:
        broker = start_broker()
    except RuntimeError as error:
        _absent(str(error))
    yield broker
    broker.stop()


@pytest.fixture
def mortal_broker(module_broker: Broker) -> Broker:
    """The module's own broker without any of our topics: to be killed; the test starts it again."""
    delete_topics(module_broker.bootstrap)
    return module_broker
