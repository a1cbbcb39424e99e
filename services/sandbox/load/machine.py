"""The machine a run took place on, and who used its processors."""

import os
import platform
import re
from collections.abc import Iterable
from pathlib import Path

import httpx

_CPU = re.compile(r"^process_cpu_seconds_total (\S+)", re.MULTILINE)
_STAT = Path("/proc/stat")
_MEMORY = Path("/proc/meminfo")


def facts() -> dict[str, str | int | None]:
    """Processors, memory, system."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "processors": os.cpu_count(),
        "memoryMB": _memory(),
        "python": platform.python_version(),
    }


def _memory() -> int | None:
    try:
        found = re.search(r"MemTotal:\s+(\d+) kB", _MEMORY.read_text())
    except OSError:
        return None
    return int(found.group(1)) // 1024 if found else None


def busy_seconds() -> float | None:
    """Processor seconds that the whole machine has worked since it started; None where the system does not tell."""
    try:
        user, nice, system, _idle, _wait, irq, soft = map(int, _STAT.read_text().split("\n")[0].split()[1:8])
        return (user + nice + system + irq + soft) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError):
        return None


async def services_seconds(urls: Iterable[str]) -> float | None:
    """Processor seconds of the processes behind these URLs, as their ``/metrics`` tell; None when one does not.

    Behind an edge each URL is one of several processes: then the figure of the whole machine is the better one.
    """
    total = 0.0
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        for url in sorted(set(urls)):
            try:
                found = _CPU.search((await client.get(f"{url}/metrics")).text)
            except httpx.HTTPError:
                return None
            if found is None:
                return None
            total += float(found.group(1))
    return total
