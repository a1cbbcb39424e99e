"""The benches still run: one pair each, whatever the figures."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
BENCH = Path(__file__).parent.parent / "bench"


@pytest.mark.parametrize("word", ["dmp", "ins", "metrics", "smtp", "store", "wire"])
def test_a_bench_runs(word: str) -> None:
    command = [sys.executable, str(BENCH), f"bench_{word}", "--pairs", "1"]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=110, check=False)

    assert run.returncode == 0, run.stdout + run.stderr
    assert "(µs CPU)" in run.stdout
    assert len(run.stdout.splitlines()) > 1
