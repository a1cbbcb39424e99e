"""Another process on the same control plane: ``python control_child.py SETTINGS WHAT``, SETTINGS as JSON.

``WHAT`` is a number: pass so often by the fault hook; prints how often a rule fired, how many people it sees. Or
``watch``: prints ``ready``, then each change with the time (seconds since 1970) at which it was seen, until stdin ends.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

from pydantic import SecretStr

from socle.control.database import Change
from socle.control.plane import ControlPlane
from socle.control.port import FaultPoint
from socle.control.settings import ControlSettings
from socle.settings import GroundSettings

SMALL = ControlSettings(establishments=2, patients_per_establishment=3)


def command(settings: GroundSettings, what: str) -> list[str]:
    """What to run."""
    url = settings.database_url
    told = {"folder": str(settings.data_dir), "url": url.get_secret_value() if url is not None else None}
    return [sys.executable, __file__, json.dumps(told), what]


async def _fire(plane: ControlPlane, calls: int) -> int:
    point = FaultPoint.RECEIVED
    answers = [
        await plane.fault(point, workspace="default", service="s", operation="o", attributes={}.get)
        for _ in range(calls)
    ]
    return sum(answer is not None for answer in answers)


def _watch(plane: ControlPlane) -> None:
    def seen(change: Change) -> None:
        print(time.time(), change.scope.value, change.workspace, flush=True)

    plane.subscribe(seen)
    print("ready", flush=True)
    sys.stdin.read()


def main(told: str, what: str) -> None:
    given = json.loads(told)
    url = SecretStr(given["url"]) if given["url"] is not None else None
    plane = ControlPlane(GroundSettings(data_dir=Path(given["folder"]), database_url=url), SMALL)
    plane.open()
    if what == "watch":
        _watch(plane)
    else:
        print(asyncio.run(_fire(plane, int(what))), len(list(plane.population("default").persons)))
    plane.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
