"""The endpoint's way, without a network: answers in kind, the exchange, the fault hook, overload, the unexpected."""

import hashlib
from pathlib import Path

import pytest
from lxml import etree

from socle.blobs import Blob, BlobRef
from socle.control.model import Workspace
from socle.exchange import Outcome
from socle.rules import Certainty, Rule, Strictness
from socle.soap.headers import content_type
from socle.soap.limits import Limits
from socle.soap.model import SOAP11, SOAP12, WSA, Call, FaultCode, Reply, SoapFault
from socle.soap.mtom import MultipartReader
from socle.soap.render import CxfRenderer
from support.wire import ACTION, ECHO, PLAIN, Echo, FakeControl, asgi, envelope, include, multipart

RELATED = {"Content-Type": 'multipart/related; boundary="b"; type="application/xop+xml"', "Host": "sandbox.test"}
ROOT = "Content-Type: application/xop+xml; charset=UTF-8"


@pytest.fixture
def echo(tmp_path: Path) -> Echo:
    return Echo(tmp_path / "spool")


class TestAnswers:
    """In kind."""

    async def test_soap12_with_addressing(self, echo: Echo) -> None:
        status, headers, body = await asgi(echo.app, envelope().encode(), headers=PLAIN)
        root = etree.fromstring(body)
        assert status == 200
        assert headers["content-type"] == f'application/soap+xml; charset=UTF-8; action="{ACTION}Response"'
        assert int(headers["content-length"]) == len(body)
        assert root.tag == f"{{{SOAP12}}}Envelope"
        said = {etree.QName(child).localname: child.text for child in root[0]}
        assert said.pop("MessageID") == f"urn:uuid:{echo.journal.last.id}"
        assert said == {"Action": f"{ACTION}Response", "To": f"{WSA}/anonymous", "RelatesTo": "urn:uuid:1"}
        assert all(child.prefix is None and not child.attrib for child in root[0])

    async def test_soap11_without_addressing(self, echo: Echo) -> None:
        text = envelope(version=SOAP11, header="")
        _, headers, body = await asgi(echo.app, text.encode(), headers={"content-type": "text/xml"})
        root = etree.fromstring(body)
        assert headers["content-type"] == "text/xml; charset=UTF-8"
        assert [child.tag for child in root] == [f"{{{SOAP11}}}Body"]

    async def test_documents_by_part_and_inline(self, echo: Echo) -> None:
        inline = "<Document>aGVs\n <!-- whole -->bG8=</Document>"
        parts = [(ROOT, envelope(include("x%40y", "z") + inline).encode()), ("Content-ID: <x@y>", b"ab")]
        body = multipart([*parts, ("Content-ID: <z>", b"")])
        status, _, answer = await asgi(echo.app, body, headers=RELATED)
        found = [(d.get("size"), d.get("sha1")) for d in etree.fromstring(answer).iter(f"{{{ECHO}}}Document")]
        assert status == 200
        assert found == [(str(len(b)), hashlib.sha1(b).hexdigest()) for b in (b"ab", b"", b"hello")]
        assert echo.calls[0].multipart

    async def test_multipart_answers_use_crlf_and_are_readable_by_our_own_reader(
        self, echo: Echo, tmp_path: Path
    ) -> None:
        large = tmp_path / "large"
        large.write_bytes(b"\r\n--" * 200_000)
        on_disk = Blob(hashlib.sha256(large.read_bytes()).hexdigest(), large.stat().st_size, path=large)

        async def answer(call: Call) -> Reply:
            documents = [("d-1@urn:ihe", "text/xml", Blob.of(b"<cda/>\n")), ("d-2@urn:ihe", "application/pdf", on_disk)]
            return Reply(b"<r/>", attachments=documents)

        echo.echo = answer  # type: ignore[method-assign]
        echo.__post_init__()
        _, headers, body = await asgi(echo.app, envelope().encode(), headers=PLAIN)
        kind = content_type(headers["content-type"])
        assert (kind.get("start"), kind.get("start-info")) == ("<root.message@cxf.apache.org>", "application/soap+xml")
        assert int(headers["content-length"]) == len(body)
        assert body.startswith(b"\r\n--uuid:")
        assert body.endswith(b"--")

        async def chunks():  # type: ignore[no-untyped-def]
            yield body

        read = await MultipartReader(kind, Limits(), tmp_path).read(chunks())
        assert b"<soap:Body><r/></soap:Body>" in read.root
        assert [part.content_id for part in read.parts] == ["d-1@urn:ihe", "d-2@urn:ihe"]
        assert [part.blob.ref for part in read.parts] == [Blob.of(b"<cda/>\n").ref, on_disk.ref]
        assert on_disk.ref in echo.journal.last.response.body

    @pytest.mark.parametrize(
        ("default", "option", "expected"), [(True, None, True), (True, "off", False), (False, "on", True)]
    )
    async def test_multipart_without_documents_is_a_switch(
        self, tmp_path: Path, default: bool, option: str | None, expected: bool
    ) -> None:
        options = {} if option is None else {"soap.multipart": option}
        echo = Echo(tmp_path, FakeControl(Workspace("default", options=options)), options={"multipart": default})
        for body in (envelope(), "not xml"):
            _, headers, _ = await asgi(echo.app, body.encode(), headers=PLAIN)
            assert headers["content-type"].startswith("multipart/related") is expected

    async def test_never_refuses_on_accept(self, echo: Echo) -> None:
        accept = {**PLAIN, "Accept": "text/html, image/gif", "Accept-Encoding": "none"}
        assert (await asgi(echo.app, envelope().encode(), headers=accept))[0] == 200


