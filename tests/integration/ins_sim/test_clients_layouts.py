"""Requests as the real clients of domain/insi.md §1.4 lay them out, and the bytes of every fault in both dialects."""

import asyncio
import re
from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path

import pytest
from lxml import etree

from ins_sim.domain import rules
from ins_sim.domain.erreur import CATALOGUE, Erreur
from ins_sim.domain.rules_call import OTHER_ACTION
from socle.control.faults import FaultRule
from socle.control.port import FaultEffect
from socle.exchange import RealVerdict
from socle.rules import Rule
from socle.soap.model import SOAP12
from support.ins_served import Insi, insi
from support.insi import MESSAGE_ID, blocks, code_of, message, zoe

BARE = "1f7425e2-b913-415c-adaa-785ee1076a70"
EMPTY = '<w:Security xmlns:w="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"/>'
CLIENTS: dict[str, tuple[bytes, list[Rule]]] = {
    "bam, lps, action, message, empty security": (
        message(zoe("63220"), blocks(security=EMPTY), ("bam", "lps", "action", "message-id", "security")),
        [],
    ),
    "body with an Id": (message(zoe("63220")).replace(b"<soap:Body>", b'<soap:Body Id="_0">'), []),
    "message, action, security, bam, lps without Nature": (
        message(zoe("63220"), blocks(security=EMPTY), ("message-id", "action", "security", "bam", "lps")).replace(
            b' Nature="CTXLPS"', b""
        ),
        [],
    ),
    "bare MessageID": (
        message(zoe("63220"), blocks(message_id=BARE), ("bam", "action", "lps", "message-id", "security")),
        [rules.MESSAGE_ID],
    ),
    "ContexteLPS 1.00.00": (message(zoe("63220"), blocks(lps_version="1.00.00")), [rules.VERSION]),
    "a name that is no URN": (message(zoe("63220"), blocks(name="MonLogiciel")), []),
    "byte order mark": (b"\xef\xbb\xbf" + message(zoe("63220")), []),
}
ACTION = "urn:ServiceIdentiteCertifiee:1.0.0:rechercherInsAvecTraitsIdentite"


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Insi]:
    async with insi(tmp_path) as running:
        yield running


async def test_messages_of_real_clients_are_answered_alike(served: Insi) -> None:
    answers = set()
    for name, (raw, told) in CLIENTS.items():
        answer = await served.call(raw)
        assert (answer.status_code, code_of(answer.content)) == (200, "00"), name
        assert [one.rule for one in served.last.findings] == told, name
        answers.add(answer.content)
    assert len(answers) == 1


CONTENT_TYPES = (
    "application/soap+xml",
    "application/soap+xml;charset=utf-8",
    f'application/soap+xml; charset=utf-8; action="{ACTION}"',
    f"application/soap+xml;action={ACTION}",
    'application/soap+xml; action="urn:ServiceIdentiteCertifiee:9.9.9:autre"',
    "APPLICATION/SOAP+XML; Charset=UTF-8",
)
SOAP_ACTIONS = (None, '""', f'"{ACTION}"', ACTION, '"urn:autre"')


async def test_whatever_names_the_action(served: Insi) -> None:
    for content_type, soap_action, addressing in product(CONTENT_TYPES, SOAP_ACTIONS, (True, False)):
        raw = message(zoe("63220"), blocks() if addressing else blocks() | {"action": ""})
        more = {"Accept-Encoding": "none"} | ({} if soap_action is None else {"SOAPAction": soap_action})
        answer = await served.call(raw, content_type=content_type, more=more)
        assert (answer.status_code, code_of(answer.content)) == (200, "00"), (content_type, soap_action, addressing)
        said = "" if addressing else content_type if "action=" in content_type else soap_action or ""
        assert [one.rule for one in served.last.findings] == ([OTHER_ACTION] if "autre" in said else [])


