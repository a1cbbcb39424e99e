"""The sandbox in containers, through testcontainers: an image alone, or a Compose file."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import CalledProcessError

import httpx

from socles.testing.server import SMTP_PORT, Server

HTTP_PORT = 8080
EDGE = "edge"
"""The service of the Compose file behind which all others are."""
_READY_SECONDS = 180.0
_SAID = 2000
"""Characters of what Docker complains of: the last ones matter."""


@contextmanager
def image(name: str) -> Iterator[Server]:
    """One container of the product's image, with everything in it."""
    from testcontainers.core.container import DockerContainer

    command = f"socles up --host 0.0.0.0 --port {HTTP_PORT} --smtp-port {SMTP_PORT}"
    with DockerContainer(name).with_command(command).with_exposed_ports(HTTP_PORT, SMTP_PORT) as one:
        host = one.get_container_host_ip()
        smtp = (host, int(one.get_exposed_port(SMTP_PORT)))
        yield _ready(Server(f"http://{host}:{one.get_exposed_port(HTTP_PORT)}", smtp, outlives=False))


@contextmanager
def compose(file: Path, service: str = EDGE) -> Iterator[Server]:
    """A Compose file, up until the block ends; ``service`` is the one that publishes ports 8080 and 2587.

    A file ``.env`` beside it counts, as for ``docker compose``.
    """
    from testcontainers.compose import DockerCompose

    up = DockerCompose(str(file.parent), file.name, wait=True, keep_volumes=False)
    with ExitStack() as stack:
        stack.callback(up.stop)  # what did start goes, too, when something else does not
        try:
            up.start()
        except CalledProcessError as error:
            said = error.stderr.decode(errors="replace").strip()[-_SAID:]
            raise RuntimeError(f"{file} : ne démarre pas / does not start\n{said}") from error
        host, port = up.get_service_host_and_port(service, HTTP_PORT)
        smtp_host, smtp_port = up.get_service_host_and_port(service, SMTP_PORT)
        yield _ready(Server(f"http://{host}:{port}", (str(smtp_host), int(smtp_port or SMTP_PORT)), outlives=False))


def _ready(server: Server) -> Server:
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        try:
            answer = httpx.get(f"{server.url}/_sandbox/ready", trust_env=False, timeout=5)
            if answer.is_success:
                return server
            last = answer.text[:300]
        except httpx.HTTPError as error:
            last = str(error)
        if time.monotonic() > deadline:
            raise TimeoutError(f"Socles n'est pas prêt / is not ready: {server.url}: {last}")
        time.sleep(0.2)
