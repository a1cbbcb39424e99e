"""How much batch verification takes: lines of a demand, demands of a workspace, and a large one beside the loop."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ins_sim.domain import rules_batch as rules
from ins_sim.domain.batch import TOLD
from socle.soap.limits import DEFAULT_LIMITS
from support.ins_batch import (
    LINES,
    NOON,
    OUTCOMES,
    ZOE,
    batches,
    call,
    later,
    number_of,
    outcomes,
    refused,
    send,
    state,
)
from support.ins_served import Insi
from support.ins_verified import claim, demand, result
from support.insi import code_of


@pytest.fixture
async def served(tmp_path: Path, database: str | None) -> AsyncIterator[Insi]:
    async with batches(tmp_path, database) as running:
        yield running


async def test_limits_are_the_workspaces(served: Insi) -> None:
    assert await refused(served, demand(LINES), "small") == "socles_251"
    answer = await send(served, demand(LINES), "small")
    assert "Trop de lignes pour une demande : 4, 3 au plus" in answer.text
    made = await call(served, demand(LINES[:3]), "small")
    assert (state(made), outcomes(made)) == ("PRETE", OUTCOMES[:3])
    await later(served, 10, "small")
    assert state(await call(served, result(number_of(made)), "small")) == "EXPIREE"


async def test_a_workspace_has_so_many_demands_at_a_time(served: Insi) -> None:
    options = {"insi.batch.demands": "2", "insi.batch.delay": "0", "insi.batch.keep": "10"}
    await asyncio.to_thread(served.control.create_workspace, "full", options=options)
    await asyncio.to_thread(served.control.freeze_clock, "full", NOON)
    first = number_of(await call(served, demand(LINES, "d-1"), "full"))
    answers = await asyncio.gather(*(send(served, demand(LINES, f"d-{rank}"), "full") for rank in range(2, 7)))
    assert sorted(answer.status_code for answer in answers) == [200, 500, 500, 500, 500]
    refusal = next(answer for answer in answers if answer.status_code == 500)
    assert code_of(refusal.content) == "socles_256"
    assert "Trop de demandes dans cet espace : 3, 2 au plus" in refusal.text
    assert number_of(await call(served, demand(LINES, "d-1"), "full")) == first
    await call(served, demand(LINES, "d-7"))  # another workspace has its own
    await later(served, 10, "full")
    assert number_of(await call(served, demand(LINES, "d-8"), "full")) != first


async def test_a_large_demand_is_decided_beside_the_loop_and_told_in_part(served: Insi) -> None:
    many = [(str(rank), claim(ZOE, sex="M")) for rank in range(1, 501)]
    raw = demand(many).replace(b"<b:IdDemande>", b"<!--" + b"x" * 100_000 + b"--><b:IdDemande>")
    assert len(raw) > DEFAULT_LIMITS.offload_above
    made = await call(served, raw)
    assert made.findtext("{*}Lignes") == "500"
    told = served.last.findings
    assert (len(told), told[-1].rule, told[-1].found) == (TOLD + 1, rules.MORE, "400")
    await later(served, 60)
    assert outcomes(await call(served, result(number_of(made)))) == [(rank, "KO") for rank, _ in many]
    assert await refused(served, demand([*many, ("501", claim(ZOE))], "d-2")) == "socles_251"
