"""The JDK's own HTTP client, which current Java SOAP stacks send through (domain/dmp.md §0.6)."""

import shutil
import subprocess
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from sandbox import examples
from support.sandbox_thread import RunningSandbox

pytestmark = pytest.mark.interop

SOURCE = Path(__file__).parent / "java" / "UpgradeOffer.java"


def post(url: str, example: examples.Example, folder: Path, times: int) -> tuple[list[list[str]], str]:
    """[protocol, status, exchange] of each answer, and the body of the last one."""
    assert shutil.which("java"), "a JDK (17 or newer) is needed for this test"
    file = folder / example.file
    file.write_bytes(example.body)
    command = ["java", str(SOURCE), f"{url}{example.path}", example.content_type, str(file), str(times)]
    done = subprocess.run(command, capture_output=True, timeout=55, check=False)
    assert done.returncode == 0, done.stderr.decode()
    lines = done.stdout.decode().split("\n")
    return [line.split(" ") for line in lines[:times]], "\n".join(lines[times:])


def fresh_token() -> UUID:
    """What a new example's ids are counted from; odd, so that its documents' ids do not meet its signature's."""
    return UUID(int=uuid4().int | 1)


def offered(sandbox: RunningSandbox, exchange: str) -> dict[str, str]:
    """The request headers as the journal has them."""
    return {name.lower(): value for name, value in sandbox.get(exchange)["request"]["headers"]}


def test_a_chunked_mtom_deposit_with_an_upgrade_offer_is_answered(sandbox: RunningSandbox, tmp_path: Path) -> None:
    answers, body = post(sandbox.url, examples.deposit(token=fresh_token()), tmp_path, 1)
    ((protocol, status, exchange),) = answers
    assert (protocol, status) == ("HTTP_1_1", "200")
    assert "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success" in body
    headers = offered(sandbox, exchange)
    assert headers["upgrade"] == "h2c"
    assert headers["transfer-encoding"] == "chunked"
    assert "content-length" not in headers


def test_a_kept_alive_connection_serves_several_calls(sandbox: RunningSandbox, tmp_path: Path) -> None:
    answers, body = post(sandbox.url, examples.insi(), tmp_path, 5)
    assert [answer[:2] for answer in answers] == [["HTTP_1_1", "200"]] * 5
    assert "<NumIdentifiant>2751263220749</NumIdentifiant>" in body
    assert offered(sandbox, answers[-1][2])["upgrade"] == "h2c"
