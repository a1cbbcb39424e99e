"""What carries the envelope: Content-Type, boundary, parts. Here bytes are edited, since there is no document yet."""

import re
from collections.abc import Callable, Iterable

from socle.mending.model import Change, Mended
from socle.rules import Finding, Rule
from socle.soap import mime_rules as rules

_FIRST_DELIMITER = re.compile(rb"(?:\A|\n)--([!-~]{1,70})[ \t]*\r?\n")
_ENCODING = re.compile(rb"(?im)^(content-transfer-encoding:[ \t]*)(\S+)")

_Make = Callable[[Mended], tuple[str, str] | None]


def mend_carrier(mended: Mended, findings: Iterable[Finding]) -> list[Change]:
    """Mend the first finding that can be, in place; nothing else can be known while one is there."""
    for finding in findings:
        for rule, make, fr, en in CARRIERS:
            if finding.rule is rule and (told := make(mended)) is not None:
                return [Change(rule.id, finding.where, *told, fr, en)]
    return []


def _boundary(mended: Mended) -> tuple[str, str] | None:
    """The first delimiter in the body is the boundary that the Content-Type should have told."""
    found = _FIRST_DELIMITER.search(mended.body)
    if found is None:
        return None
    before, boundary = mended.content_type, found[1].decode("ascii")
    bare = re.sub(r'(?i);\s*boundary\s*=\s*(?:"[^"]*"|[^;]*)', "", before)
    mended.content_type = f'{bare}; boundary="{boundary}"'
    return before, mended.content_type


def _other_boundary(mended: Mended) -> tuple[str, str] | None:
    """The boundary told is nowhere in the body: another one is."""
    told = _told_boundary(mended)
    return None if told and b"--" + told in mended.body else _boundary(mended)


def _told_boundary(mended: Mended) -> bytes:
    found = re.search(r'(?i)boundary\s*=\s*(?:"([^"]*)"|([^;\s]*))', mended.content_type)
    return (found[1] or found[2] or "").encode() if found else b""


def _closing(mended: Mended) -> tuple[str, str] | None:
    """Only the closing delimiter is missing: the last part's XML, if it is XML, is whole."""
    boundary = _told_boundary(mended)
    body = mended.body.rstrip(b"\r\n-")
    if not boundary or b"--" + boundary not in body:
        return None
    if not body.endswith(b">"):
        return None  # the content itself may be cut
    ending = b"\r\n--" + boundary + b"--\r\n"
    mended.body = body + ending
    return "", ending.decode("latin-1").strip()


def _transfer_encoding(mended: Mended) -> tuple[str, str] | None:
    """The content is on the wire as it is, whatever the header says."""
    said = {one[1] for one in _ENCODING.findall(mended.body)} - {b"binary", b"8bit", b"7bit"}
    if not said:
        return None
    mended.body = _ENCODING.sub(rb"\1binary", mended.body)
    return b", ".join(sorted(said)).decode("latin-1"), "binary"


CARRIERS: tuple[tuple[Rule, _Make, str, str], ...] = (
    (
        rules.BOUNDARY,
        _boundary,
        "Le Content-Type annonce le délimiteur que le corps emploie.",
        "The Content-Type tells the boundary that the body uses.",
    ),
    (
        rules.TRUNCATED,
        _closing,
        "Le délimiteur de fin est ajouté, si le dernier document est entier.",
        "The closing delimiter is added, if the last document is whole.",
    ),
    (
        rules.TRUNCATED,
        _other_boundary,
        "Le Content-Type annonce le délimiteur que le corps emploie.",
        "The Content-Type tells the boundary that the body uses.",
    ),
    (
        rules.ENCODING,
        _transfer_encoding,
        "Content-Transfer-Encoding dit binary, comme les octets.",
        "Content-Transfer-Encoding says binary, as the bytes are.",
    ),
)
"""Rule, what mends it, and the words for it."""
