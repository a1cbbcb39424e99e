"""Content-Transfer-Encoding of MIME parts, undone as the bytes arrive (domain/dmp.md §0.5: some really send base64)."""

import binascii
from typing import Protocol

from socle.soap import mime_rules as rules
from socle.soap.refusal import MimeRefused

_BLANKS = b"\r\n\t "


class Decoder(Protocol):
    """Turns wire bytes into content, portion by portion."""

    def decode(self, data: bytes) -> bytes: ...

    def finish(self) -> bytes:
        """The rest; raises ``MimeRefused`` when something is missing."""
        ...


class _Base64:
    def __init__(self, part: str) -> None:
        self._rest = b""
        self._over = False
        """Padding has been seen."""
        self._part = part

    def decode(self, data: bytes) -> bytes:
        data = self._rest + data.translate(None, _BLANKS)
        ready = len(data) // 4 * 4
        self._rest = data[ready:]
        return self._strict(data[:ready])

    def finish(self) -> bytes:
        return self._strict(self._rest)

    def _strict(self, data: bytes) -> bytes:
        if not data:
            return b""
        try:
            if self._over:
                raise binascii.Error("Excess data after padding")
            self._over = data.endswith(b"=")
            return binascii.a2b_base64(data, strict_mode=True)
        except binascii.Error as error:
            finding = rules.ENCODING.finding(expected="base64", found=str(error), part=self._part)
            raise MimeRefused(finding) from None


def decoder(encoding: str, part: str) -> Decoder | None:
    """None for 7bit, 8bit, binary or nothing at all, in any case: the content is on the wire as it is.

    Raises ``MimeRefused`` for any other encoding.
    """
    name = encoding.strip().lower()
    if name in ("", "binary", "8bit", "7bit"):
        return None
    if name == "base64":
        return _Base64(part)
    raise MimeRefused(
        rules.ENCODING.finding(
            where="Content-Transfer-Encoding", expected="binary, 8bit, 7bit, base64", found=name[:40], part=part
        )
    )
