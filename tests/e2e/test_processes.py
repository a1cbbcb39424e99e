"""Each service as a process of its own on PostgreSQL and Kafka, told all by its environment: what Compose runs."""

import asyncio
import json
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from support.cluster import Cluster, cluster
from support.kafka import Broker

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.kafka, pytest.mark.timeout(300)]

SERVICES = ("ins_sim", "dmp_sim", "mss_sim", "psc_sim", "metrics")
STOP_SECONDS = 8.0
"""Within the ten that ``docker stop`` gives."""


@pytest.fixture
def members(tmp_path: Path, postgres_url: str, kafka_broker: Broker) -> Iterator[Cluster]:
    environment = {
        "SOCLES_DATABASE_URL": postgres_url,
        "SOCLES_KAFKA_BOOTSTRAP": kafka_broker.bootstrap,
        "SOCLES_HOST": "0.0.0.0",
        "SOCLES_LOG_FORMAT": "json",
        "SOCLES_PUBLIC_URL": "https://sandbox.example",
        "TMPDIR": str(tmp_path / "nowhere"),  # a container's root is read-only: nothing but the data folder is there
        "HOME": str(tmp_path / "nowhere"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with cluster(tmp_path, dict.fromkeys(SERVICES, 1), environment) as made:
        yield made


async def test_each_starts_alone_serves_logs_and_stops(members: Cluster, tmp_path: Path) -> None:
    await members.start()
    await asyncio.gather(*(_serves(members, service) for service in SERVICES))

    started = time.monotonic()
    await asyncio.gather(*(asyncio.to_thread(member.send, signal.SIGTERM) for member in members.members.values()))
    assert time.monotonic() - started < STOP_SECONDS

    for member in members.members.values():
        assert member.wait(0) == 0, member.said()
        lines = [json.loads(line) for line in member.log.read_text("utf-8").splitlines()]
        assert any("serves on" in line["event"] for line in lines)
        told = [line for line in lines if not line["logger"].startswith("aiokafka")]  # a new broker has no groups yet
        assert {line["level"] for line in told} == {"info"}
    assert not (tmp_path / "nowhere").exists()
    left = {path.relative_to(tmp_path).parts[1] for path in tmp_path.rglob("*") if path.parent != tmp_path}
    assert left <= {"spool", "pki"}, "all that lasts lies in PostgreSQL, but for keys"


async def _serves(members: Cluster, service: str) -> None:
    """Ready on every address, and by links that the world outside can follow."""
    url = members.of(service)[0].url
    async with httpx.AsyncClient(trust_env=False, timeout=10) as http:
        for host in ("127.0.0.1", socket.gethostbyname(socket.gethostname())):
            ready = await http.get(url.replace("127.0.0.1", host) + "/_sandbox/ready")
            assert ready.json()["services"] == [service]
        if service == "ins_sim":
            refused = await http.post(f"{url}/lps", content=b"<none/>", headers={"content-type": "text/xml"})
            assert refused.headers["x-socles-exchange"].startswith("https://sandbox.example/_sandbox/exchanges/")
        if service == "psc_sim":
            realm = "/auth/realms/esante-wallet"
            said = (await http.get(f"{url}{realm}/.well-known/openid-configuration")).json()
            assert said["token_endpoint"].startswith(f"https://sandbox.example{realm}/")
            assert (await http.get(f"{url}{realm}/protocol/openid-connect/certs")).json()["keys"]


@pytest.mark.parametrize(
    ("told", "because"),
    [
        ({"SOCLES_DATABASE_URL": "postgresql://socles:secret@127.0.0.1:1/socles"}, "PostgreSQL at 127.0.0.1:1"),
        ({"SOCLES_HOST": "192.0.2.1"}, "cannot listen on 192.0.2.1:"),
    ],
)
def test_a_start_that_fails_says_why_in_one_line(tmp_path: Path, told: dict[str, str], because: str) -> None:
    environment = {"SOCLES_LOG_FORMAT": "json", **told}
    with cluster(tmp_path, {"ins_sim": 1}, environment) as made:
        (member,) = made.of("ins_sim")
        member.start()
        assert member.wait(30) == 1
        (line,) = member.log.read_text("utf-8").splitlines()
    assert json.loads(line)["level"] == "critical"
    assert because in json.loads(line)["event"]
    assert "secret" not in line
