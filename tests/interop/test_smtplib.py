"""Python's smtplib and email, as any script would use them: STARTTLS or TLS first, AUTH, a mail, and wait for it."""

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from uuid import uuid4

import httpx
import pytest

from support.sandbox_thread import RunningSandbox

pytestmark = pytest.mark.interop


def starttls(sandbox: RunningSandbox, context: ssl.SSLContext) -> smtplib.SMTP:
    client = smtplib.SMTP(*sandbox.smtp, timeout=20)
    client.starttls(context=context)
    return client


def tls_first(sandbox: RunningSandbox, context: ssl.SSLContext) -> smtplib.SMTP:
    return smtplib.SMTP_SSL(*sandbox.smtps, timeout=20, context=context)


@pytest.mark.parametrize("connected", [starttls, tls_first])
def test_a_mail_is_delivered_byte_for_byte(
    sandbox: RunningSandbox, connected: Callable[[RunningSandbox, ssl.SSLContext], smtplib.SMTP]
) -> None:
    boxes = sandbox.get("/_sandbox/mss_sim/boxes", state="open")["boxes"]
    sender = next(box["address"] for box in boxes if box["type"] == "PER")
    recipient = next(box["address"] for box in boxes if box["type"] == "ORG")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, recipient, f"Essai {uuid4()}"
    mail["Message-ID"] = f"<{uuid4()}@essai.invalid>"
    mail.set_content("Bonjour,\n.\n..ceci reste entier.\n")
    authorities = httpx.get(f"{sandbox.url}/_sandbox/pki/ca.pem", trust_env=False).text
    context = ssl.create_default_context(cadata=authorities)
    with connected(sandbox, context) as client:
        client.login(sender, "socles")
        assert client.send_message(mail) == {}
    found = sandbox.get("/_sandbox/mss_sim/messages/wait", subject=str(mail["Subject"]), timeout=10)
    raw = httpx.get(f"{sandbox.url}/_sandbox/mss_sim/messages/{found['ref']}/raw", trust_env=False).content
    assert b"\r\nBonjour,\r\n.\r\n..ceci reste entier.\r\n" in raw
    assert str(mail["Message-ID"]).encode() in raw
