"""Envelopes, WS-Addressing and dispatch as clients really write them."""

import pytest

from socle.soap.dispatch import Dispatcher
from socle.soap.envelope import assumed_version, http_action, read_envelope
from socle.soap.headers import content_type
from socle.soap.limits import XmlLimits
from socle.soap.model import SOAP11, SOAP12, WSA, Call, Envelope, Operation, Reply, SoapFault
from socle.soap.refusal import EnvelopeRefused, XmlRefused

KIND = content_type("application/soap+xml; charset=UTF-8")


async def read(text: str | bytes, *, said: str | None = None) -> Envelope:
    data = text if isinstance(text, bytes) else text.encode()
    return await read_envelope(data, KIND, XmlLimits(), said)


def soap(header: str, body: str = '<q xmlns="urn:x"/>', version: str = SOAP12) -> str:
    return f'<e:Envelope xmlns:e="{version}"><e:Header>{header}</e:Header><e:Body>{body}</e:Body></e:Envelope>'


@pytest.mark.parametrize("version", [SOAP11, SOAP12])
async def test_both_versions(version: str) -> None:
    envelope = await read(soap("", version=version))
    assert (envelope.version, envelope.body.tag) == (version, "{urn:x}q")
    assert (envelope.action, envelope.message_id) == (None, None)


async def test_addressing_each_header_in_its_own_default_namespace_in_any_order() -> None:
    header = (
        f'<To xmlns="{WSA}"/><MessageID xmlns="{WSA}" mustUnderstand="true">\n urn:uuid:7 </MessageID>'
        f'<unknown xmlns="urn:u" xmlns:e="{SOAP12}" e:mustUnderstand="true"/>'
        f'<a:Action xmlns:a="{WSA}" mustUnderstand="1">urn:act</a:Action>'
    )
    envelope = await read(soap(header), said="urn:http")
    assert (envelope.action, envelope.message_id) == ("urn:act", "urn:uuid:7")


async def test_the_http_action_stands_in_for_a_missing_or_empty_one() -> None:
    assert (await read(soap(f'<Action xmlns="{WSA}"/>'), said="urn:http")).action == "urn:http"


async def test_comments_instructions_and_a_byte_order_mark_do_no_harm() -> None:
    text = soap("<!-- h -->", "<!-- b --><?pi?><q xmlns='urn:x'/><!-- after -->")
    assert (await read(b"\xef\xbb\xbf<!-- before -->" + text.encode())).body.tag == "{urn:x}q"


async def test_no_header_at_all() -> None:
    envelope = await read(f'<Envelope xmlns="{SOAP12}"><Body><q xmlns=""/></Body></Envelope>')
    assert (envelope.header, envelope.body.tag) == (None, "q")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("<a/>", "soap.envelope"),
        ('<Envelope xmlns="urn:other"><Body><a/></Body></Envelope>', "soap.envelope"),
        (f'<Envelope xmlns="{SOAP12}"/>', "soap.body"),
        (f'<Envelope xmlns="{SOAP12}"><Header/></Envelope>', "soap.body"),
        (f'<Envelope xmlns="{SOAP12}"><Body> <!-- x --> </Body></Envelope>', "soap.body"),
        (f'<Envelope xmlns="{SOAP12}"><Body xmlns="{SOAP11}"><a/></Body></Envelope>', "soap.body"),
    ],
)
async def test_what_is_no_message(text: str, rule: str) -> None:
    with pytest.raises(EnvelopeRefused) as caught:
        await read(text)
    assert caught.value.finding.rule.id == rule


async def test_a_large_envelope_is_parsed_all_the_same() -> None:
    body = '<q xmlns="urn:x">' + "<b>text</b>" * 40_000 + "</q>"
    assert len((await read(soap("", body))).body) == 40_000
    with pytest.raises(XmlRefused):
        await read(soap("", body)[:-1])


@pytest.mark.parametrize(
    ("outer", "root", "soap_action", "expected"),
    [
        ('application/soap+xml; action="urn:a"', None, '"urn:b"', "urn:a"),
        ("application/soap+xml", None, '"urn:b"', "urn:b"),
        ("text/xml", None, "urn:b", "urn:b"),
        ("text/xml", None, '""', None),
        ("application/soap+xml", None, None, None),
        ("multipart/related; boundary=b", 'application/xop+xml; action="urn:r"', None, "urn:r"),
        (
            'multipart/related; boundary=b; start-info="application/soap+xml; action=\\"urn:s\\""',
            "text/xml",
            None,
            "urn:s",
        ),
    ],
)
def test_the_action_http_gives(outer: str, root: str | None, soap_action: str | None, expected: str | None) -> None:
    assert http_action(content_type(outer), content_type(root) if root else None, soap_action) == expected


@pytest.mark.parametrize(
    ("kind", "version"),
    [
        ("text/xml; charset=utf-8", SOAP11),
        ("application/soap+xml", SOAP12),
        ("", SOAP12),
        ('multipart/related; boundary=b; start-info="text/xml"', SOAP11),
        ('multipart/related; boundary=b; start-info="application/soap+xml"', SOAP12),
    ],
)
def test_the_version_of_what_could_not_be_read(kind: str, version: str) -> None:
    assert assumed_version(content_type(kind)) == version


async def nothing(call: Call) -> Reply:
    raise NotImplementedError


ONE = Operation("one", frozenset({"{urn:x}q"}), nothing, frozenset({"urn:one"}))
TWO = Operation("two", frozenset({"{urn:x}r"}), nothing, frozenset({"urn:two", "urn:zwei"}))
OPEN = Operation("open", frozenset(), nothing, frozenset({"urn:open"}), claims=lambda action: "open" in action)


@pytest.mark.parametrize(
    ("action", "body", "operation"),
    [
        ("urn:one", "q", ONE),
        ("urn:zwei", "r", TWO),
        (None, "r", TWO),
        ("urn:unknown", "q", ONE),
        ("urn:two", "q", ONE),
        ("urn:two", "unheard-of", TWO),
        ("urn:open", "unheard-of", OPEN),
        ("urn:open:2", "unheard-of", OPEN),
        ("urn:open:2", "q", ONE),
    ],
)
async def test_dispatch(action: str | None, body: str, operation: Operation) -> None:
    envelope = await read(soap("", f'<{body} xmlns="urn:x"/>'), said=action)
    assert Dispatcher([ONE, TWO, OPEN]).find(envelope) is operation


async def test_nobody_answers() -> None:
    envelope = await read(soap("", "<else/>"), said="urn:adr:1.1.0:acquerirLesDroits")
    with pytest.raises(SoapFault) as caught:
        Dispatcher([ONE]).find(envelope)
    assert caught.value.findings[0].rule.id == "soap.action"
    assert "urn:adr:1.1.0:acquerirLesDroits" in caught.value.reason
