"""Angus Mail, the mail library of Java senders: TLS first and STARTTLS, the server's certificate and name verified."""

import shutil
import subprocess
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from support.sandbox_thread import RunningSandbox

pytestmark = [pytest.mark.interop, pytest.mark.timeout(400)]

PROJECT = Path(__file__).parent / "java" / "mail"
PASSWORD = "socles"


@pytest.fixture(scope="module")
def submit(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command of the compiled client; Maven builds it from Maven Central, a second time without a network."""
    assert shutil.which("mvn"), "Maven is needed for this test"
    project = shutil.copytree(PROJECT, tmp_path_factory.mktemp("mail") / "project")
    goals = ["compile", "dependency:build-classpath", "-Dmdep.outputFile=classpath"]
    built = subprocess.run(["mvn", "-q", "-B", *goals], cwd=project, capture_output=True, timeout=300, check=False)
    assert built.returncode == 0, built.stdout.decode()
    return ["java", "-cp", f"{project / 'target' / 'classes'}:{(project / 'classpath').read_text()}"]


@pytest.fixture(scope="module")
def trusted(sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Java's options for the sandbox's root of servers alone."""
    store = tmp_path_factory.mktemp("trust") / "roots.p12"
    answer = httpx.get(f"{sandbox.url}/_sandbox/pki/truststore.p12", trust_env=False).raise_for_status()
    store.write_bytes(answer.content)
    return [f"-Djavax.net.ssl.trustStore={store}", f"-Djavax.net.ssl.trustStorePassword={PASSWORD}"]


@pytest.mark.parametrize(("protocol", "transport"), [("smtps", "SMTPSSLTransport"), ("smtp", "SMTPTransport")])
def test_a_mail_is_submitted(
    sandbox: RunningSandbox, submit: list[str], trusted: list[str], protocol: str, transport: str
) -> None:
    boxes = sandbox.get("/_sandbox/mss_sim/boxes", state="open")["boxes"]
    sender = next(box["address"] for box in boxes if box["type"] == "PER")
    recipient = next(box["address"] for box in boxes if box["type"] == "ORG")
    _, port = sandbox.smtps if protocol == "smtps" else sandbox.smtp
    subject = f"Essai {uuid4()}"
    arguments = [protocol, "localhost", str(port), sender, recipient, subject]
    done = _java(submit, trusted, arguments)
    assert (done.returncode, done.stdout.strip()) == (0, transport), done.stderr
    found = sandbox.get("/_sandbox/mss_sim/messages/wait", subject=subject, timeout=10)
    assert found["mailFrom"] == sender


def test_without_the_root_the_handshake_fails_and_the_journal_says_why(
    sandbox: RunningSandbox, submit: list[str]
) -> None:
    done = _java(submit, [], ["smtps", "localhost", str(sandbox.smtps[1]), "a@b.example", "c@d.example", "Essai"])
    assert done.returncode != 0
    assert "SSLHandshakeException" in done.stderr
    told = sandbox.get("/_sandbox/exchanges", service="mss_sim", operation="TLS", limit=1)["items"][0]
    assert told["rules"] == ["tls.server.distrusted"]


def _java(submit: list[str], options: list[str], arguments: list[str]) -> "subprocess.CompletedProcess[str]":
    command = [submit[0], *options, *submit[1:], "Submit", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
