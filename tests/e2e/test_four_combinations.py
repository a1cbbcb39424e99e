"""The same seeded day on both buses and both databases gives the same indicators, to the unit."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from support.kafka import Broker
from support.kafka_emptied import delete_topics
from support.postgres import fresh_database

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.kafka, pytest.mark.timeout(600)]

SEED = 7
DEMO = ["demo", "--once", "--json", "--seed", str(SEED), "--duration", "0", "--history", "3", "--establishments", "8"]


def played(**environment: str) -> dict[str, Any]:
    """What a demonstration tells that runs in an environment of its own; all of it must agree with what was sent."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SOCLES_")}
    command = [sys.executable, "-m", "sandbox.cli", *DEMO, "--port", "0", "--smtp-port", "0"]
    run = subprocess.run(
        command,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=180,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    told: dict[str, Any] = json.loads(run.stdout)
    assert told["agrees"]
    assert told["trouble"] == []
    return told


def test_the_same_day_gives_the_same_indicators_everywhere(kafka_broker: Broker, postgres_admin_url: str) -> None:
    kafka = {"SOCLES_KAFKA_BOOTSTRAP": kafka_broker.bootstrap}
    told = {"embedded + SQLite": played()}
    with fresh_database(postgres_admin_url) as url:
        told["embedded + PostgreSQL"] = played(SOCLES_DATABASE_URL=url)
    told["Kafka + SQLite"] = played(**kafka)
    delete_topics(kafka_broker.bootstrap)
    with fresh_database(postgres_admin_url) as url:
        told["Kafka + PostgreSQL"] = played(**kafka, SOCLES_DATABASE_URL=url)

    first = told["embedded + SQLite"]["everything"]
    assert len(first) >= 9, "eight establishments and the total"
    assert all(cell["numerator"] for cell in first["total/"].values()), "an indicator that nothing moves proves little"
    for name, one in told.items():
        assert one["everything"] == first, name
        assert one["establishments"] == told["embedded + SQLite"]["establishments"], name