class TestFaults:
    """In the protocol's own words."""

    def fail(self, echo: Echo, error: Exception) -> None:
        async def handler(call: Call) -> Reply:
            raise error

        echo.echo = handler  # type: ignore[method-assign]
        echo.__post_init__()

    async def test_soap12_fault(self, echo: Echo) -> None:
        rule = Rule("test.rule", "t", "t", "s", Certainty.OURS, "r")
        finding = rule.finding()
        fault = SoapFault(FaultCode.SENDER, "a < b", subcode="DMPInvalid", detail=b"<x/>", findings=[finding, finding])
        self.fail(echo, fault)
        status, headers, body = await asgi(echo.app, envelope().encode(), headers=PLAIN)
        ns = {"s": SOAP12, "a": WSA}
        root = etree.fromstring(body)
        assert status == 500
        assert headers["content-type"] == "application/soap+xml; charset=UTF-8"
        assert root.findtext("s:Body/s:Fault/s:Code/s:Value", namespaces=ns) == "soap:Sender"
        assert root.findtext("s:Body/s:Fault/s:Code/s:Subcode/s:Value", namespaces=ns) == "soap:DMPInvalid"
        text = root.find("s:Body/s:Fault/s:Reason/s:Text", ns)
        assert text is not None
        assert (text.text, text.get("{http://www.w3.org/XML/1998/namespace}lang")) == ("a < b", "fr")
        assert root.find("s:Body/s:Fault/s:Detail/x", ns) is not None
        assert root.findtext("s:Header/a:RelatesTo", namespaces=ns) == "urn:uuid:1"
        exchange = echo.journal.last
        assert (exchange.outcome, exchange.code, exchange.status) == (Outcome.REFUSED, "DMPInvalid", 500)
        assert exchange.findings[0] is finding

    async def test_soap11_fault(self, echo: Echo) -> None:
        self.fail(echo, SoapFault(FaultCode.RECEIVER, "en panne", subcode="siram_40", detail=b"<x/>"))
        text = envelope(version=SOAP11)
        _, _, body = await asgi(echo.app, text.encode(), headers={"content-type": "text/xml"})
        fault = etree.fromstring(body)[1][0]
        assert [child.text for child in fault][:2] == ["soap:Server.siram_40", "en panne"]
        assert fault.find("detail/x") is not None
        assert echo.journal.last.outcome is Outcome.FAULT

    async def test_the_unexpected_leaves_no_trace_outside(self, echo: Echo, capsys: pytest.CaptureFixture[str]) -> None:
        self.fail(echo, RuntimeError("secret of the house"))
        status, _, body = await asgi(echo.app, envelope().encode(), headers=PLAIN)
        exchange = echo.journal.last
        assert (status, exchange.outcome, echo.rules) == (500, Outcome.ERROR, ["soap.unexpected"])
        assert exchange.id.encode() in body
        assert b"secret" not in body
        assert b"Traceback" not in body
        assert b"soap:Receiver" in body
        assert (await asgi(echo.app, b"<still/>", headers=PLAIN))[0] == 500

    def test_a_reason_xml_cannot_hold_is_mended(self) -> None:
        rendered = CxfRenderer().render_fault(SOAP12, SoapFault(FaultCode.SENDER, "a\x00\ud800&b"), "<id>")
        root = etree.fromstring(rendered.body)
        assert "a\ufffd\ufffd&b" in "".join(root.itertext())
        assert root.findtext(f".//{{{WSA}}}RelatesTo") == "<id>"

    async def test_unknown_action_names_the_addressing_fault(self, echo: Echo) -> None:
        text = envelope().replace("Echo", "Other")
        _, _, body = await asgi(echo.app, text.encode(), headers={"content-type": "application/soap+xml"})
        value = etree.fromstring(body).find(f".//{{{SOAP12}}}Subcode/{{{SOAP12}}}Value")
        assert value is not None
        assert (value.text, value.nsmap["ns1"]) == ("ns1:ActionNotSupported", WSA)
        assert (echo.rules, echo.journal.last.code) == (["soap.action"], "ActionNotSupported")


