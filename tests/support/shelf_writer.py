"""A process that writes to a shelf as fast as it can, and prints each act's name once it is answered; to be killed."""

import asyncio
import sys
from pathlib import Path

from socle.blobs import Blob
from socle.bus.embedded import EmbeddedBus
from socle.bus.wiring import make_relay
from socle.store import SqliteStore
from socle.store.port import UnitOfWork
from support import shelf


async def main(path: Path, start: int) -> None:
    store = SqliteStore(path, service="shelf")
    await store.start()
    await make_relay(store, EmbeddedBus()).start()
    numbers = iter(range(start, start + 10**9))

    async def write_on() -> None:
        for number in numbers:
            name = f"{number:09d}"

            def work(uow: UnitOfWork, number: int = number, name: str = name) -> None:
                shelf.put_and_tell(uow, name, f"{number % 20:09d}")
                if number % 25 == 0:
                    uow.keep(Blob.of(name.encode() * 40_000))

            await store.write(work)
            sys.stdout.write(f"{name}\n")
            sys.stdout.flush()

    await asyncio.gather(*(write_on() for _ in range(32)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
