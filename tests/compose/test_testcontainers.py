"""As a user's own test suite starts the product: by testcontainers."""

import os
import time
from pathlib import Path

import httpx
import pytest
from testcontainers.compose import DockerCompose
from testcontainers.core.container import DockerContainer

from support.compose import ROOT, Stack, free_port, until

pytestmark = [pytest.mark.compose, pytest.mark.slow, pytest.mark.timeout(240)]
DEPOSIT = ROOT / "docs" / "examples" / "iti41-curl" / "iti41-request.mime"


@pytest.fixture
def no_ryuk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reaper is an image of its own, which not every machine can fetch; the tests clean up themselves."""
    monkeypatch.setattr("testcontainers.core.config.testcontainers_config.ryuk_disabled", True)


@pytest.fixture
def variables(tmp_path: Path) -> Path:
    """A .env as a user writes one."""
    path = tmp_path / "user.env"
    ports = "\n".join(f"SOCLES_{name}_PORT={free_port()}" for name in ("HTTP", "TLS", "TLS_MUTUAL", "SMTP", "KAFKA"))
    path.write_text(f"SOCLES_PROJECT=socles-user\nSOCLES_CONTROL_ESTABLISHMENTS=3\n{ports}\n", encoding="utf-8")
    return path


def deposited(url: str) -> httpx.Response:
    """The answer to the documentation's example."""
    readme = DEPOSIT.with_name("README.md").read_text(encoding="utf-8")
    kind = readme.split("Content-Type: ", 1)[1].split("'", 1)[0]
    path = "/si-dmp-server/v2/services/repository"
    return httpx.post(url + path, content=DEPOSIT.read_bytes(), headers={"Content-Type": kind}, timeout=30)


def counted(url: str) -> int:
    """Documents of the deposits that the indicators show."""
    answer = httpx.get(f"{url}/api/indicators", params={"window": "365d"}).json()
    return int(answer["total"]["cells"]["DMP-VOL"]["num"])


@pytest.mark.usefixtures("no_ryuk")
def test_the_compose_file(built: Stack, variables: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SOCLES_")]:
        monkeypatch.delenv(name)
    with DockerCompose(str(ROOT), env_file=str(variables), wait=True, keep_volumes=False) as compose:
        host, port = compose.get_service_host_and_port("edge", 8080)
        url = f"http://{host}:{port}"

        assert "Success" in deposited(url).text
        until("the deposit is counted", lambda: counted(url) == 1)
        assert len(httpx.get(f"{url}/_sandbox/population/establishments").json()) == 3


@pytest.mark.usefixtures("no_ryuk")
def test_the_image_alone_serves_everything(built: Stack) -> None:
    started = time.monotonic()
    with DockerContainer("socles:local").with_command("socles up --host 0.0.0.0").with_exposed_ports(8080) as one:
        url = f"http://{one.get_container_host_ip()}:{one.get_exposed_port(8080)}"
        until("it is ready", lambda: httpx.get(f"{url}/_sandbox/ready").status_code == 200)
        print(f"\nthe image alone: ready in {time.monotonic() - started:.1f} s")

        assert "Success" in deposited(url).text
        until("the deposit is counted", lambda: counted(url) == 1)
