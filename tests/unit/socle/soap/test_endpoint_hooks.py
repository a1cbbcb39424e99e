"""The endpoint beside the straight way: injected faults, overload, other methods, memory."""

import gc
from pathlib import Path

import pytest
from lxml import etree

from socle.admission import Admission
from socle.control.port import Fault, FaultEffect, FaultPoint
from socle.exchange import Outcome
from socle.soap.model import WSA, Call, Reply, SoapFault
from socle.soap.render import CxfRenderer
from socle.store.port import StoreBusy, StoreFailed
from support.wire import ACTION, PLAIN, Echo, asgi, envelope, multipart

RELATED = {"Content-Type": 'multipart/related; boundary="b"; type="application/xop+xml"', "Host": "sandbox.test"}
ROOT = "Content-Type: application/xop+xml; charset=UTF-8"


@pytest.fixture
def echo(tmp_path: Path) -> Echo:
    return Echo(tmp_path / "spool")


class TestFaultHook:
    """The three points (D10)."""

    async def test_each_point_is_asked_with_what_rules_match_on(self, echo: Echo) -> None:
        await asgi(echo.app, envelope().encode(), headers=PLAIN)
        assert [(point.value, operation) for point, operation, _ in echo.control.asked] == [
            ("received", "Echo"),
            ("before-commit", "Echo"),
            ("before-answer", "Echo"),
        ]
        attributes = echo.control.asked[0][2]
        assert attributes == {"path": "/echo", "action": ACTION, "peer": "127.0.0.1:4321"}

    @pytest.mark.parametrize("point", list(FaultPoint))
    async def test_refuse(self, echo: Echo, point: FaultPoint) -> None:
        echo.control.faults[point] = Fault("f1", FaultEffect.REFUSE, code="XDSRepositoryBusy", reason="occupé")
        status, _, body = await asgi(echo.app, envelope().encode(), headers=PLAIN)
        exchange = echo.journal.last
        assert status == 500
        assert b"soap:XDSRepositoryBusy" in body
        assert (exchange.fault, exchange.code, exchange.outcome) == ("f1", "XDSRepositoryBusy", Outcome.FAULT)
        assert len(echo.calls) == (0 if point is FaultPoint.RECEIVED else 1)

    @pytest.mark.parametrize("point", list(FaultPoint))
    async def test_refuse_with_an_ordinary_reply(self, tmp_path: Path, point: FaultPoint) -> None:
        class OwnWords(CxfRenderer):
            def refusal(self, call: Call, fault: Fault) -> Reply | SoapFault:
                return Reply(f'<Failure code="{fault.code}"/>'.encode())

        echo = Echo(tmp_path, options={"renderer": OwnWords()})
        echo.control.faults[point] = Fault("f1", FaultEffect.REFUSE, code="X")
        status, _, body = await asgi(echo.app, envelope().encode(), headers=PLAIN)
        assert status == 200
        assert b'<Failure code="X"/>' in body
        assert echo.journal.last.outcome is Outcome.FAULT

    @pytest.mark.parametrize("point", list(FaultPoint))
    async def test_cut_sends_nothing_or_a_promise_never_kept(self, echo: Echo, point: FaultPoint) -> None:
        echo.control.faults[point] = Fault("f2", FaultEffect.CUT)
        status, headers, body = await asgi(echo.app, envelope().encode(), headers=PLAIN)
        assert (status, headers["content-length"], body) == (500, "1", b"")
        assert (echo.journal.last.fault, echo.journal.last.outcome) == ("f2", Outcome.FAULT)

    async def test_latency(self, echo: Echo) -> None:
        echo.control.faults[FaultPoint.RECEIVED] = Fault("f3", FaultEffect.LATENCY, latency_ms=30)
        status, _, _ = await asgi(echo.app, envelope().encode(), headers=PLAIN)
        exchange = echo.journal.last
        assert (status, exchange.fault, exchange.outcome) == (200, "f3", Outcome.ACCEPTED)
        assert exchange.duration_ms >= 29


