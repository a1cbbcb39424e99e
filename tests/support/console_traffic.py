"""Traffic that the console is to show: deposits, look-ups, mails, sound and broken."""

import smtplib
import ssl

import httpx

from sandbox import examples
from support import mails
from support.dmp_mutators import sound
from support.sandbox_thread import RunningSandbox

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"
REPOSITORY = "/si-dmp-server/v2/services/repository"


def post(sandbox: RunningSandbox, path: str, body: bytes, kind: str = "application/soap+xml") -> str:
    """Send bytes to the wire; gives the id of the exchange."""
    answer = httpx.post(sandbox.url + path, content=body, headers={"Content-Type": kind}, timeout=30, trust_env=False)
    return str(answer.headers["x-socles-exchange"]).rpartition("/")[2]


def deposit(sandbox: RunningSandbox, prefix: str = "") -> str:
    """The ready example: accepted once in each workspace."""
    example = examples.deposit()
    return post(sandbox, prefix + example.path, example.body, example.content_type)


def wrong_hash(sandbox: RunningSandbox, prefix: str = "") -> str:
    """A deposit that one mechanical correction makes right."""
    message = sound()
    message.slot("Document01", "hash", "0" * 40)
    return post(sandbox, prefix + REPOSITORY, *message.write())


def hostile(sandbox: RunningSandbox, prefix: str = "") -> list[str]:
    """Markup wherever a stranger can put some: text, attribute, boundary, type, archive, subject of a mail."""
    escaped = HOSTILE.replace("<", "&lt;")
    kind = f'multipart/related; boundary="{HOSTILE}"'
    return [
        post(sandbox, f"{prefix}/lps", f"<a b='{escaped}'>{escaped}</a>".encode()),
        post(sandbox, f"{prefix}/lps", HOSTILE.encode(), "text/html"),
        post(sandbox, f"{prefix}/lps", HOSTILE.encode(), kind),
    ]


def mail(sandbox: RunningSandbox) -> None:
    """A mail with an archive whose metadata are wrong, and markup for a subject; accepted with findings."""
    boxes = sandbox.get("/_sandbox/mss_sim/boxes", state="open")["boxes"]
    sender, recipient = [box["address"] for box in boxes if box["type"] in ("PER", "ORG")][:2]
    raw = mails.mail(mails.xdm(mails.cda(), size="12"), subject=f"Compte rendu {HOSTILE}", headers={"X-MSS-INS": ""})
    raw = raw.replace(b"dr@test.mssante.fr", sender.encode()).replace(b"autre@test.mssante.fr", recipient.encode())
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP(*sandbox.smtp, timeout=20) as client:
        client.starttls(context=context)
        client.login(sender, "socles")
        assert client.sendmail(sender, [recipient], raw) == {}
