"""The multipart scanner: bytes in, part events out; no I/O, no memory beyond one delimiter (sans-IO).

It reads what senders write, not what RFC 2046 alone allows: CRLF or bare LF, a preamble, no line end after the
closing delimiter, an empty part without its own line end. Any chunking of the bytes gives the same events.
"""

from enum import Enum, auto
from typing import Protocol

from socle.soap import mime_rules as rules
from socle.soap.refusal import MimeRefused

_TAIL = b"\r\n\t "


class Sink(Protocol):
    """Who receives the events. Methods may raise ``MimeRefused``."""

    def frame(self, data: bytes) -> None:
        """Bytes that are no content: preamble, delimiters, headers, line ends."""
        ...

    def begin(self, header_block: bytes) -> None: ...

    def data(self, data: bytes) -> None: ...

    def end(self, line_end: bytes) -> None:
        """The part is over; ``line_end`` is what stood before the delimiter: CRLF, LF or nothing."""
        ...


class _State(Enum):
    PREAMBLE = auto()
    DELIMITER = auto()
    HEADERS = auto()
    BODY = auto()
    EPILOGUE = auto()


class MultipartScanner:
    """Feed it bytes in any portions, then ``close`` it."""

    def __init__(self, boundary: bytes, sink: Sink, *, max_header: int) -> None:
        self._dash = b"--" + boundary
        self._delimiter = b"\n" + self._dash
        self._sink = sink
        self._max_header = max_header
        self._buffer = bytearray()
        self._state = _State.PREAMBLE
        self._lf_only = False
        self._start = True
        """At the very start of the body or of a part, where a delimiter needs no line end before it."""

    def feed(self, data: bytes) -> None:
        """Raises ``MimeRefused`` when a header block or the preamble is longer than allowed."""
        self._buffer += data
        while self._step():
            pass

    def close(self) -> None:
        """The body is over. Raises ``MimeRefused`` when the closing delimiter has not been seen."""
        if self._state is not _State.EPILOGUE:
            raise MimeRefused(rules.TRUNCATED.finding(where=self._state.name.lower()))

    @property
    def rest(self) -> bytes:
        """What has come and is not yet told."""
        return bytes(self._buffer)

    def _step(self) -> bool:
        """One transition; False when more bytes are needed."""
        match self._state:
            case _State.PREAMBLE:
                return self._preamble()
            case _State.DELIMITER:
                return self._after_delimiter()
            case _State.HEADERS:
                return self._headers()
            case _State.BODY:
                return self._body()
            case _State.EPILOGUE:
                self._buffer.clear()
                return False

    def _preamble(self) -> bool:
        at = self._find_delimiter()
        # The two bytes more tell a delimiter from a longer word: the verdict is the same in any chunking.
        if (len(self._buffer) > self._max_header + 2) if at is None else (at[1] > self._max_header):
            raise MimeRefused(rules.BOUNDARY.finding(where="preamble", expected=self._dash.decode("latin-1")))
        if at is None:
            return False
        self._take_frame(at[1])
        self._state = _State.DELIMITER
        return True

    def _after_delimiter(self) -> bool:
        buffer = self._buffer
        if buffer.startswith(b"--"):
            self._take_frame(len(buffer))
            self._state = _State.EPILOGUE
            return False
        newline = buffer.find(b"\n")
        self._check_header(newline + 1 or len(buffer))
        if newline < 0:
            return False
        self._lf_only = not buffer.startswith(b"\r", max(0, newline - 1))
        self._take_frame(newline + 1)
        self._state = _State.HEADERS
        return True

    def _headers(self) -> bool:
        buffer = self._buffer
        end = _blank_line(buffer)
        self._check_header(end or len(buffer))
        if end is None:
            return False
        block = bytes(buffer[:end])
        self._take_frame(end)
        self._sink.begin(block)
        self._state = _State.BODY
        self._start = True
        return True

    def _body(self) -> bool:
        buffer = self._buffer
        at = self._find_delimiter()
        if at is None:
            # Keep what may be the beginning of a delimiter, its own line end included.
            ready = len(buffer) - len(self._delimiter) - 2
            if ready > 0:
                self._deliver(ready)
            return False
        start, end = at
        line_end = b"" if start == end - len(self._dash) else b"\n"
        if line_end and start and buffer[start - 1] == 0x0D and not self._lf_only:
            start -= 1
            line_end = b"\r\n"
        self._deliver(start)
        self._sink.end(line_end)
        self._take_frame(end - start)
        self._state = _State.DELIMITER
        return True

    def _check_header(self, size: int) -> None:
        if size > self._max_header:
            raise MimeRefused(rules.HEADERS.finding(expected=f"≤ {self._max_header} octets"))

    def _find_delimiter(self) -> tuple[int, int] | None:
        """Where the next delimiter begins (with its LF) and ends; None when it is not there yet, in whole."""
        buffer = self._buffer
        if self._start and buffer.startswith(self._dash) and self._is_delimiter(end := len(self._dash)):
            return 0, end
        at = buffer.find(self._delimiter)
        while at >= 0:
            end = at + len(self._delimiter)
            if self._is_delimiter(end):
                return at, end
            at = buffer.find(self._delimiter, at + 1)
        return None

    def _is_delimiter(self, end: int) -> bool:
        """``--abc`` is no delimiter in ``--abcd``: ``--``, blanks or a line end must follow."""
        following = self._buffer[end : end + 2]
        return bool(following) and (following[0] in _TAIL or following == b"--")

    def _deliver(self, size: int) -> None:
        if size:
            self._start = False
            self._sink.data(bytes(memoryview(self._buffer)[:size]))
            del self._buffer[:size]

    def _take_frame(self, size: int) -> None:
        self._sink.frame(bytes(memoryview(self._buffer)[:size]))
        del self._buffer[:size]


def _blank_line(buffer: bytearray) -> int | None:
    """Just after the blank line that ends a header block, which may be empty."""
    if buffer.startswith(b"\r\n"):
        return 2
    if buffer.startswith(b"\n"):
        return 1
    ends = [at + len(mark) for mark in (b"\n\r\n", b"\n\n") if (at := buffer.find(mark)) >= 0]
    return min(ends) if ends else None