class TestOverload:
    """D16."""

    async def test_a_full_queue_is_said_at_once_and_leaves_the_body_unread(self, tmp_path: Path) -> None:
        echo = Echo(tmp_path, admission=Admission("full", active=1, queue=0))
        async with echo.admission:
            status, headers, body = await asgi(echo.app, envelope().encode(), headers=PLAIN)
        assert (status, headers["retry-after"]) == (503, "1")
        assert "momentanément saturé" in body.decode()
        assert (echo.rules, echo.journal.last.outcome) == (["overload.queue"], Outcome.OVERLOAD)
        assert (await asgi(echo.app, envelope().encode(), headers=PLAIN))[0] == 200

    async def test_a_busy_store_is_overload_too(self, echo: Echo) -> None:
        async def handler(call: Call) -> Reply:
            raise StoreBusy

        echo.echo = handler  # type: ignore[method-assign]
        echo.__post_init__()
        status, _, body = await asgi(echo.app, envelope().encode(), headers=PLAIN)
        assert (status, echo.journal.last.outcome) == (503, Outcome.OVERLOAD)
        assert etree.fromstring(body).findtext(f".//{{{WSA}}}RelatesTo") == "urn:uuid:1"

    async def test_an_act_that_the_database_did_not_commit_may_be_tried_again(self, echo: Echo) -> None:
        async def handler(call: Call) -> Reply:
            raise StoreFailed("the server is away")

        echo.echo = handler  # type: ignore[method-assign]
        echo.__post_init__()
        status, headers, body = await asgi(echo.app, envelope().encode(), headers=PLAIN)
        assert (status, headers["retry-after"]) == (503, "1")
        assert "away" not in body.decode()
        assert (echo.rules, echo.journal.last.outcome) == (["store.not-committed"], Outcome.ERROR)


class TestOtherMethods:
    """Not SOAP."""

    async def test_get_gives_the_wsdl_with_its_own_address(self, tmp_path: Path) -> None:
        echo = Echo(tmp_path, options={"wsdl": lambda url: f"<wsdl at='{url}'/>".encode()})
        for query in ("wsdl", "WSDL", "wsdl=1&x"):
            status, headers, body = await asgi(echo.app, method="GET", query=query, headers={"Host": "h:1"})
            assert (status, headers["content-type"], body) == (
                200,
                "text/xml; charset=UTF-8",
                b"<wsdl at='http://h:1/echo'/>",
            )
            exchange = echo.journal.last
            assert headers["x-socles-exchange"] == f"http://h:1/_sandbox/exchanges/{exchange.id}"
            assert (exchange.operation, exchange.outcome, exchange.findings) == ("wsdl", Outcome.ACCEPTED, [])
        _, _, body = await asgi(echo.app, method="GET", query="wsdl", headers={"Host": "h"}, state={"prefix": "/w/ws1"})
        assert body == b"<wsdl at='http://h/w/ws1/echo'/>"
        assert (await asgi(echo.app, method="HEAD", query="wsdl"))[2] == b""
        assert (await asgi(echo.app, method="GET"))[0] == 405

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
    async def test_others_are_told_what_is_expected(self, echo: Echo, method: str) -> None:
        status, headers, body = await asgi(echo.app, method=method, query="wsdl")
        assert (status, headers["allow"]) == (405, "POST")
        assert (b"POST" in body) is (method != "HEAD")
        exchange = echo.journal.last
        assert headers["x-socles-exchange"].endswith(f"/_sandbox/exchanges/{exchange.id}")
        assert (exchange.status, exchange.outcome) == (405, Outcome.REFUSED)
        assert [finding.rule.id for finding in exchange.findings] == ["soap.method"]


async def test_a_request_leaves_no_cycle_for_the_collector(tmp_path: Path) -> None:
    """Trees and documents go when the request is over, not when the collector comes by."""

    class Forgetful(Echo):
        async def echo(self, call: Call) -> Reply:
            await call.before_commit()
            return Reply(b"<r/>")

    echo = Forgetful(tmp_path)
    body = multipart([(ROOT, envelope().encode()), ("Content-ID: <x>", b"ab")])
    for _ in range(3):
        await asgi(echo.app, body, headers=RELATED)
    echo.journal.kept.clear()
    gc.collect()
    gc.disable()
    try:
        for _ in range(20):
            await asgi(echo.app, body, headers=RELATED)
        echo.journal.kept.clear()
        assert gc.collect() < 20
    finally:
        gc.enable()