class TestExchange:
    """What the journal gets."""

    async def test_everything_is_there(self, echo: Echo) -> None:
        body = multipart([(ROOT, envelope(include("x")).encode()), ("Content-ID: <x>", b"ab")])
        _, headers, answer = await asgi(echo.app, [body[:50], body[50:]], headers=RELATED)
        exchange = echo.journal.last
        assert (exchange.service, exchange.protocol, exchange.workspace, exchange.epoch) == (
            "echo",
            "soap",
            "default",
            1,
        )
        assert (exchange.operation, exchange.outcome, exchange.status) == ("Echo", Outcome.ACCEPTED, 200)
        assert exchange.peer == "127.0.0.1:4321"
        assert ("host", "sandbox.test") in exchange.request.headers
        assert b"".join(p for p in exchange.request.body if isinstance(p, bytes)) == body
        assert b"".join(p for p in exchange.response.body if isinstance(p, bytes)) == answer
        assert exchange.duration_ms > 0
        assert headers["x-socles-exchange"] == f"http://sandbox.test/_sandbox/exchanges/{exchange.id}"

    async def test_large_parts_are_referred_to_and_removed(self, echo: Echo) -> None:
        content = b"x" * 1_500_000
        body = multipart([(ROOT, envelope(include("x")).encode()), ("Content-ID: <x>", content)])
        status, _, _ = await asgi(echo.app, body, headers=RELATED)
        assert status == 200
        assert BlobRef(hashlib.sha256(content).hexdigest(), len(content)) in echo.journal.last.request.body
        assert echo.spooled == []

    async def test_the_workspace_comes_from_the_outer_application(self, echo: Echo) -> None:
        workspace = Workspace("ws1", epoch=4, strictness=Strictness.LENIENT, options={"a": "b"})
        await asgi(echo.app, envelope().encode(), headers=PLAIN, state={"workspace": workspace, "peer_ou": "3123"})
        call = echo.calls[0]
        assert (call.exchange.workspace, call.exchange.epoch) == ("ws1", 4)
        assert (call.strictness, call.options, call.peer_ou) == (Strictness.LENIENT, {"a": "b"}, "3123")

    @pytest.mark.parametrize(("host", "prefix"), [("none.socles.localhost:81", ""), ("socles.localhost:81", "/w/none")])
    async def test_the_link_leads_somewhere_though_nobody_knows_the_workspace(
        self, echo: Echo, host: str, prefix: str
    ) -> None:
        state = {"unknown_workspace": "none", "prefix": prefix}
        _, headers, _ = await asgi(echo.app, envelope().encode(), headers={**PLAIN, "Host": host}, state=state)
        exchange = echo.journal.last
        assert echo.rules == ["workspace.unknown"]
        assert headers["x-socles-exchange"] == f"http://socles.localhost:81/_sandbox/exchanges/{exchange.id}"

    @pytest.mark.parametrize("sent", [b"<s:Env", envelope().encode(), b""])
    async def test_a_client_that_leaves_is_journalled_and_gets_no_answer(self, echo: Echo, sent: bytes) -> None:
        await asgi(echo.app, sent, headers=PLAIN, disconnect=True)
        assert (echo.rules, echo.journal.last.outcome) == (["soap.disconnected"], Outcome.FAULT)
        assert b"".join(p for p in echo.journal.last.request.body if isinstance(p, bytes)) == sent

    async def test_a_client_that_leaves_within_a_large_part_leaves_nothing(self, echo: Echo) -> None:
        body = multipart([(ROOT, envelope().encode()), ("Content-ID: <x>", b"x" * 2_000_000)])
        await asgi(echo.app, body[:-10], headers=RELATED, disconnect=True)
        assert echo.rules == ["soap.disconnected"]
        assert echo.spooled == []

    async def test_a_compressed_body_is_refused(self, echo: Echo) -> None:
        status, _, _ = await asgi(echo.app, b"\x1f\x8b", headers={**PLAIN, "Content-Encoding": "gzip"})
        assert (status, echo.rules) == (500, ["soap.content-encoding"])
        status, _, _ = await asgi(echo.app, envelope().encode(), headers={**PLAIN, "Content-Encoding": "identity"})
        assert status == 200
