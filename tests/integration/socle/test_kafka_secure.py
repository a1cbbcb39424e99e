"""A cluster that wants a password over a checked certificate (SASL_SSL): events go and come, strangers stay out."""

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from socle.bus.kafka import KafkaBus, KafkaUnreachable
from socle.bus.kafka_settings import KafkaSettings
from socle.bus.wiring import make_relay
from socle.store import Store
from support import shelf
from support.bus_wire import Reader, Wire, names
from support.kafka import free_port
from support.shelf_stores import prepare_shelf, started

pytestmark = pytest.mark.kafka

_LOGIN = "org.apache.kafka.common.security.{kind}.{name}LoginModule required"


@dataclass(frozen=True)
class Secure:
    """A broker that takes PLAIN and SCRAM over TLS only."""

    bootstrap: str
    ca: Path


def _certificate(folder: Path) -> tuple[Path, Path]:
    """(key and certificate in one PEM file, certificate) of a broker at 127.0.0.1 that signs for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both, alone = folder / "broker.pem", folder / "ca.pem"
    both.write_bytes(private + public)
    alone.write_bytes(public)
    return both, alone


def _properties(folder: Path, port: int, keystore: Path) -> str:
    plain = _LOGIN.format(kind="plain", name="Plain")
    users = 'username="admin" password="admin-word" user_admin="admin-word" user_socles="right"'
    return f"""
process.roles=broker,controller
node.id=1
listeners=SASL_SSL://127.0.0.1:{port},CONTROLLER://127.0.0.1:{port + 10_000}
advertised.listeners=SASL_SSL://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL
inter.broker.listener.name=SASL_SSL
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.sasl_ssl.plain.sasl.jaas.config={plain} {users};
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config={_LOGIN.format(kind="scram", name="Scram")};
ssl.keystore.type=PEM
ssl.keystore.location={keystore}
ssl.truststore.type=PEM
ssl.truststore.location={keystore.with_name("ca.pem")}
controller.quorum.voters=1@127.0.0.1:{port + 10_000}
log.dirs={folder / "data"}
offsets.topic.replication.factor=1
group.initial.rebalance.delay.ms=0
"""


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    if shutil.which("kafka") is None:
        pytest.skip("no 'kafka' command here to run a broker with settings of one's own")
    folder, port = tmp_path_factory.mktemp("secure"), free_port()
    both, ca = _certificate(folder)
    jars = subprocess.run(["kafka", "jars"], capture_output=True, text=True, check=True).stdout.strip()
    java = ["java", "-Xmx512m", "-cp", f"{jars}/*"]
    settings = folder / "server.properties"
    settings.write_text(_properties(folder, port, both))
    scram = "SCRAM-SHA-512=[name=scrammed,password=right]"
    subprocess.run(
        [*java, "kafka.tools.StorageTool", "format", "-t", "5L6g3nShT-eMCtK--X86sw", "-c", settings, "-S", scram],
        check=True,
        capture_output=True,
    )
    with (folder / "log").open("w") as log, subprocess.Popen([*java, "kafka.Kafka", settings], stdout=log) as process:
        until = time.monotonic() + 40
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < until
                time.sleep(0.2)
        yield Secure(f"127.0.0.1:{port}", ca)
        process.kill()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with started(await prepare_shelf(tmp_path, None)) as store:
        yield store


@pytest.mark.parametrize(("mechanism", "user"), [("PLAIN", "socles"), ("SCRAM-SHA-512", "scrammed")])
async def test_events_go_and_come_over_tls_with_a_password(
    store: Store, secure: Secure, mechanism: str, user: str
) -> None:
    bus = KafkaBus(_settings(secure, sasl_mechanism=mechanism, username=user))
    await bus.start()
    relay = make_relay(store, bus)
    await relay.start()
    reader = await Reader(Wire(store, bus), group=mechanism).start()
    for name in names(20, mechanism):
        await store.write(partial(shelf.put_and_tell, name=name))
    async with asyncio.timeout(20):
        while not set(names(20, mechanism)) <= set(reader.subjects):
            await reader.fetch()
    await reader.stop()
    await relay.stop()
    await bus.stop()


@pytest.mark.parametrize(
    "wrong", [{"password": "wrong"}, {"ca_file": None}, {"security_protocol": "PLAINTEXT", "request_seconds": 1}]
)
async def test_who_is_not_let_in_is_told_so_in_time(secure: Secure, wrong: dict[str, object]) -> None:
    bus = KafkaBus(_settings(secure, start_seconds=1.5, **wrong))
    with pytest.raises(KafkaUnreachable, match="SOCLES_KAFKA_BOOTSTRAP"):
        await bus.start()


def _settings(secure: Secure, **more: object) -> KafkaSettings:
    values: dict[str, object] = {
        "security_protocol": "SASL_SSL",
        "username": "socles",
        "password": "right",
        "ca_file": secure.ca,
    }
    return KafkaSettings(bootstrap=secure.bootstrap, **{**values, **more})
