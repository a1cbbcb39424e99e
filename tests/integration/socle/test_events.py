"""The events of a workspace over HTTP, before and after the relay has numbered them, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from socle.bus import log, published, told
from socle.bus.embedded import EmbeddedBus
from socle.control.plane import ControlPlane
from socle.control.settings import ControlSettings
from socle.exchange import new_id
from socle.ground import Ground
from socle.journal.store import JournalStore
from socle.store import Store, UnitOfWork
from socle.web.factory import create_app
from support import shelf
from support.shelf_stores import settings_for

SOURCE = "/socles/shelf/default"


class KeepingBus(EmbeddedBus):
    """Says that published events go from the outbox after three hours, as the one over Kafka does."""

    @property
    def keeps_hours(self) -> float:  # type: ignore[override]
        return 3.0


@asynccontextmanager
async def served(folder: Path, url: str | None, bus: EmbeddedBus) -> AsyncIterator[tuple[Store, httpx.AsyncClient]]:
    settings = settings_for(folder, url)
    control = ControlPlane(settings, ControlSettings(establishments=1, patients_per_establishment=1))
    ground = Ground(settings, control, JournalStore(settings), bus)
    store = ground.open_store("shelf", shelf.METADATA, shelf.MIGRATIONS)
    async with ground:
        transport = httpx.ASGITransport(await asyncio.to_thread(create_app, ground, []))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            yield store, http


@pytest.fixture
async def shelf_served(tmp_path: Path, database: str | None) -> AsyncIterator[tuple[Store, httpx.AsyncClient]]:
    async with served(tmp_path, database, EmbeddedBus()) as both:
        yield both


def tell(uow: UnitOfWork, subject: str, *, workspace: str = "default", epoch: int = 1, exchange: str = "e") -> str:
    event = shelf.event("010000016", workspace=workspace).model_copy(update={"epoch": epoch, "exchange_id": exchange})
    return uow.emit(event, subject=subject, time=shelf.AT)


async def listed(http: httpx.AsyncClient, path: str = "/_sandbox/shelf/events", **asked: str | int) -> Any:
    answer = await http.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_event_is_listed_as_soon_as_its_act_is_answered(
    shelf_served: tuple[Store, httpx.AsyncClient],
) -> None:
    store, http = shelf_served
    event_id = await store.write(lambda uow: tell(uow, "a", exchange="x1"))
    page = await listed(http)
    (event,) = page["items"]
    assert page["next"] is None
    assert "since" not in page
    assert (event["id"], event["source"], event["subject"], event["topic"]) == (event_id, SOURCE, "a", "socles.insi.v1")
    assert event["type"] == "fr.socles.insi.call.completed.v1"
    assert event["time"] == "2026-03-02T08:30:00Z"
    assert event["data"].items() >= {"workspace": "default", "epoch": 1, "exchangeId": "x1", "outcome": "00"}.items()
    for _ in range(100):
        (event,) = (await listed(http))["items"]
        if event["sequence"] is not None:
            break
        await asyncio.sleep(0.02)
    assert event["sequence"] == 0


async def test_pages_follow_one_another_and_nothing_is_listed_twice(
    shelf_served: tuple[Store, httpx.AsyncClient],
) -> None:
    store, http = shelf_served
    for number in range(7):
        await store.write(partial(tell, subject=f"s{number}"))
    seen: list[str] = []
    after: int | None = 0
    while after is not None:
        page = await listed(http, after=after, limit=3)
        seen += [event["subject"] for event in page["items"]]
        after = page["next"]
    assert seen == [f"s{number}" for number in range(7)]
    last = (await listed(http))["items"][-1]["position"]
    await store.write(partial(tell, subject="new"))
    assert [event["subject"] for event in (await listed(http, after=last))["items"]] == ["new"]


async def test_filters(shelf_served: tuple[Store, httpx.AsyncClient]) -> None:
    store, http = shelf_served
    exchange = new_id()
    for subject in ("a", "b", "a"):
        await store.write(partial(tell, subject=subject, exchange=exchange if subject == "b" else new_id()))

    async def subjects(**asked: str) -> list[str]:
        return [event["subject"] for event in (await listed(http, **asked))["items"]]

    assert await subjects(subject="a") == ["a", "a"]
    assert await subjects(exchange=exchange) == ["b"]
    assert await subjects(exchange="it's no id %") == []
    assert await subjects(type="insi.call") == ["a", "b", "a"]
    assert await subjects(type="fr.socles.insi.call.completed.v1", subject="b") == ["b"]
    assert await subjects(type="insi.cal") == await subjects(type="insi_call") == []
    assert (await http.get("/_sandbox/shelf/events", params={"limit": 0})).status_code == 422
    assert (await http.get("/_sandbox/shelf/events", params={"after": 2**70})).status_code == 422


async def test_of_its_workspace_and_epoch_only(shelf_served: tuple[Store, httpx.AsyncClient]) -> None:
    store, http = shelf_served
    await http.post("/_sandbox/workspaces", json={"name": "ws1"})
    mine = await store.write(lambda uow: tell(uow, "mine"))
    other = await store.write(lambda uow: tell(uow, "other", workspace="ws1"))
    assert [event["id"] for event in (await listed(http))["items"]] == [mine]
    assert [event["id"] for event in (await listed(http, "/w/ws1/_sandbox/shelf/events"))["items"]] == [other]
    assert (await http.get(f"/_sandbox/shelf/events/{other}")).status_code == 404
    assert (await http.get(f"/w/ws1/_sandbox/shelf/events/{other}")).json()["subject"] == "other"
    await http.post("/_sandbox/reset")
    assert (await listed(http))["items"] == []
    assert (await http.get(f"/_sandbox/shelf/events/{mine}")).status_code == 404
    await store.write(lambda uow: tell(uow, "anew", epoch=2))
    assert [event["subject"] for event in (await listed(http))["items"]] == ["anew"]
    assert (await http.get("/_sandbox/nobody/events")).status_code == 404


async def test_one_of_many_is_found_by_its_id(shelf_served: tuple[Store, httpx.AsyncClient]) -> None:
    store, http = shelf_served

    def many(uow: UnitOfWork) -> list[str]:
        return [tell(uow, f"s{number}") for number in range(300)]

    ids = await store.write(many)
    for number in (0, 17, 299):
        assert (await http.get(f"/_sandbox/shelf/events/{ids[number]}")).json()["subject"] == f"s{number}"
    for unknown in (new_id(), "x", "00000000-0000-7000-8000-000000000000"):
        assert (await http.get(f"/_sandbox/shelf/events/{unknown}")).status_code == 404


async def test_old_events_are_found_by_their_time(shelf_served: tuple[Store, httpx.AsyncClient]) -> None:
    """Rows of ten hours: what an id says about where its row is must lead there."""
    store, _ = shelf_served

    outbox, first, apart = shelf.COMMON.outbox, 1_780_000_000_000, 600_000

    def ident(number: int) -> str:
        millis = f"{first + number * apart:012x}"
        return f"{millis[:8]}-{millis[8:]}-7000-8000-000000000000"

    def spread(uow: UnitOfWork) -> None:
        for number in range(60):
            tell(uow, f"s{number}")

    def age(uow: UnitOfWork) -> None:
        for number in range(60):
            made = {"recorded": (first + number * apart) * 1000, "id": ident(number)}
            uow.execute(outbox.update().where(outbox.c.subject == f"s{number}").values(made))

    await store.write(spread)
    await store.write(age)
    for number in (0, 1, 30, 58, 59):
        found = await store.read(partial(told.one, source=SOURCE, epoch=1, event_id=ident(number)))
        assert found is not None
        assert found["subject"] == f"s{number}"


async def test_a_broker_s_rest_is_told_of(tmp_path: Path, database: str | None) -> None:
    async with served(tmp_path, database, KeepingBus()) as (store, http):
        for number in range(4):
            await store.write(partial(tell, subject=f"s{number}"))
        for _ in range(100):
            ends = await store.read(log.offsets)
            if sum(ends.values()) == 4:
                break
            await asyncio.sleep(0.02)
        await store.write(lambda uow: published.move(uow, ends))
        assert "since" not in await listed(http)
        (part,) = ends
        await store.write(lambda uow: published.prune(uow, part, 4, 2**62, 2))
        page = await listed(http)
        assert [event["subject"] for event in page["items"]] == ["s2", "s3"]
        hours = (datetime.now(UTC) - datetime.fromisoformat(page["since"])).total_seconds() / 3600
        assert hours == pytest.approx(3, abs=0.1)
