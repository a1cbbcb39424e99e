"""What the journal costs (D9: at most 15 % of throughput): services with it, and with one that records nothing."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

import dmp_sim.app
import ins_sim.app
from bench import bench_dmp
from bench.bench_ins import _BODY as INS_BODY
from bench.bench_ins import CALLS
from bench.harness import Run, bench, served
from bench.load import http_load, http_request
from socle.exchange import Exchange
from socle.ground import Ground
from socle.http_server import listen
from socle.journal.store import JournalStore
from socle.serve import Process
from socle.service import Service
from socle.settings import GroundSettings
from socle.web.factory import create_app
from support.insi import CONTENT_TYPE


class Mute(JournalStore):
    """Takes every exchange and forgets it."""

    def record(self, exchange: Exchange) -> None:
        pass


@asynccontextmanager
async def serve(build: Callable[[Ground], Service], mute: bool, folder: Path) -> AsyncIterator[int]:
    """One service, as it serves alone, with or without its journal."""
    settings = GroundSettings(data_dir=folder)
    ground = Ground.open(settings)
    if mute:
        ground.journal = Mute(settings)
    services = [build(ground)]
    async with Process(ground, services, create_app(ground, services), [listen("127.0.0.1", 0)]) as process:
        yield process.http.addresses[0][1]


def sides(build: Callable[[Ground], Service]) -> list[Callable[[Path], AbstractAsyncContextManager[int]]]:
    """With the journal, without it."""
    return [partial(serve, build, mute) for mute in (False, True)]


@bench("ITI-41 of 30 KB with the journal against without", bar=0.85)
def iti41_journalled(run: Run) -> None:
    with_journal, without = sides(dmp_sim.app.build)
    with served(with_journal) as a, served(without) as b:

        def load(port: int) -> int:
            return http_load(port, bench_dmp._requests(bench_dmp.BATCH), contains=b"ResponseStatusType:Success")

        run.compare(ours=a.batch(load), ceiling=b.batch(load))


@bench("WS_INS2 with the journal against without", bar=0.85)
def ws_ins2_journalled(run: Run) -> None:
    batch = [http_request("/lps", INS_BODY, CONTENT_TYPE)] * CALLS
    with_journal, without = sides(ins_sim.app.build)
    with served(with_journal) as a, served(without) as b:

        def load(port: int) -> int:
            return http_load(port, batch, contains=b"1090763220834")

        run.compare(ours=a.batch(load), ceiling=b.batch(load))
        run.note(
            "alone, the journal takes 16 µs a call (7 to flatten, 7 in SQLite, 2 to count); the rest comes with a "
            "second busy thread. Tried: 64 rows a statement (0.74 → 0.80), flat rows in the queue, not objects "
            "(0.80 → 0.83); no help: longer or shorter rests, larger pages, no garbage collection"
        )
