"""What fault rules cost that never fire (D10: at most 2 %): in a workspace that has some, in one that has none, and in
one where the hook is left out.

A difference so small drowns in what two processes differ by, and in the noise: the sides are workspaces of one process,
and the hook is asked ten times over at each of its points. What one asking costs is a tenth of the difference; the
ratio follows from it, and so do the bounds of its interval, each ratio giving one other.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import dmp_sim.app
import ins_sim.app
from bench import bench_dmp
from bench.bench_ins import _BODY as INS_BODY
from bench.harness import Batch, Row, Run, bench, served
from bench.load import http_load, http_request
from socle.control.faults import FaultRule
from socle.control.plane import ControlPlane
from socle.control.port import FaultEffect, FaultPoint
from socle.ground import Ground
from socle.http_server import listen
from socle.serve import Process
from socle.service import Service
from socle.settings import GroundSettings
from socle.soap.injection import FaultHook
from socle.soap.model import Call, Operation
from socle.web.factory import create_app
from support.insi import CONTENT_TYPE

BAR = 0.98
TIMES = 10
"""How often the hook is asked where the call asks once."""
CALLS = 300
DEPOSITS = 60
IDLE, NONE, BARE = "idle", "none", "bare"


def _rule(number: int, point: FaultPoint, service: str | None, operation: str | None, **match: str) -> FaultRule:
    return FaultRule(f"idle-{number}", IDLE, FaultEffect.CUT, point, service, operation, match)


def idle_rules(service: str, operation: str) -> list[FaultRule]:
    """Twelve rules that no call of the bench meets: elsewhere, at another operation, on another path or action."""
    return [
        *(_rule(n, point, "elsewhere_sim", None) for n, point in enumerate(FaultPoint)),
        *(_rule(n, point, service, "other") for n, point in enumerate(FaultPoint, 3)),
        *(_rule(n, point, service, operation, path="/nowhere*") for n, point in enumerate(FaultPoint, 6)),
        *(_rule(n, point, None, None, action="urn:nothing") for n, point in enumerate(FaultPoint, 9)),
    ]


def leave_out_the_hook() -> None:
    """In one workspace; what asking costs is on the side of the others. For good: the process is the bench's own."""
    whole = FaultHook.pass_by

    async def pass_by(hook: FaultHook, point: FaultPoint, call: Call, operation: Operation, path: str) -> None:
        if call.exchange.workspace != BARE:
            for _ in range(TIMES):
                await whole(hook, point, call, operation, path)

    FaultHook.pass_by = pass_by  # type: ignore[method-assign]


@asynccontextmanager
async def serve(build: Callable[[Ground], Service], operation: str, folder: Path) -> AsyncIterator[int]:
    """One service, as it serves alone, with the three workspaces."""
    leave_out_the_hook()
    ground = Ground.open(GroundSettings(data_dir=folder))
    services = [build(ground)]
    async with Process(ground, services, create_app(ground, services), [listen("127.0.0.1", 0)]) as process:
        assert isinstance(ground.control, ControlPlane)
        for name in (IDLE, NONE, BARE):
            ground.control.create_workspace(name)
        ground.control.add_fault_rules(IDLE, idle_rules(services[0].name, operation))
        yield process.http.addresses[0][1]


def _measure(run: Run, what: str, batch: Callable[[str], Batch]) -> None:
    hook = run.compare(name=f"{what}: no fault rule, against no hook", bar=BAR, ours=batch(NONE), ceiling=batch(BARE))
    once_us = hook.ceiling_us + (hook.ours_us - hook.ceiling_us) / TIMES
    run.rows[-1] = replace(_once(hook, 1.0), ours_us=once_us)
    rules = run.compare(
        name=f"{what}: 12 idle fault rules, against none", bar=BAR, ours=batch(IDLE), ceiling=batch(NONE)
    )
    # here the ceiling asks ten times too: the rules' share of a call that asks once is greater by so much
    run.rows[-1] = _once(rules, hook.ours_us / once_us)


def _once(row: Row, share: float) -> Row:
    """From the ratio of calls that ask ten times over to that of calls that ask once."""

    def one(ratio: float) -> float:
        return 1 / (1 + (1 / ratio - 1) / TIMES * share)

    return replace(row, ratio=one(row.ratio), low=one(row.low), high=one(row.high))


def _in(workspace: str, request: bytes) -> bytes:
    return request.replace(b"POST /", f"POST /w/{workspace}/".encode(), 1)


@bench("ITI-41 with fault rules that never fire", bar=BAR)
def iti41_idle(run: Run) -> None:
    with served(partial(serve, dmp_sim.app.build, "iti41")) as side:

        def batch(workspace: str) -> Batch:
            def load(port: int) -> int:
                requests = [_in(workspace, one) for one in bench_dmp._requests(DEPOSITS)]
                return http_load(port, requests, contains=b"ResponseStatusType:Success")

            return side.batch(load)

        _measure(run, "ITI-41", batch)


@bench("WS_INS2 with fault rules that never fire", bar=BAR)
def ws_ins2_idle(run: Run) -> None:
    request = http_request("/lps", INS_BODY, CONTENT_TYPE)
    with served(partial(serve, ins_sim.app.build, "rechercherInsAvecTraitsIdentite")) as side:

        def batch(workspace: str) -> Batch:
            requests = [_in(workspace, request)] * CALLS
            return side.batch(lambda port: http_load(port, requests, contains=b"1090763220834"))

        _measure(run, "WS_INS2", batch)
