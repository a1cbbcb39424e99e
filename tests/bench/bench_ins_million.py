"""WS_INS2 with a million identities loaded: against the FastAPI echo, over TLS, and what the search itself takes.

``python tests/bench million``. Each request asks for another person, and has its own Id and MessageID.
"""

import json
import os
import ssl
import statistics
import time
import uuid
from array import array
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from unittest.mock import patch
from urllib.request import Request, urlopen

import psutil

import ins_sim.domain.decision as decision
from bench.bench_ins import CALLS, echo
from bench.harness import Run, Served, bench, cpu_seconds, served
from bench.load import http_load, http_request
from ins_sim.app import build
from ins_sim.domain.model import Directory, Traits
from ins_sim.domain.search import search
from socle.control.model import Person
from socle.control.population.people import People
from socle.control.settings import ControlSettings
from socle.ground import Ground
from socle.http_server import listen
from socle.serve import Process
from socle.settings import GroundSettings
from socle.tls.settings import TlsSettings
from socle.web.factory import create_app
from support.insi import CONTENT_TYPE, blocks, body, message

SITES = int(os.environ.get("SOCLES_BENCH_SITES", "100"))
"""A million is a hundred times ``EACH``; fewer only show that the bench runs."""
EACH, SEED = 10_000, 1
SEARCH_MS = 5.0
"""The bar: what 99 of 100 searches stay under."""
HANDSHAKES = 100
TOLD = "told.json"
_FOUND = b"<INSACTIF>"


def persons(count: int) -> Iterator[Person]:
    """The first of those that the population's seed gives, without the ones that no search finds alone."""
    everybody = People(Random(f"{SEED}:people")).take(SITES * EACH)
    return islice((one for one in everybody if one.ins is not None and not one.note), count)


def requests(asked: Iterable[Person]) -> list[bytes]:
    """As clients write them."""
    made = []
    for person in asked:
        said = blocks(message_id=f"uuid:{uuid.uuid4()}")
        said = {name: block.replace("1f7425e2", str(uuid.uuid4())) for name, block in said.items()}
        traits = body(
            person.birth_name, person.given_names, person.sex, person.birth_date.isoformat(), person.birth_place
        )
        made.append(http_request("/lps", message(traits, said), CONTENT_TYPE))
    return made


@asynccontextmanager
async def ours(folder: Path) -> AsyncIterator[int]:
    """INSi alone with its plain and its TLS ports; tells in a file where they are, how long the start took, and, now
    and then, how long its searches did."""
    took = array("d")

    def timed(traits: Traits, directory: Directory) -> object:
        start = time.perf_counter()
        found = search(traits, directory)
        took.append(time.perf_counter() - start)
        if len(took) % CALLS == 0:
            (folder / "searches.json").write_text(json.dumps(list(took)))
        return found

    settings = GroundSettings(data_dir=folder)
    ground = Ground.open(settings, ControlSettings(establishments=SITES, patients_per_establishment=EACH))
    services = [build(ground)]
    started = time.process_time(), time.monotonic()
    app, sockets = create_app(ground, services), [listen("127.0.0.1", 0)]
    tls = TlsSettings(port=0, mutual_port=0)
    with patch.object(decision, "search", timed):
        async with Process(ground, services, app, sockets, tls) as process:
            told = {
                "cpu": time.process_time() - started[0],
                "wall": time.monotonic() - started[1],
                "known": sum(1 for _ in islice(iter(ground.control.population("default").persons), SITES * EACH)),
                "resident": psutil.Process(os.getpid()).memory_info().rss / 2**20,
                "tls": process.secure[False].addresses[0][1],
                "mutual": process.secure[True].addresses[0][1],
            }
            (folder / TOLD).write_text(json.dumps(told))
            yield process.http.addresses[0][1]


@bench("WS_INS2, a million identities, against FastAPI echo", bar=0.5, asked_only=True)
def ws_ins2_of_a_million(run: Run) -> None:
    asked = list(persons(CALLS))
    batch, answer = requests(asked), b"RECSANSVITALE"
    with served(ours) as a, served(echo) as b:
        told = json.loads((a.folder / TOLD).read_text())
        if told["known"] != SITES * EACH:
            raise RuntimeError(f"{told['known']} persons instead of {SITES * EACH}")
        run.compare(
            ours=a.batch(lambda port: http_load(port, requests(asked), contains=_FOUND)),
            ceiling=b.batch(lambda port: http_load(port, batch, contains=answer)),
        )
        took = sorted(json.loads((a.folder / "searches.json").read_text()))
        run.at_most("… search, 99th percentile under load", took[len(took) * 99 // 100] * 1e3, SEARCH_MS, "ms")
        run.note(
            f"search: median {statistics.median(took) * 1e6:.0f} µs of {len(took)} searches, "
            f"greatest {took[-1] * 1e3:.1f} ms"
        )
        run.note(
            f"first start: {told['cpu']:.0f} s CPU, {told['wall']:.0f} s; "
            f"resident {told['resident']:.0f} MiB after it, "
            f"{a.resident_mb:.0f} MiB after the load"
        )
        _over_tls(run, a, told, asked)


def _over_tls(run: Run, side: Served, told: dict[str, int], asked: list[Person]) -> None:
    """The same acts on connections that stay open, and what opening one takes."""
    authorities = urlopen(f"http://127.0.0.1:{side.port}/_sandbox/pki/ca.pem").read().decode()
    one_way = ssl.create_default_context(cadata=authorities)
    mutual = ssl.create_default_context(cadata=authorities)
    order = Request(
        f"http://127.0.0.1:{side.port}/_sandbox/pki/certificates",
        json.dumps({"kind": "insi-auto"}).encode(),
        {"Content-Type": "application/json"},
    )
    file = side.folder / "client.pem"
    file.write_bytes(urlopen(order).read())
    mutual.load_cert_chain(file)
    for name, port, context in (("one-way TLS", told["tls"], one_way), ("mutual TLS", told["mutual"], mutual)):
        run.compare(
            name=f"… over {name}, connections kept / plain",
            ours=side.batch(partial(_secured, asked, port, context)),
            ceiling=side.batch(lambda port: http_load(port, requests(asked), contains=_FOUND)),
        )
        some = requests(asked[:HANDSHAKES])
        before = cpu_seconds(side.pid)
        for one in some:
            http_load(port, [one], connections=1, contains=_FOUND, context=context)
        run.note(
            f"{name}: an act with a connection of its own costs "
            f"{(cpu_seconds(side.pid) - before) / len(some) * 1e6:.0f} µs CPU"
        )


def _secured(asked: list[Person], port: int, context: ssl.SSLContext, _: int) -> int:
    return http_load(port, requests(asked), contains=_FOUND, context=context)
