"""Reports that go back to the sender: not delivered, or delivered as asked (RFC 3461, RFC 3462, RFC 3464).

The wording of the human part is ours: the operators' and Mon espace santé's was not read (domain/mssante.md §1.4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Final

from mss_sim.domain.recipients import Recipient

POSTMASTER: Final = "postmaster@socles.mssante.fr"
_FAILED: Final = "Message non distribué"
_DELIVERED: Final = "Message distribué"


@dataclass(frozen=True, slots=True)
class Original:
    """What a report says of the message it is about."""

    reference: str
    sender: str
    envid: str | None
    headers_only: bool
    """RET=HDRS: the report carries the headers back, not the content."""
    raw: bytes


def failures(recipients: Sequence[Recipient]) -> list[Recipient]:
    """Those whose failure is to be reported: all but NOTIFY=NEVER and NOTIFY without FAILURE."""
    return [item for item in recipients if item.failure is not None and "FAILURE" in item.notify]


def successes(recipients: Sequence[Recipient]) -> list[Recipient]:
    """Those whose delivery is to be reported: NOTIFY=SUCCESS only."""
    return [item for item in recipients if item.failure is None and "SUCCESS" in item.notify]


def build_report(
    original: Original, recipients: Sequence[Recipient], *, reference: str, hostname: str, at: datetime
) -> bytes:
    """A ``multipart/report`` for recipients that all failed or all succeeded; CRLF line ends, ASCII and UTF-8."""
    failed = recipients[0].failure is not None
    boundary = f"=_report_{reference}"
    lines = [
        f"From: Messagerie MSSante du bac a sable <{POSTMASTER}>",
        f"To: <{original.sender}>",
        f"Subject: {'=?utf-8?q?Message_non_distribu=C3=A9?=' if failed else '=?utf-8?q?Message_distribu=C3=A9?='}",
        f"Date: {format_datetime(at)}",
        f"Message-ID: <{reference}@{hostname}>",
        "MIME-Version: 1.0",
        "Auto-Submitted: auto-replied",
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"',
        "",
        f"--{boundary}",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        f"{_FAILED if failed else _DELIVERED} (avis simulé par le bac à sable).",
        "",
        *(
            f"<{item.address}> : {item.failure.title_fr if item.failure else 'remis dans la boîte'}"
            for item in recipients
        ),
        "",
        f"--{boundary}",
        "Content-Type: message/delivery-status",
        "",
        f"Reporting-MTA: dns; {hostname}",
        *([f"Original-Envelope-Id: {original.envid}"] if original.envid else []),
        f"Arrival-Date: {format_datetime(at)}",
        *(line for item in recipients for line in _status(item)),
        "",
        f"--{boundary}",
        f"Content-Type: {'text/rfc822-headers' if original.headers_only else 'message/rfc822'}",
        "Content-Transfer-Encoding: 8bit",
        "",
        "",
    ]
    content = original.raw
    if original.headers_only:
        content = content.partition(b"\r\n\r\n")[0] + b"\r\n"
    return "\r\n".join(lines).encode() + content + f"\r\n--{boundary}--\r\n".encode()


def _status(item: Recipient) -> list[str]:
    failed = item.failure
    code = (failed.error_code or "5.0.0") if failed is not None else "2.0.0"
    return [
        "",
        *([f"Original-Recipient: {item.orcpt}"] if item.orcpt else []),
        f"Final-Recipient: rfc822; {item.address}",
        f"Action: {'failed' if failed is not None else 'delivered'}",
        f"Status: {code}",
        *([f"Diagnostic-Code: smtp; 550 {code} {failed.title_en}"] if failed is not None else []),
    ]
