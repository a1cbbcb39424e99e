"""The benches still run: one pair each, whatever the figures."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.kafka import Broker

pytestmark = [pytest.mark.slow, pytest.mark.timeout(420)]
BENCH = Path(__file__).parent.parent / "bench"


def run(word: str, *options: str, **environment: str) -> str:
    command = [sys.executable, str(BENCH), word, "--pairs", "1", *options]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=400,
        check=False,
        env={**os.environ, "SOCLES_BENCH_OFFLINE": "1", **environment},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "(µs CPU)" in done.stdout
    return done.stdout


@pytest.mark.parametrize("word", ["assertions", "dmp", "ins", "metrics", "smtp", "store", "wire"])
def test_a_bench_runs(word: str) -> None:
    assert len(run(f"bench_{word} ").splitlines()) > 1  # the space: not those whose name only begins so


def test_the_bench_of_a_million_identities_runs_with_fewer() -> None:
    assert "search: median" in run("bench_ins_million", SOCLES_BENCH_SITES="3")


@pytest.mark.kafka
@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("bench_kafka", "metrics from Kafka"),
        ("bench_relay", "SQLite → Kafka"),
        ("freshness_of_many", "Kafka and PostgreSQL, p99"),
    ],
)
def test_a_bench_on_kafka_runs(kafka_broker: Broker, word: str, said: str) -> None:
    assert said in run(word, SOCLES_TEST_KAFKA_BOOTSTRAP=kafka_broker.bootstrap)


@pytest.mark.kafka
def test_a_national_day_runs(kafka_broker: Broker) -> None:
    said = run(
        "national-day",
        "--events",
        "16000",
        "--establishments",
        "50",
        SOCLES_TEST_KAFKA_BOOTSTRAP=kafka_broker.bootstrap,
    )
    assert "cost with 10,000 ÷ with ten" in said
    assert "peak memory" in said
    assert "16,000 events of 50 establishments" in said
