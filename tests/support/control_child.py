"""Another process on the same control database: ``python control_child.py FOLDER CALLS``.

Opens the control plane, passes CALLS times by the fault hook; prints how often a rule fired, how many people it sees.
"""

import asyncio
import sys
from pathlib import Path

from socle.control.plane import ControlPlane
from socle.control.port import FaultPoint
from socle.control.settings import ControlSettings
from socle.settings import GroundSettings

SMALL = ControlSettings(establishments=2, patients_per_establishment=3)


async def _fire(plane: ControlPlane, calls: int) -> int:
    point = FaultPoint.RECEIVED
    answers = [
        await plane.fault(point, workspace="default", service="s", operation="o", attributes={}) for _ in range(calls)
    ]
    return sum(answer is not None for answer in answers)


def main(folder: str, calls: str) -> None:
    plane = ControlPlane(GroundSettings(data_dir=Path(folder)), SMALL)
    plane.open()
    print(asyncio.run(_fire(plane, int(calls))), len(list(plane.population("default").persons)))
    plane.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
