"""Fault rules in a session: a refusal at each of the three points, a cut, a latency, and codes that are none."""

import asyncio
import smtplib

import pytest

from socle.control.faults import FaultRule
from socle.control.port import FaultEffect, FaultPoint
from socle.exchange import Outcome
from support.mails import mail
from support.mss_served import Mss


@pytest.mark.parametrize("point", list(FaultPoint))
async def test_faults_refuse_at_the_three_points(served: Mss, point: FaultPoint) -> None:
    _, receiver = served.two
    operation = "DATA"
    rule = FaultRule("f1", "default", FaultEffect.REFUSE, point, "mss_sim", operation, times=1, code="452 4.2.2")
    await asyncio.to_thread(served.control.add_fault_rule, rule)
    try:
        code = (await served.send(mail(), [receiver.address]))[0]
    except smtplib.SMTPDataError as refused:  # before the content was sent
        code = refused.smtp_code
    assert code == 452
    exchange = served.journal.last
    assert (exchange.outcome, exchange.status, exchange.fault) == (Outcome.FAULT, 452, "f1")
    assert len(await served.stored()) == (1 if point is FaultPoint.BEFORE_ANSWER else 0)
    assert (await served.send(mail(), [receiver.address]))[0] == 250


@pytest.mark.parametrize("operation", ["AUTH", "MAIL", "RCPT", "DATA"])
async def test_faults_cut_the_connection(served: Mss, operation: str) -> None:
    _, receiver = served.two
    rule = FaultRule("cut", "default", FaultEffect.CUT, FaultPoint.RECEIVED, "mss_sim", operation, times=1)
    await asyncio.to_thread(served.control.add_fault_rule, rule)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        await served.send(mail(), [receiver.address])
    assert (await served.send(mail(), [receiver.address]))[0] == 250


async def test_a_latency_is_waited_for(served: Mss) -> None:
    _, receiver = served.two
    rule = FaultRule("slow", "default", FaultEffect.LATENCY, FaultPoint.BEFORE_COMMIT, times=1, latency_ms=300)
    await asyncio.to_thread(served.control.add_fault_rule, rule)
    assert (await served.send(mail(), [receiver.address]))[0] == 250
    assert served.journal.last.duration_ms > 300


@pytest.mark.parametrize("code", ["200", "nonsense", None])
async def test_a_fault_code_that_is_none_gives_451(served: Mss, code: str | None) -> None:
    _, receiver = served.two
    rule = FaultRule("f", "default", FaultEffect.REFUSE, operation="MAIL", code=code, reason="é\r\nx", times=1)
    await asyncio.to_thread(served.control.add_fault_rule, rule)
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        await served.send(mail(), [receiver.address])
    assert refused.value.smtp_code == 451
