"""After a drill: what was answered is stored, and counted exactly once. Everything is asked of the public APIs."""

import asyncio
from typing import Any

from sandbox.clients.http import Http
from support.drill_load import Answered

PAGE = 500


async def check_all(*, dmp: Http, mss: Http, metrics: Http, answered: Answered) -> None:
    """The four kinds of acts."""
    await _documents(dmp, metrics, answered)
    await _calls(metrics, answered)
    await _mails(mss, metrics, answered)
    await _stays(metrics, answered)


async def caught_up(http: Http) -> None:
    """Wait until metrics have read all there is."""
    async with asyncio.timeout(60):
        while True:
            summary = await http.get_json("/api/summary")
            if summary["lag"] == 0 and not summary["rebuilding"]:
                assert summary["poison"] == 0
                return
            await asyncio.sleep(0.1)


async def indicators(http: Http) -> dict[str, Any]:
    """Indicator → numerator and denominator, all establishments together."""
    answer = await http.get_json("/api/indicators", group="all", spark=0)
    return {name: (cell["num"], cell["den"]) for name, cell in answer["total"]["cells"].items()}


async def _documents(dmp: Http, metrics: Http, answered: Answered) -> None:
    listed: list[str] = []
    while page := await dmp.get_json("/_sandbox/dmp_sim/documents", limit=PAGE, offset=len(listed)):
        listed += [document["uniqueId"] for document in page]
    stored = set(listed)
    assert len(stored) == len(listed)
    assert set(answered.documents) <= stored
    assert len(stored) <= answered.begun["documents"]
    values = await indicators(metrics)
    assert values["DMP-VOL"][0] == len(stored)
    assert values["DMP-REJET"] == (0, len(stored))


async def _calls(http: Http, answered: Answered) -> None:
    things = await _explained(http, "INSI-SUCCES", "things")
    exchanges = [event["exchange"] for thing in things for event in thing["events"]]
    assert len(set(exchanges)) == len(exchanges)
    assert set(answered.calls) <= set(exchanges)
    assert len(exchanges) <= answered.begun["calls"]
    assert (await indicators(http))["INSI-SUCCES"] == (len(exchanges), len(exchanges))


async def _mails(mss: Http, metrics: Http, answered: Answered) -> None:
    listed = (await mss.get_json("/_sandbox/mss_sim/messages", limit=PAGE))["messages"]
    assert len(listed) < PAGE
    stored = {message["messageId"] for message in listed}
    assert len(stored) == len(listed)
    assert set(answered.mails) <= stored
    assert len(stored) <= answered.begun["mails"]
    assert (await indicators(metrics))["MSS-VOL"][0] == len(stored)


async def _stays(http: Http, answered: Answered) -> None:
    stays = await _explained(http, "DMP-LL", "stays")
    known = {stay["stayId"] for stay in stays}
    assert len(known) == len(stays)
    assert set(answered.stays) <= known
    assert len(known) <= answered.begun["stays"]
    assert (await indicators(http))["DMP-LL"][1] == len(known)


async def _explained(http: Http, indicator: str, kind: str) -> list[dict[str, Any]]:
    """All things, or stays, behind an indicator's value."""
    found: list[dict[str, Any]] = []
    while True:
        answer = await http.get_json("/api/explain", indicator=indicator, limit=PAGE, offset=len(found))
        found += answer[kind]
        if len(found) >= answer["total"]:
            return found
