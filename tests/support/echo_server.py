"""The echo endpoint in a process of its own, so that its memory can be measured: ``python -m support.echo_server DIR``.

Prints its port, then serves until its standard input is closed.
"""

import asyncio
import sys
from pathlib import Path

from socle.serve import run
from support.wire import Echo, serving


async def main(spool: Path) -> None:
    async with serving(Echo(spool).app) as (_, port):
        print(port, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    run(main(Path(sys.argv[1])))
