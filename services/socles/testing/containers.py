"""The sandbox in containers, through testcontainers: an image alone, or a Compose file."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import CalledProcessError

import httpx

from socles.testing.server import SMTP_PORT, Server

HTTP_PORT, TLS_PORT, MUTUAL_PORT = 8080, 8443, 9443
EDGE = "edge"
"""The service of the Compose file behind which all others are."""
_READY_SECONDS = 180.0
_SAID = 2000
"""Characters of what Docker complains of: the last ones matter."""


@contextmanager
def image(name: str) -> Iterator[Server]:
    """One container of the product's image, with everything in it."""
    from testcontainers.core.container import DockerContainer

    ports = {"--port": HTTP_PORT, "--smtp-port": SMTP_PORT, "--tls-port": TLS_PORT, "--mutual-port": MUTUAL_PORT}
    command = " ".join(["socles up --host 0.0.0.0", *(f"{name} {port}" for name, port in ports.items())])
    container = DockerContainer(name).with_command(command).with_exposed_ports(*ports.values())
    host = container.get_docker_client().host()
    # its certificates are for where it is found
    named = container.with_env("SOCLES_TLS_HOSTS", json.dumps([host])).with_env("SOCLES_MSS_HOSTNAME", host)
    with named as one:
        smtp = (host, int(one.get_exposed_port(SMTP_PORT)))
        secure = [f"https://{host}:{one.get_exposed_port(port)}" for port in (TLS_PORT, MUTUAL_PORT)]
        yield _ready(Server(f"http://{host}:{one.get_exposed_port(HTTP_PORT)}", smtp, False, *secure))


@contextmanager
def compose(file: Path, service: str = EDGE) -> Iterator[Server]:
    """A Compose file, up until the block ends; ``service`` is the one that publishes ports 8080, 8443, 9443 and 2587.

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
        base, tls, mutual = (
            "{}://{}:{}".format(scheme, *up.get_service_host_and_port(service, port))
            for scheme, port in (("http", HTTP_PORT), ("https", TLS_PORT), ("https", MUTUAL_PORT))
        )
        smtp_host, smtp_port = up.get_service_host_and_port(service, SMTP_PORT)
        smtp = (str(smtp_host), int(smtp_port or SMTP_PORT))
        yield _ready(Server(base, smtp, outlives=False, tls=tls, mutual=mutual))


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
