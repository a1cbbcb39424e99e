"""What fault rules do to SMTP replies (D10), byte by byte; and what the journal says left."""

import asyncio
import time
from dataclasses import replace

import pytest

from socle.control.faults import FaultRule
from socle.control.model import BoxType
from socle.control.port import FaultEffect, FaultPoint
from socle.exchange import Outcome
from support.mails import mail
from support.mss_served import Mss
from support.raw_smtp import RawSmtp

RULE = FaultRule("f", "default", FaultEffect.CUT_ANSWER, service="mss_sim", times=1)
STEPS = ("AUTH", "MAIL", "RCPT", "DATA")


async def rule(served: Mss, made: FaultRule) -> None:
    await asyncio.to_thread(served.control.add_fault_rule, made)


async def dialogue(served: Mss, until: str, *, content: bool = False) -> tuple[RawSmtp, str]:
    """Go up to the step ``until`` and send it without reading its reply; (client, the reply that belongs there)."""
    sender, receiver = (box.address for box in served.boxes(BoxType.PER)[:2])
    steps = {
        "MAIL": (f"MAIL FROM:<{sender}>", "250 2.1.0 Sender ok"),
        "RCPT": (f"RCPT TO:<{receiver}>", "250 2.1.5 Recipient ok"),
        "DATA": ("DATA", "354 End data with <CR><LF>.<CR><LF>"),
    }
    client = await RawSmtp.ready(served.port, served.context, sender)
    for name, (command, expected) in steps.items():
        if name == until and not content:
            await client.say(command.encode() + b"\r\n")
            return client, expected
        assert await client.ask(command) == expected
    await client.say(mail(text="Bonjour") + b"\r\n.\r\n")
    return client, ""


async def rest(client: RawSmtp) -> bytes:
    """What comes until the connection ends."""
    try:
        return await asyncio.wait_for(client.reader.read(), 30)
    except ConnectionError:
        return b""
    finally:
        await client.close()


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
async def test_a_reply_is_cut_in_the_middle(served: Mss, step: str) -> None:
    await rule(served, replace(RULE, operation=step, share=0.4))
    client, expected = await dialogue(served, step)
    assert await rest(client) == expected[: int(len(expected) * 0.4)].encode()
    while not served.journal.exchanges:
        await asyncio.sleep(0.01)
    exchange = served.journal.last
    assert (exchange.fault, exchange.outcome) == ("f", Outcome.FAULT)
    assert (step, expected[: int(len(expected) * 0.4)]) in exchange.response.headers


@pytest.mark.parametrize("point", [FaultPoint.BEFORE_COMMIT, FaultPoint.BEFORE_ANSWER])
async def test_the_mail_is_stored_though_its_250_is_cut(served: Mss, point: FaultPoint) -> None:
    await rule(served, replace(RULE, operation="DATA", point=point, share=0.1))
    client, _ = await dialogue(served, "DATA", content=True)
    assert await rest(client) == b"250 2"
    exchange = served.journal.last
    assert (exchange.outcome, exchange.status, bool(exchange.events)) == (Outcome.FAULT, 250, True)
    assert exchange.response.headers[-1] == ("DATA", "250 2")


async def test_authentication_is_cut_in_the_middle(served: Mss) -> None:
    await rule(served, replace(RULE, operation="AUTH", share=0.0))
    sender = served.boxes(BoxType.PER)[0].address
    with pytest.raises(AssertionError):
        await RawSmtp.ready(served.port, served.context, sender)
    assert (served.journal.last.fault, served.journal.last.outcome) == ("f", Outcome.FAULT)


async def test_a_truncated_reply_has_no_line_end_is_held_then_the_connection_closes(served: Mss) -> None:
    await rule(served, replace(RULE, effect=FaultEffect.TRUNCATE, operation="MAIL", seconds=0.4))
    client, expected = await dialogue(served, "MAIL")
    began = time.perf_counter()
    assert await rest(client) == expected.encode()
    assert 0.35 < time.perf_counter() - began < 20


async def test_a_reply_drips(served: Mss) -> None:
    await rule(served, replace(RULE, effect=FaultEffect.DRIP, operation="MAIL", bytes_per_second=60))
    client, expected = await dialogue(served, "MAIL")
    began = time.perf_counter()
    assert await client.reply() == expected
    assert 0.3 < time.perf_counter() - began < 20
    assert (await client.ask("RSET")).startswith("250")
    assert served.journal.last.fault == "f"
    await client.close()


@pytest.mark.parametrize("step", STEPS)
async def test_overload_is_451_at_every_step(served: Mss, step: str) -> None:
    await rule(served, replace(RULE, effect=FaultEffect.OVERLOAD, operation=step))
    if step == "AUTH":
        sender = served.boxes(BoxType.PER)[0].address
        with pytest.raises(AssertionError):
            await RawSmtp.ready(served.port, served.context, sender)
    else:
        client, _ = await dialogue(served, step)
        assert (await client.reply()).startswith("451 4.3.2")
        await client.ask("RSET")
        await client.close()
    exchange = served.journal.last
    assert ("451" in str(exchange.response.headers) or exchange.status == 451, exchange.fault) == (True, "f")
    assert [(one.rule.id, one.found) for one in exchange.findings] == [("fault.overload", "f")]


@pytest.mark.parametrize(
    ("match", "operation", "met"),
    [
        ({"login": "*", "from": "*", "to": "{to}", "subject": "Lettre*"}, "DATA", True),
        ({"to": "someone@else"}, "DATA", False),
        ({"subject": "Facture*"}, "DATA", False),
        ({"login": "{login}", "to": "{to}"}, "RCPT", True),
        ({"login": "{login}"}, "MAIL", True),
    ],
)
async def test_what_rules_match_on(served: Mss, match: dict[str, str], operation: str, met: bool) -> None:
    sender, receiver = (box.address for box in served.boxes(BoxType.PER)[:2])
    filled = {name: value.format(to=receiver, login=sender) for name, value in match.items()}
    point = FaultPoint.BEFORE_COMMIT if "subject" in match else FaultPoint.RECEIVED
    made = replace(RULE, effect=FaultEffect.LATENCY, latency_ms=1, point=point, operation=operation, match=filled)
    await rule(served, made)
    assert (await served.send(mail(subject="Lettre de liaison"), [receiver]))[0] == 250
    (found,) = await asyncio.to_thread(served.control.fault_rules, "default")
    assert found.fired == met


async def test_the_events_of_a_mail_come_late_on_demand(served: Mss) -> None:
    delay = replace(RULE, effect=FaultEffect.DELAY_EVENT, point=FaultPoint.BEFORE_COMMIT, seconds=0.8)
    await rule(served, delay)
    began = time.perf_counter()
    assert (await served.send(mail(), [served.boxes(BoxType.PER)[1].address]))[0] == 250
    await served.events(len(served.journal.last.events))
    assert 0.8 <= time.perf_counter() - began < 30
