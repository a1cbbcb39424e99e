"""The demonstration on a sandbox that is running already: a workspace of its own, the exit code."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from sandbox.demo import stage
from support.sandbox_thread import RunningSandbox, sandbox_in_thread

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
COMMAND = [sys.executable, "-m", "sandbox.cli", "demo", "--json", "--duration", "0", "--establishments", "3"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with sandbox_in_thread(tmp_path_factory.mktemp("running")) as sandbox:
        yield sandbox


def attached(sandbox: RunningSandbox, *arguments: str) -> subprocess.CompletedProcess[str]:
    address = ["--url", sandbox.url, "--smtp", "{}:{}".format(*sandbox.smtp)]
    return subprocess.run([*COMMAND, *address, *arguments], capture_output=True, text=True, timeout=60, check=False)


def test_it_adds_up_in_its_own_workspace_and_again_after_emptying_it(running: RunningSandbox) -> None:
    for _ in range(2):
        run = attached(running, "--history", "1", "--public-url", "https://sandbox.example")
        assert run.returncode == 0, run.stderr
        assert json.loads(run.stdout)["trouble"] == []
        assert "https://sandbox.example/w/demo/" in run.stderr

    total = running.get("/api/indicators")["total"]["cells"]
    assert {cell["num"] for cell in total.values()} == {0}, "the default workspace is not played in"
    workspaces = {one["name"]: one["epoch"] for one in running.get("/_sandbox/workspaces")}
    assert workspaces == {"default": 1, "demo": 2}
    assert running.get("/w/demo/_sandbox/clock")["frozen"] is False


def test_a_ledger_that_lost_a_line_is_found_out(running: RunningSandbox) -> None:
    run = attached(running, "--history", "0", "--workspace", "short", "--forget", "1")
    assert run.returncode == 1
    assert json.loads(run.stdout)["agrees"] is False


def test_a_bad_address_is_told(running: RunningSandbox) -> None:
    nonsense = attached(running, "--smtp", "nowhere")
    assert nonsense.returncode == 2
    assert "hôte:port" in nonsense.stderr


async def test_where_nothing_gets_ready_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "READY_WITHIN", 0.0)
    with pytest.raises(stage.NotReady, match=r"no sandbox at http://127\.0\.0\.1:9"):
        await stage.emptied("http://127.0.0.1:9", ("127.0.0.1", 9), "demo")
