"""Two replicas of one service on PostgreSQL, each a real process: every control route works through either of them."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from support import insi
from support.cluster import Cluster, cluster

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]

SEEN_SECONDS = 0.2
"""D14. The answer to a change comes when it holds everywhere: nothing here waits."""
QUESTION = insi.message(insi.zoe())
PERSON = {"id": "me", "birthName": "MOI", "givenNames": ["LUI"], "sex": "M", "birthDate": "1990-01-01"}


@pytest.fixture
def members(tmp_path: Path, postgres_url: str) -> Iterator[Cluster]:
    environment = {
        "SOCLES_DATABASE_URL": postgres_url,
        "SOCLES_CONTROL_ESTABLISHMENTS": "2",
        "SOCLES_CONTROL_PATIENTS_PER_ESTABLISHMENT": "3",
    }
    with cluster(tmp_path, {"ins_sim": 2}, environment) as made:
        yield made


@pytest.fixture
async def both(members: Cluster) -> AsyncIterator[list[httpx.AsyncClient]]:
    await members.start()
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(httpx.AsyncClient(base_url=member.url, trust_env=False, timeout=20))
            for member in members.of("ins_sim")
        ]


async def ask(http: httpx.AsyncClient, workspace: str) -> httpx.Response:
    return await http.post(f"/w/{workspace}/lps", content=QUESTION, headers={"content-type": insi.CONTENT_TYPE})


async def get(http: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await http.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_what_one_is_told_holds_in_the_other_when_it_answers(both: list[httpx.AsyncClient]) -> None:
    one, other = both
    assert (await one.post("/_sandbox/workspaces", json={"name": "ws1"})).status_code == 201
    assert (await get(other, "/_sandbox/workspaces/ws1"))["epoch"] == 1
    await other.post("/w/ws1/_sandbox/clock/freeze", json={"at": "2030-01-01T00:00:00Z"})
    assert (await get(one, "/w/ws1/_sandbox/clock"))["now"] == "2030-01-01T00:00:00Z"
    await one.post("/w/ws1/_sandbox/population", json={"persons": [PERSON]})
    assert [found["id"] for found in await get(other, "/w/ws1/_sandbox/population/persons", name="MOI")] == ["me"]
    fault = {"id": "f", "service": "ins_sim", "effect": "refuse", "code": "siram_40/insi_102", "nth": 2, "times": 1}
    await other.post("/w/ws1/_sandbox/faults", json=fault)
    answers = [await ask(http, "ws1") for http in (one, other, one)]
    assert [b"insi_102" in answer.content for answer in answers] == [False, True, False]
    assert [(rule["seen"], rule["fired"]) for rule in await get(one, "/w/ws1/_sandbox/faults")] == [(3, 1)]
    await one.post("/w/ws1/_sandbox/reset")
    assert (await get(other, "/_sandbox/workspaces/ws1"))["epoch"] == 2
    assert not (await get(other, "/w/ws1/_sandbox/faults"))
    await ask(other, "ws1")
    assert [item["epoch"] for item in (await get(other, "/w/ws1/_sandbox/exchanges"))["items"]] == [2]
    await other.post("/_sandbox/seed", json={"seed": 5, "establishments": 3, "patientsPerEstablishment": 1})
    assert len(await get(one, "/_sandbox/population/establishments")) == 3
    await one.delete("/_sandbox/workspaces/ws1")
    assert (await ask(other, "ws1")).status_code != 200
    assert (await other.post("/_sandbox/workspaces", json={"name": "ws1"})).json()["epoch"] == 3


async def test_exchanges_of_both_are_asked_followed_and_read_through_either(both: list[httpx.AsyncClient]) -> None:
    one, other = both
    async with other.stream("GET", "/_sandbox/exchanges/tail") as tail:
        lines = tail.aiter_lines()
        assert await anext(lines) == ": listening"
        made = [(await ask(http, "default")).headers["x-socles-exchange"].rpartition("/")[2] for http in both * 2]
        heard = []
        async with asyncio.timeout(10):
            while len(heard) < 4:
                line = await anext(lines)
                if line.startswith("data: "):
                    heard.append(json.loads(line[6:])["id"])
    assert sorted(heard) == sorted(made)
    latest = (await ask(one, "default")).headers["x-socles-exchange"].rpartition("/")[2]
    start = time.monotonic()
    assert (await get(other, f"/_sandbox/exchanges/{latest}"))["service"] == "ins_sim"
    assert time.monotonic() - start < 2
    assert (await other.get(f"/_sandbox/exchanges/{latest}/request")).content == QUESTION
    for http in both:
        listed = (await get(http, "/_sandbox/exchanges", limit=3))["items"]
        assert listed[0]["id"] == latest
        assert len((await http.get("/_sandbox/exchanges/export")).text.splitlines()) == 5


@pytest.mark.alone
async def test_the_delay_itself(both: list[httpx.AsyncClient]) -> None:
    """Measured from the commit on, which is before the answer."""
    one, other = both
    delays = []
    for number in range(10):
        wanted = {"n": str(number)}
        change = asyncio.create_task(one.patch("/_sandbox/workspaces/default", json={"options": wanted}))
        start = time.monotonic()
        while (await get(other, "/_sandbox/workspaces/default"))["options"] != wanted:
            assert time.monotonic() - start < 5
            await asyncio.sleep(0.002)
        delays.append(time.monotonic() - start)
        await change
    print(f"seen after {sorted(delays)[5] * 1000:.0f} ms (median), {max(delays) * 1000:.0f} ms at most")
    assert sorted(delays)[8] < SEEN_SECONDS
