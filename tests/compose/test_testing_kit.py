"""The test kit over containers: the same tests, the product in an image or a Compose file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.compose import FILE, Stack, free_port

pytestmark = [pytest.mark.compose, pytest.mark.slow, pytest.mark.timeout(400)]

SUITE = """
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from sandbox import examples


@pytest.mark.parametrize("number", range(4))
def test_it(socles, dmp, indicators, mss, socles_server, number):
    Path(f"{number}.url").write_text(socles_server.url)
    example = examples.deposit(token=uuid4())
    httpx.post(socles.dmp_repository_url, content=example.body, headers={"Content-Type": example.content_type})
    assert dmp.expect_deposit(timeout=20).exchange.outcome == "accepted"
    indicators.expect("DMP-VOL", num=1, timeout=20)
    socles.inject("dmp.repository-busy", times=1)
    httpx.post(socles.dmp_repository_url, content=example.body, headers={"Content-Type": example.content_type})
    dmp.expect_refused(code="XDSRepositoryBusy", timeout=20)
    send(socles)
    assert mss.wait_for_mail(timeout=20).message.get_content().strip() == "Text"


def send(socles):
    import smtplib

    sender, receiver = socles.population.establishment().mailbox, socles.population.professional().mailbox
    with smtplib.SMTP(socles.smtp.host, socles.smtp.port, timeout=20) as client:
        client.starttls(context=socles.smtp.context)
        client.login(socles.smtp.login(sender), socles.smtp.password)
        client.sendmail(sender, [receiver], "Subject: a mail\\r\\n\\r\\nText\\r\\n")
"""


def run(folder: Path, *options: str, **variables: str) -> None:
    """The suite in a pytest of its own with two workers; both must have talked to the same sandbox."""
    (folder / "test_suite.py").write_text(SUITE, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p no:asyncio -p no:cacheprovider\n", encoding="utf-8")
    outside = {name: value for name, value in os.environ.items() if not name.startswith("SOCLES_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2", *options],
        cwd=folder,
        # the reaper is an image of its own, which not every machine can fetch
        env={**outside, **variables, "TESTCONTAINERS_RYUK_DISABLED": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-3000:]
    assert len({path.read_text("utf-8") for path in folder.glob("*.url")}) == 1


def test_the_image_alone(built: Stack, tmp_path: Path) -> None:
    run(tmp_path, "--socles-image=socles:local")


def test_the_compose_file(built: Stack, tmp_path: Path) -> None:
    ports = {f"SOCLES_{name}_PORT": str(free_port()) for name in ("HTTP", "TLS", "TLS_MUTUAL", "SMTP", "KAFKA")}

    run(tmp_path, f"--socles-compose={FILE}", SOCLES_PROJECT="socles-kit", SOCLES_CONTROL_ESTABLISHMENTS="3", **ports)
