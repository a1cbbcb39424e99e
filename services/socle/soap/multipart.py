"""The multipart scanner: bytes in, part events out; no I/O, no memory beyond one delimiter (sans-IO).

It reads what senders write, not what RFC 2046 alone allows: CRLF or bare LF, a preamble, no line end after the
closing delimiter, an empty part without its own line end. Any chunking of the bytes gives the same events.
"""

from collections.abc import Callable
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


class MultipartScanner:
    """Feed it bytes in any portions, then ``close`` it."""

    def __init__(self, boundary: bytes, sink: Sink, *, max_header: int) -> None:
        self._dash = b"--" + boundary
        self._delimiter = b"\n" + self._dash
        self._sink = sink
        self._max_header = max_header
        self._buffer = b""
        self._at = 0
        """How far the buffer has been told."""
        self._step: Callable[[MultipartScanner], bool] = MultipartScanner._preamble
        """What comes next. Not a bound method: that would be a cycle."""
        self._lf_only = False
        self._start = True
        """At the very start of the body or of a part, where a delimiter needs no line end before it."""

    def feed(self, data: bytes) -> None:
        """Raises ``MimeRefused`` when a header block or the preamble is longer than allowed."""
        self._buffer = self._buffer[self._at :] + data if self._at < len(self._buffer) else data
        self._at = 0
        while self._step(self):
            pass

    def close(self) -> None:
        """The body is over. Raises ``MimeRefused`` when the closing delimiter has not been seen."""
        if self._step is not MultipartScanner._epilogue:
            raise MimeRefused(rules.TRUNCATED.finding(where=self._step.__name__.strip("_")))

    @property
    def rest(self) -> bytes:
        """What has come and is not yet told."""
        return self._buffer[self._at :]

    # One step each; False when more bytes are needed.

    def _preamble(self) -> bool:
        found = self._find_delimiter()
        size = (len(self._buffer) if found is None else found[1]) - self._at
        # The two bytes more tell a delimiter from a longer word: the verdict is the same in any chunking.
        if size > self._max_header + (2 if found is None else 0):
            raise MimeRefused(rules.BOUNDARY.finding(where="preamble", expected=self._dash.decode("latin-1")))
        if found is None:
            return False
        self._frame_to(found[1])
        self._step = MultipartScanner._after_delimiter
        return True

    def _after_delimiter(self) -> bool:
        buffer, at = self._buffer, self._at
        if buffer.startswith(b"--", at):
            self._frame_to(len(buffer))
            self._step = MultipartScanner._epilogue
            return False
        newline = buffer.find(b"\n", at)
        self._check_header((len(buffer) if newline < 0 else newline + 1) - at)
        if newline < 0:
            return False
        self._lf_only = newline == at or buffer[newline - 1] != 0x0D
        self._frame_to(newline + 1)
        self._step = MultipartScanner._headers
        return True

    def _headers(self) -> bool:
        start = self._at
        end = self._blank_line()
        self._check_header((end or len(self._buffer)) - start)
        if end is None:
            return False
        self._frame_to(end)
        self._sink.begin(self._buffer[start:end])
        self._step = MultipartScanner._body
        self._start = True
        return True

    def _body(self) -> bool:
        found = self._find_delimiter()
        if found is None:
            # Keep what may be the beginning of a delimiter, its own line end included.
            self._data_to(len(self._buffer) - len(self._delimiter) - 2)
            return False
        start, end = found
        line_end = b"" if start == end - len(self._dash) else b"\n"
        if line_end and start > self._at and self._buffer[start - 1] == 0x0D and not self._lf_only:
            start -= 1
            line_end = b"\r\n"
        self._data_to(start)
        self._sink.end(line_end)
        self._frame_to(end)
        self._step = MultipartScanner._after_delimiter
        return True

    def _epilogue(self) -> bool:
        self._at = len(self._buffer)
        return False

    def _check_header(self, size: int) -> None:
        if size > self._max_header:
            raise MimeRefused(rules.HEADERS.finding(expected=f"≤ {self._max_header} octets"))

    def _find_delimiter(self) -> tuple[int, int] | None:
        """Where the next delimiter begins (with its LF) and ends; None when it is not there yet, in whole."""
        buffer, at = self._buffer, self._at
        if self._start and buffer.startswith(self._dash, at) and self._is_delimiter(end := at + len(self._dash)):
            return at, end
        at = buffer.find(self._delimiter, at)
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

    def _blank_line(self) -> int | None:
        """Just after the blank line that ends a header block, which may be empty."""
        buffer, at = self._buffer, self._at
        if buffer.startswith(b"\r\n", at):
            return at + 2
        if buffer.startswith(b"\n", at):
            return at + 1
        strict = buffer.find(b"\n\r\n", at, at + self._max_header)
        bare = buffer.find(b"\n\n", at, at + self._max_header if strict < 0 else strict + 1)
        if bare >= 0:
            return bare + 2
        return strict + 3 if strict >= 0 else None

    def _data_to(self, end: int) -> None:
        if end > self._at:
            self._start = False
            self._sink.data(self._buffer[self._at : end])
            self._at = end

    def _frame_to(self, end: int) -> None:
        self._sink.frame(self._buffer[self._at : end])
        self._at = end
