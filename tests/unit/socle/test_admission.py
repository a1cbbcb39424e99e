"""The gate: bounded, fair, and never losing a place."""

import asyncio

import pytest
from prometheus_client import REGISTRY

from socle.admission import Admission, Overloaded


async def hold(gate: Admission, order: list[int], number: int, seconds: float = 0.0) -> None:
    async with gate:
        order.append(number)
        await asyncio.sleep(seconds)


async def test_beyond_the_queue_the_answer_is_no_at_once() -> None:
    gate = Admission("bounded", active=2, queue=3)
    tasks = [asyncio.create_task(hold(gate, [], n, 0.01)) for n in range(9)]
    await asyncio.sleep(0)
    assert (gate.active, gate.waiting) == (2, 3)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(isinstance(result, Overloaded) for result in results) == 4
    assert (gate.active, gate.waiting) == (0, 0)
    assert REGISTRY.get_sample_value("socle_admission_admitted_total", {"service": "bounded"}) == 5
    assert REGISTRY.get_sample_value("socle_admission_refused_total", {"service": "bounded"}) == 4


async def test_first_come_first_served() -> None:
    gate, order = Admission("fair", active=1, queue=10), []
    await asyncio.gather(*(hold(gate, order, n, 0.001) for n in range(8)))
    assert order == list(range(8))


async def test_who_leaves_the_queue_frees_a_place_and_no_more() -> None:
    gate, order = Admission("leaving", active=1, queue=4), []
    tasks = [asyncio.create_task(hold(gate, order, n, 0.01)) for n in range(4)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    tasks[2].cancel()
    await asyncio.sleep(0)
    assert gate.waiting == 1
    await asyncio.gather(*tasks, return_exceptions=True)
    assert order == [0, 3]
    assert (gate.active, gate.waiting) == (0, 0)


async def test_cancelled_just_when_its_turn_came() -> None:
    gate, order = Admission("turn", active=1, queue=4), []
    async with gate:
        waiter = asyncio.create_task(hold(gate, order, 1))
        next_one = asyncio.create_task(hold(gate, order, 2))
        await asyncio.sleep(0)
    waiter.cancel()  # its turn is set, and it has not run yet
    await asyncio.gather(waiter, next_one, return_exceptions=True)
    assert order == [2]
    assert gate.active == 0


async def test_an_error_inside_gives_the_place_back() -> None:
    gate = Admission("error", active=1, queue=0)
    with pytest.raises(ValueError, match="inside"):
        async with gate:
            raise ValueError("inside")
    assert gate.active == 0


@pytest.mark.parametrize(("active", "queue"), [(0, 1), (1, -1)])
def test_bounds_make_sense(active: int, queue: int) -> None:
    with pytest.raises(ValueError, match="at least"):
        Admission("bad", active=active, queue=queue)


async def test_who_stands_aside_gives_its_place_and_waits_for_it_again_without_being_refused() -> None:
    gate, order = Admission("aside", active=1, queue=0), []

    async def stand_aside() -> None:
        async with gate:
            async with gate.aside():
                await asyncio.sleep(0.02)
            order.append(1)
            assert gate.active == 1

    aside = asyncio.create_task(stand_aside())
    await asyncio.sleep(0)
    assert gate.active == 0
    await hold(gate, order, 2, 0.05)
    await aside
    assert order == [2, 1]
    assert (gate.active, gate.waiting) == (0, 0)


async def test_cancelled_while_it_stands_aside_or_waits_to_come_back() -> None:
    gate, order = Admission("aside-cancelled", active=1, queue=0), []

    async def stand_aside(seconds: float) -> None:
        async with gate, gate.aside():
            await asyncio.sleep(seconds)

    away, back = asyncio.create_task(stand_aside(10)), asyncio.create_task(stand_aside(0))
    holder = asyncio.create_task(hold(gate, order, 1, 0.05))
    await asyncio.sleep(0.01)
    assert gate.waiting == 1
    away.cancel()
    back.cancel()
    await asyncio.gather(away, back, holder, return_exceptions=True)
    assert (gate.active, gate.waiting) == (0, 0)
    await hold(gate, order, 2)
    assert order == [1, 2]


async def test_a_pause_ends_when_the_process_stops() -> None:
    stopping = asyncio.Event()
    gate = Admission("pausing", stopping=stopping)
    began = asyncio.get_running_loop().time()
    await gate.pause(0.02)
    assert asyncio.get_running_loop().time() - began >= 0.019
    paused = asyncio.create_task(gate.pause(60))
    await asyncio.sleep(0)
    stopping.set()
    async with asyncio.timeout(30):
        await paused
