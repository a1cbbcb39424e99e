"""``socles load`` as a user runs it: against ``socles up``, by its exit code, its JSON and its page."""

import functools
import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.browser import opened
from support.drill import Up

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
COMMAND = [sys.executable, "-m", "sandbox.cli", "load"]


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    served = Up(tmp_path_factory.mktemp("up") / "data")
    yield served
    served.terminate()


def load(up: Up, *arguments: str) -> subprocess.CompletedProcess[str]:
    where = ["--url", up.url, "--smtp", f"{up.smtp[0]}:{up.smtp[1]}", "--late-bound", "30"]
    command = [*COMMAND, *where, *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=200, check=False)


def test_a_run_balances_and_leaves_its_report(up: Up, tmp_path: Path) -> None:
    run = load(up, "--rate", "60", "--duration", "5", "--json", "--report-dir", str(tmp_path / "out"))
    report = json.loads(run.stdout)

    assert run.returncode == 0, run.stderr
    assert report["balanced"]
    assert report["valid"]
    assert report["load"]["peakEventsPerSecond"] == 60
    assert all(one["latency"]["p99"] for one in report["protocols"].values())
    assert report["generator"]["servicesCpuSeconds"] > 0
    assert report["freshness"]["probes"]["count"] > 0
    assert json.loads((tmp_path / "out" / "load.json").read_text(encoding="utf-8")) == report
    assert "tombent juste" in run.stderr
    assert report["workspace"] in run.stderr


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_needs_nothing_else(up: Up, tmp_path: Path, scheme: str) -> None:
    run = load(up, "--rate", "40", "--duration", "4", "--html", str(tmp_path / "index.html"))
    assert run.returncode == 0, run.stderr
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        async with opened(f"http://127.0.0.1:{server.server_port}", scheme=scheme) as (page, wrong):  # type: ignore[arg-type]
            assert await page.locator(".verdict.good").count() == 1
            assert await page.locator("svg .line").count() >= 6
            assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            assert wrong == []
        server.shutdown()


def test_a_false_ledger_is_found_out(up: Up) -> None:
    run = load(up, "--rate", "40", "--duration", "3", "--forget", "1")

    assert run.returncode == 1
    assert "LES COMPTES NE TOMBENT PAS JUSTE" in run.stdout
    assert "no known act explains" in run.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--profile", "lunch"], "lunch"),
        (["--rate", "5", "--acts-rate", "5"], "not both"),
        (["--arrivals", "bursty"], "poisson | uniform"),
        (["--curve", "absent.yaml"], "absent.yaml"),
        (["--service", "fax=http://127.0.0.1:1"], "fax"),
        (["--flaws", "2"], "flaws"),
    ],
)
def test_a_bad_option_is_named(up: Up, arguments: list[str], said: str) -> None:
    run = load(up, *arguments)

    assert run.returncode == 2
    assert said in " ".join(run.stderr.split())


def test_nobody_at_the_address() -> None:
    command = [*COMMAND, "--url", "http://127.0.0.1:9", "--duration", "1"]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)

    assert run.returncode == 3
    assert run.stderr.startswith("socles: pas de bac à sable à http://127.0.0.1:9 / no sandbox there: ")
