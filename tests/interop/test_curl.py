"""curl, with the files and the very commands that stand in docs/examples/iti41-curl."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sandbox import examples
from support.sandbox_thread import RunningSandbox

pytestmark = pytest.mark.interop

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "examples" / "iti41-curl"


@pytest.fixture(scope="module")
def commands() -> list[str]:
    """The README's commands."""
    return re.findall(r"^curl .*$", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE)


def run(command: str, sandbox: RunningSandbox) -> str:
    """A command of the documentation, sent to the sandbox under test; gives headers and body."""
    assert shutil.which("curl"), "curl is needed for this test"
    assert examples.DEFAULT_URL in command
    shell = command.replace(examples.DEFAULT_URL, sandbox.url).replace(
        "curl ", "curl -i --max-time 30 --noproxy '*' ", 1
    )
    done = subprocess.run(["sh", "-c", shell], cwd=FOLDER, capture_output=True, timeout=40, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_the_documented_deposit_is_accepted_and_a_second_one_is_a_duplicate(
    sandbox: RunningSandbox, commands: list[str]
) -> None:
    (command,) = (one for one in commands if examples.DEPOSIT_FILE in one)
    answer = run(command, sandbox)
    assert "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success" in answer
    assert "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure" in run(command, sandbox)


def test_the_documented_search_finds(sandbox: RunningSandbox, commands: list[str]) -> None:
    (command,) = (one for one in commands if examples.INSI_FILE in one)
    assert "<CodeCR>00</CodeCR>" in run(command, sandbox)


def test_the_commands_are_the_generators(commands: list[str]) -> None:
    made = [examples.deposit(), examples.insi()]
    assert commands == [example.command(examples.DEFAULT_URL) for example in made]
    assert (FOLDER / examples.INSI_FILE).read_bytes() == examples.insi().body
