"""The TypeScript client of the control API (clients/typescript): its own tests, then against the product."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from support.sandbox_thread import RunningSandbox

pytestmark = [pytest.mark.interop, pytest.mark.slow, pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]


def run(folder: Path, *command: str, **environment: str) -> str:
    """What npm prints; its words are the message when it fails."""
    done = subprocess.run(
        ["npm", *command], cwd=folder, capture_output=True, timeout=200, check=False, env={**os.environ, **environment}
    )
    told = done.stdout.decode() + done.stderr.decode()
    assert done.returncode == 0, told[-8000:]
    return told


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with its compiler, so that nothing is built in the source tree."""
    assert shutil.which("npm"), "Node.js and npm are needed for this test"
    folder = shutil.copytree(
        ROOT / "clients" / "typescript",
        tmp_path_factory.mktemp("client") / "typescript",
        ignore=shutil.ignore_patterns("node_modules", "dist"),
    )
    run(folder, "ci", "--no-audit", "--no-fund")
    return folder


def test_its_own_tests(client: Path) -> None:
    assert "# pass 8" in run(client, "test")


def test_the_product_answers_as_it_is_typed(client: Path, sandbox: RunningSandbox) -> None:
    before = sandbox.get("/_sandbox/workspaces")
    examples = str(ROOT / "docs" / "examples" / "iti41-curl")
    told = run(client, "run", "test:product", SOCLES_TESTING_URL=sandbox.url, SOCLES_EXAMPLES=examples)
    assert "# pass 4" in told
    assert len(sandbox.get("/_sandbox/workspaces")) == len(before), "its workspace is deleted"
