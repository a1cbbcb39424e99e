"""From the stored bytes to what they say: MIME, archives, check report; in place when small, in a thread when not."""

from dataclasses import dataclass, field
from typing import Final

from mss_sim.domain import smtp_rules as rules
from mss_sim.domain.checks import check, check_headers
from mss_sim.domain.message import MailContent, MimePart
from mss_sim.wire.mime import MimeLimit, decode_body, opaque_mail, parse_mail
from mss_sim.wire.told import MOST, numbers_in, numbers_of
from mss_sim.wire.xdm import TooHeavy, XdmLimits, read_xdm
from socle.blobs import Blob
from socle.control.model import BoxType
from socle.rules import Finding
from socle.soap.offload import in_thread

INLINE_SIZE: Final = 64 << 10
"""Up to here a message is described on the loop: it takes about a millisecond, less than the way to a thread and back
under load. The figure is ours."""
INLINE_BUDGET: Final = 1 << 20
"""What its archives may expand to meanwhile."""
RETURNED_LIMIT: Final = 1 << 20
"""A report returns the whole message up to here, its headers beyond."""
_LIMITS: Final = XdmLimits()


@dataclass(frozen=True, slots=True)
class Described:
    """The message understood, as far as it can be."""

    content: MailContent
    findings: list[Finding] = field(default_factory=list)
    returned: bytes = b""
    """What a report gives back: the message, or its headers when it is large."""


async def describe(blob: Blob, sender: BoxType | None) -> Described:
    """Parse, open the archives, check. Never raises for what a message holds."""
    if blob.data is not None and blob.size <= INLINE_SIZE:
        try:
            return describe_bytes(blob.data, sender, budget=INLINE_BUDGET)
        except TooHeavy:
            pass
    return await in_thread(lambda: describe_bytes(blob.read(), sender))


def describe_bytes(raw: bytes, sender: BoxType | None, *, budget: int | None = None) -> Described:
    """``describe`` on bytes. Raises ``TooHeavy`` when an archive would expand beyond ``budget``."""
    findings: list[Finding] = []
    try:
        content = parse_mail(raw)
    except MimeLimit as error:
        content = opaque_mail(raw)
        content.numbers = tuple(numbers_in(raw[:MOST].decode("latin-1")))
        findings = [rules.MIME_LIMIT.finding(found=str(error)), *check_headers(content, sender)]
        return Described(content, findings, _returned(raw, content))

    decoded: dict[str, bytes] = {}

    def decode(part: MimePart) -> bytes:
        found = decoded.get(part.number)
        if found is None:
            found = decoded[part.number] = decode_body(raw, part.start, part.end, part.encoding)
        return found

    for part in content.root.leaves():
        if is_archive(part):
            name = part.filename or "IHE_XDM.ZIP"
            archive, wrong = read_xdm(decode(part), part=part.number, filename=name, limits=_LIMITS, budget=budget)
            content.archives.append(archive)
            findings += wrong
    findings += check(content, decode, sender)
    content.numbers = numbers_of(content, decode)
    return Described(content, findings, _returned(raw, content))


def _returned(raw: bytes, content: MailContent) -> bytes:
    return raw if len(raw) <= RETURNED_LIMIT else raw[: min(content.root.start, RETURNED_LIMIT)]


def is_archive(part: MimePart) -> bool:
    """An IHE_XDM archive by its name, whatever its case, or any zip that the sender did not name otherwise."""
    name = (part.filename or "").lower()
    if name.endswith(".zip"):
        return "ihe_xdm" in name or "xdm" in name
    return not name and part.content_type in {"application/zip", "application/x-zip-compressed"}