@pytest.mark.parametrize("said", ["urn:autre", f"{ACTION}Request", "urn:ald:2.10.0:lister"])
async def test_an_action_that_is_none_of_insi_is_answered_and_told(served: Insi, said: str) -> None:
    raw = message(zoe("63220"), blocks() | {"action": blocks()["action"].replace(ACTION, said)})
    assert code_of((await served.call(raw)).content) == "00"
    assert [(one.rule, one.found) for one in served.last.findings] == [(OTHER_ACTION, said)]
    assert served.last.official is not None
    assert served.last.official.verdict is RealVerdict.UNKNOWN


async def fault(served: Insi, code: str, dialect: str) -> str:
    """The answer to a call that a rule refuses with the code, in a workspace of that dialect."""
    rule = FaultRule(code, dialect.lower(), FaultEffect.REFUSE, code=code, times=1)
    await asyncio.to_thread(served.control.add_fault_rule, rule)
    answer = await served.call(message(zoe()), workspace=dialect.lower())
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/soap+xml; charset=UTF-8"
    return answer.text


def expected(erreur: Erreur, dialect: str) -> str:
    """Written out here once more, from the captures: one line after the declaration."""
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="{SOAP12}">'
    if dialect == "A":
        body, p, lang = f'<env:Body xmlns:S="{SOAP12}" xmlns:env="{SOAP12}">', "S", "en"
        end = "</env:Body></soap:Envelope>"
    else:
        body, p, lang, end = "<soap:Body>", "soap", "fr", "</soap:Body></soap:Envelope>"
    said = {"code": erreur.code, "messageID": MESSAGE_ID, "severite": erreur.severity}
    order = ["code", "messageID", "severite"]
    if dialect == "A" and erreur.code.startswith("insi_"):
        order = ["severite", "code"]
    if dialect == "B" and erreur.code == "desir_1020":
        order = ["code", "severite", "messageID"]
    attributes = " ".join(f'{name}="{said[name]}"' for name in order)
    return (
        f"{head}{body}<{p}:Fault><{p}:Code><{p}:Value>{p}:{erreur.side}</{p}:Value><{p}:Subcode><{p}:Value>{p}:"
        f'{erreur.siram}</{p}:Value></{p}:Subcode></{p}:Code><{p}:Reason><{p}:Text xml:lang="{lang}">{erreur.reason}'
        f'</{p}:Text></{p}:Reason><{p}:Detail><siram:Erreur xmlns:siram="urn:siram" {attributes}>{erreur.text}'
        f"</siram:Erreur></{p}:Detail></{p}:Fault>{end}"
    )


def regular_expressions(text: str) -> tuple[str | None, ...]:
    """What a client that cuts answers with regular expressions finds: it was broken by dialect B (insi.md §1.8)."""
    found = (
        re.search(r"<(?:S|soap):Value>(?:S|soap):(siram_\d+)</", text),
        re.search(r' code="([^"]+)"', text),
        re.search(r"<siram:Erreur[^>]*>([^<]*)</siram:Erreur>", text),
    )
    return tuple(one and one[1] for one in found)


@pytest.mark.parametrize("dialect", ["A", "B"])
async def test_every_fault_byte_for_byte_in_both_dialects(served: Insi, dialect: str) -> None:
    await asyncio.to_thread(served.control.create_workspace, dialect.lower(), options={"insi.dialect": dialect})
    for erreur in CATALOGUE.values():
        text = await fault(served, erreur.code, dialect)
        assert text == expected(erreur, dialect)
        assert regular_expressions(text) == (erreur.siram, erreur.code, erreur.text)
        parsed = etree.fromstring(text.encode()).find(".//{urn:siram}Erreur")
        assert parsed is not None
        assert (parsed.get("code"), parsed.get("severite"), parsed.text) == (erreur.code, erreur.severity, erreur.text)


async def test_a_rule_chooses_the_dialect_before_the_workspace(served: Insi) -> None:
    await asyncio.to_thread(served.control.create_workspace, "a", options={"insi.dialect": "A"})
    rule = FaultRule("f", "a", FaultEffect.REFUSE, code="insi_102;dialect=B", times=1)
    await asyncio.to_thread(served.control.add_fault_rule, rule)
    answer = await served.call(message(zoe()), workspace="a")
    assert answer.text == expected(CATALOGUE["insi_102"], "B")
