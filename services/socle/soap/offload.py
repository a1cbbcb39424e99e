"""The bounded thread pool for what would block the loop: parsing, hashing and file writes above a size (D15)."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import ParamSpec, TypeVar

from socle.soap.limits import DEFAULT_LIMITS

P = ParamSpec("P")
T = TypeVar("T")


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=max(2, min(4, os.cpu_count() or 2)), thread_name_prefix="socle-heavy")


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run ``work`` in the pool that all services of the process share. Who calls is bounded by admission (D16)."""
    return await asyncio.get_running_loop().run_in_executor(_pool(), lambda: work(*args, **kwargs))


async def by_size(size: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run ``work`` in place when it handles little (``size`` bytes ≤ 256 KB), in the pool otherwise."""
    if size <= DEFAULT_LIMITS.offload_above:
        return work(*args, **kwargs)
    return await in_thread(work, *args, **kwargs)
