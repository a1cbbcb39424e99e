"""Metrics, served in this process."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.metrics_served import Served, served


@pytest.fixture
async def run(tmp_path: Path, database: str | None) -> AsyncIterator[Served]:
    async with served(tmp_path, database=database) as run:
        yield run
