"""The content of DATA, read in bulk (RFC 5321 §4.1.1.4, §4.5.2; domain/mssante.md §5.2).

aiosmtpd reads DATA line by line, which is its throughput limit. This reader takes chunks of any size, finds the end by
one search and undoes dot-stuffing with one replacement. Only ``CRLF . CRLF`` ends a message. A dot that stands alone on
a line under any *other* reading of line ends (``LF . LF``, ``LF . CRLF``, ``CRLF . LF``, ``CR . CR`` …) is what SMTP
smuggling is made of: the message is read up to its true end and marked, so that it is refused as a whole.
A bare LF or CR elsewhere is kept as it came and only reported: RFC 5321 §2.3.8 forbids it, real senders do it.
"""

import re
from typing import Final

_END: Final = b"\r\n.\r\n"
_LONE_DOT: Final = re.compile(rb"[\r\n]\.[\r\n]")
_LONG_LINE: Final = 1 << 16
"""A line longer than this is let through in pieces, so that the search never rescans it."""


class DataReader:
    """Feed it chunks; ``take()`` gives decoded pieces as they become certain.

    After ``feed`` returned bytes (possibly empty) the message is complete, and those bytes belong to the next command.
    """

    __slots__ = ("_context", "_drop", "_pieces", "_tail", "bare_newline", "lone_dot", "size")

    def __init__(self) -> None:
        self._tail = b"\r\n"  # the line end of the DATA command itself: an empty message is ".CRLF"
        self._drop = 2
        self._context = b""
        self._pieces: list[bytes] = []
        self.size = 0
        """Bytes decoded so far, dot-stuffing undone."""
        self.bare_newline = False
        """A CR or LF stands alone somewhere."""
        self.lone_dot = False
        """A dot stands alone on a line ended by something other than CRLF: smuggling."""

    def feed(self, chunk: bytes) -> bytes | None:
        """Take a chunk; None while the end was not seen, else what follows the end."""
        data = self._tail + chunk
        end = data.find(_END)
        if end >= 0:
            self._emit(data[: end + 2])
            self._tail = b""
            return data[end + 5 :]
        cut = data.rfind(b"\r\n")
        if cut <= 0:
            cut = len(data) if len(data) > _LONG_LINE else 0
            if cut and data.endswith(b"\r"):
                cut -= 1
        self._emit(data[:cut])
        self._tail = data[cut:]
        return None

    def take(self) -> list[bytes]:
        """The decoded pieces since the last call."""
        pieces, self._pieces = self._pieces, []
        return pieces

    def _emit(self, block: bytes) -> None:
        """Check and decode a block; it begins with CRLF or inside a line, and never ends between CRLF and a dot."""
        if not block:
            return
        crlf = block.count(b"\r\n")
        if block.count(b"\n") != crlf or block.count(b"\r") != crlf:
            self.bare_newline = True
        if self.bare_newline and not self.lone_dot:
            self.lone_dot = _LONE_DOT.search(self._context + block) is not None
        self._context = (self._context + block)[-2:] if len(block) < 2 else block[-2:]
        piece = block.replace(b"\r\n.", b"\r\n")
        if self._drop:
            piece, self._drop = piece[self._drop :], 0
        self.size += len(piece)
        if piece:
            self._pieces.append(piece)
