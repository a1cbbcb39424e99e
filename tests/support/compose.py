"""The product's Compose file, brought up under a name and on ports of its own."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FILE = ROOT / "docker-compose.yml"
ROLES = ROOT / "deploy" / "compose.roles.yml"
OURS = ("ins_sim", "dmp_sim", "mss_sim", "metrics")
"""Services from our image that keep running."""
SECONDS = 240.0
"""A command of Docker that takes longer has failed."""


def require_docker() -> None:
    """Skip loudly where there is no Docker with Compose; in CI that is a failure."""
    if shutil.which("docker") and _succeeds("docker", "info") and _succeeds("docker", "compose", "version"):
        return
    message = "no Docker Engine with Compose here"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(message)
    pytest.skip(message)


def docker(*arguments: str, check: bool = True) -> str:
    """What ``docker …`` prints; raises AssertionError with its complaints."""
    return run(["docker", *arguments], check=check)


def run(command: Sequence[str], *, env: Mapping[str, str] | None = None, check: bool = True) -> str:
    """Standard output of a command; raises AssertionError with all it said when it fails."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if check and done.returncode:
        raise AssertionError(f"{' '.join(command)} → {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(what: str, probe: Callable[[], object], seconds: float = 90.0) -> None:
    """Wait until ``probe`` gives something true; what it raises counts as not yet."""
    deadline, last = time.monotonic() + seconds, None
    while time.monotonic() < deadline:
        try:
            if probe():
                return
        except (AssertionError, httpx.HTTPError, OSError) as error:
            last = error
        time.sleep(0.2)
    raise AssertionError(f"{what}: not within {seconds:g} s ({last})")


@dataclass(slots=True)
class Stack:
    """One project of the product's Compose file."""

    project: str
    files: tuple[Path, ...] = (FILE,)
    variables: dict[str, str] = field(default_factory=dict)
    http_port: int = field(default_factory=free_port)
    smtp_port: int = field(default_factory=free_port)
    smtps_port: int = field(default_factory=free_port)
    kafka_port: int = field(default_factory=free_port)
    tls_port: int = field(default_factory=free_port)
    mutual_port: int = field(default_factory=free_port)
    ready_seconds: float = 0.0
    """From ``up`` to the moment everything was ready."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def env(self) -> dict[str, str]:
        """The environment of ``docker compose``: no variable of the machine's own user reaches the file."""
        outside = {name: value for name, value in os.environ.items() if not name.startswith("SOCLES_")}
        ports = {"HTTP": self.http_port, "SMTP": self.smtp_port, "SMTPS": self.smtps_port, "KAFKA": self.kafka_port}
        ports |= {"TLS": self.tls_port, "TLS_MUTUAL": self.mutual_port}
        own = {f"SOCLES_{name}_PORT": str(port) for name, port in ports.items()}
        return {**outside, "SOCLES_PROJECT": self.project, **own, **self.variables}

    def compose(self, *arguments: str, check: bool = True) -> str:
        """``docker compose`` for this project."""
        files = [part for file in self.files for part in ("-f", str(file))]
        return run(["docker", "compose", "--env-file", os.devnull, *files, *arguments], env=self.env, check=check)

    def up(self, *arguments: str) -> None:
        """Everything up and ready."""
        started = time.monotonic()
        try:
            self.compose("up", "--wait", *arguments)
        finally:
            self.ready_seconds = time.monotonic() - started

    def once(self, service: str, *command: str) -> str:
        """What ``command`` prints in a container of a profile's service; the other containers stay as they are."""
        return self.compose("--profile", service, "run", "--rm", "--no-deps", "--no-TTY", service, *command)

    def down(self) -> None:
        """Nothing is left: containers, network, volumes."""
        self.compose("--profile", "*", "down", "--volumes", "--remove-orphans", "--timeout", "20")

    def containers(self, service: str) -> list[str]:
        """Ids of a service's running containers."""
        return self.compose("ps", "--quiet", service).split()

    def inspect(self, service: str) -> list[dict[str, Any]]:
        """What Docker knows of a service's containers, those that ended too."""
        ids = self.compose("ps", "--all", "--quiet", service).split()
        found: list[dict[str, Any]] = json.loads(docker("inspect", *ids))
        return found

    def health(self, service: str) -> set[str]:
        """``healthy``, ``unhealthy``, ``starting`` of a service's containers."""
        return {one["State"]["Health"]["Status"] for one in self.inspect(service)}

    def is_(self, service: str, health: str) -> bool:
        """All of a service's containers are."""
        return self.health(service) == {health}

    def python(self, service: str, code: str) -> str:
        """What a Python program prints inside a service's container."""
        return self.compose("exec", "--no-TTY", service, "python", "-c", code)


def _succeeds(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False, timeout=30).returncode == 0
