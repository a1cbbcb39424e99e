"""Rules of SOAP, XML and MIME: each broken alone and satisfied, on a real server."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
from structlog.testing import capture_logs

from socle.soap.model import Call, Reply
from support.rule_table import RuleTable
from support.soap_breaks import BROKEN, LIMITS, PLAIN, SOUND
from support.wire import PLAIN as HEADERS
from support.wire import Echo, asgi, envelope, raw, serving


class Failing(Echo):
    async def echo(self, call: Call) -> Reply:
        raise RuntimeError


async def told_when_the_client_leaves(address: tuple[str, int], echo: Echo) -> list[str]:
    head = f"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: {PLAIN}\r\nContent-Length: 5000\r\n\r\n"
    before = len(echo.journal.kept)
    await raw(address, head.encode(), envelope().encode(), half_close=True)
    async with asyncio.timeout(10):
        while len(echo.journal.kept) == before:
            await asyncio.sleep(0.01)
    return echo.rules


async def test_each_rule_is_broken_alone_and_satisfied(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    table = RuleTable("SOAP, XML and MIME")
    echo = Echo(tmp_path / "spool", options={"limits": LIMITS})
    async with serving(echo.app) as address, httpx.AsyncClient(base_url=f"http://{address[0]}:{address[1]}") as http:
        for kind, content, rule in BROKEN:
            await http.post("/echo", content=content, headers={"Content-Type": kind})
            table.case(f"breaks {rule}", echo.rules, rule)
        await http.get("/echo")
        table.case("a GET", echo.rules, "soap.method")
        await http.post("/echo", content=b"\x1f\x8b", headers={"Content-Type": PLAIN, "Content-Encoding": "gzip"})
        table.case("gzip", echo.rules, "soap.content-encoding")
        table.case("half a request", await told_when_the_client_leaves(address, echo), "soap.disconnected")
        for kind, content, satisfies in SOUND:
            answer = await http.post("/echo", content=content, headers={"Content-Type": kind})
            assert answer.status_code == 200, answer.text
            table.case(kind, echo.rules, satisfies=satisfies)
    failing = Failing(tmp_path / "failing")
    with capture_logs():  # in colours, a traceback reads its sources
        await asgi(failing.app, envelope().encode(), headers=HEADERS)
    table.case("an error of our own", failing.rules, "soap.unexpected")
    table.close(record_property)
