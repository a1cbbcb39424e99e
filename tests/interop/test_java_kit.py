"""The kit for Java editors (clients/java): its own tests, and its sample against the product."""

import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from support.sandbox_thread import RunningSandbox

pytestmark = [pytest.mark.interop, pytest.mark.slow, pytest.mark.timeout(900)]

PROJECT = Path(__file__).parents[2] / "clients" / "java"
SAMPLE = "fr.exemple.dpi.DischargeTest"
SECURE = "fr.exemple.dpi.SecureTest"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, so that nothing is built in the source tree."""
    assert shutil.which("mvn"), "Maven is needed for this test"
    return shutil.copytree(
        PROJECT, tmp_path_factory.mktemp("kit") / "java", ignore=shutil.ignore_patterns("target"), dirs_exist_ok=True
    )


def verify(project: Path, *properties: str) -> dict[str, set[str]]:
    """``mvn verify``; the tests that ran, by class. Maven's own words are the message when one fails."""
    for reports in project.glob("*/target/surefire-reports"):
        shutil.rmtree(reports)
    command = ["mvn", "-q", "-B", "verify", *(f"-D{one}" for one in properties)]
    done = subprocess.run(command, cwd=project, capture_output=True, timeout=800, check=False)
    assert done.returncode == 0, done.stdout.decode()[-8000:]
    ran: dict[str, set[str]] = {}
    for report in project.glob("*/target/surefire-reports/TEST-*.xml"):
        for case in ElementTree.parse(report).iter("testcase"):
            assert case.find("skipped") is None, f"{case.get('name')} was skipped"
            ran.setdefault(case.get("classname", ""), set()).add(case.get("name", ""))
    return ran


def test_the_kit_starts_the_product_and_its_sample_is_green(project: Path) -> None:
    ran = verify(project, f'socles.command="{sys.executable}" -m sandbox.cli')
    assert len(ran[SAMPLE]) == 12
    assert len(ran[SECURE]) == 5
    assert {name.rpartition(".")[2] for name in ran} > {"ServersTest", "SoclesExtensionTest", "WaitsTest"}


def test_the_sample_is_green_at_an_address(project: Path, sandbox: RunningSandbox) -> None:
    host, port = sandbox.smtp
    before = {one["name"] for one in sandbox.get("/_sandbox/workspaces")}
    ran = verify(
        project,
        f"socles.url={sandbox.url}",
        f"socles.smtp={host}:{port}",
        "test=DischargeTest",
        "surefire.failIfNoSpecifiedTests=false",
    )
    assert len(ran[SAMPLE]) == 12
    assert {one["name"] for one in sandbox.get("/_sandbox/workspaces")} == before, "each test drops its workspace"
