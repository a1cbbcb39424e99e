"""MSSanté served; on asyncio's own loop, and on uvloop where a test asks for both."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.mss_served import Mss, mss


@pytest.fixture
async def served(tmp_path: Path, database: str | None) -> AsyncIterator[Mss]:
    async with mss(tmp_path, database=database) as running:
        yield running
