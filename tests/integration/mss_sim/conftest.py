"""MSSanté served; on asyncio's own loop, and on uvloop where a test asks for both."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.mss_served import Mss, mss


@pytest.fixture
async def served(tmp_path: Path, database: str | None) -> AsyncIterator[Mss]:
    async with mss(tmp_path, database=database) as running:
        yield running


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Mss]:
    async with mss(tmp_path, size_limit=20_000, citizen_size_limit=5_000, stop_seconds=5) as running:
        yield running
