"""Apache CXF, the stack of many Java senders: ITI-41 and ITI-43 by MTOM (domain/dmp.md §0.6)."""

import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree

from dmp_sim.domain import names
from support.dmp_cda import INS, OID, STRUCTURE, cda
from support.dmp_message import Message, deposit, describe, vihf
from support.sandbox_thread import RunningSandbox

pytestmark = [pytest.mark.interop, pytest.mark.timeout(400)]

PROJECT = Path(__file__).parent / "java" / "cxf"
ROOT = "1.2.250.1.999.77.1"
REPOSITORY = "/si-dmp-server/v2/services/repository"


@dataclass(frozen=True, slots=True)
class Cxf:
    """The compiled client, and where it is sent."""

    command: list[str]
    url: str
    folder: Path

    def run(self, verb: str, security: bytes, *arguments: str) -> list[str]:
        """The lines it prints."""
        (self.folder / "security.xml").write_bytes(security)
        command = [*self.command, "XdsClient", verb, f"{self.url}{REPOSITORY}", "security.xml", *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().splitlines()

    def deposit(self, message: Message) -> list[str]:
        security, submit = (
            message.find(path) for path in ("//*[local-name()='Security']", "//lcm:SubmitObjectsRequest")
        )
        (self.folder / "submit.xml").write_bytes(etree.tostring(submit, with_tail=False))
        named = []
        for identifier, content in zip(("Document01", "Signature01"), message.parts.values(), strict=True):
            (self.folder / identifier).write_bytes(content)
            named += [identifier, identifier]
        return self.run("deposit", etree.tostring(security, with_tail=False), "submit.xml", *named)


@pytest.fixture(scope="module")
def cxf(sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Cxf:
    """Built by Maven from Maven Central; a second build needs no network."""
    assert shutil.which("mvn"), "Maven is needed for this test"
    folder = tmp_path_factory.mktemp("cxf")
    project = shutil.copytree(PROJECT, folder / "project")
    goals = ["compile", "dependency:build-classpath", "-Dmdep.outputFile=classpath"]
    built = subprocess.run(["mvn", "-q", "-B", *goals], cwd=project, capture_output=True, timeout=300, check=False)
    assert built.returncode == 0, built.stdout.decode()
    path = f"{project / 'target' / 'classes'}:{(project / 'classpath').read_text()}"
    return Cxf(["java", "-cp", path], sandbox.url, folder)


def test_deposit_duplicate_fault_and_retrieval(cxf: Cxf, sandbox: RunningSandbox) -> None:
    message = deposit([describe(cda(root=ROOT))])
    assert cxf.deposit(message) == [names.SUCCESS]
    (exchange,) = (one for one in sandbox.get("/_sandbox/exchanges")["items"] if one["subject"] == ROOT)
    assert exchange["rules"] == []
    sent = sandbox.get(f"/_sandbox/exchanges/{exchange['id']}")["request"]["headers"]
    headers = {name.lower(): value for name, value in sent}
    assert (headers["upgrade"], headers["transfer-encoding"]) == ("h2c", "chunked")
    assert cxf.deposit(message) == [names.FAILURE]

    token = vihf(f"{INS}^^^&{OID}&ISO^NH", STRUCTURE, mode="INDIRECTE_RENFORCEE")
    asked = (names.REPOSITORY_UNIQUE_ID, ROOT)
    digest = hashlib.sha1(cda(root=ROOT), usedforsecurity=False).hexdigest()
    assert cxf.run("retrieve", token.encode(), *asked) == [names.SUCCESS, digest]
    unsound = token.replace(">urn:dmp<", ">urn:autre<")
    assert cxf.run("retrieve", unsound.encode(), *asked) == [
        "fault: Règle non respectée : VIHF : ressource urn:dmp (reçu : urn:autre)"
    ]
