"""A SOAP request's body taken apart into what surrounds its parts and the parts, so that one can be changed alone."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from socle.soap.headers import content_type
from socle.soap.incoming import IncomingPart
from socle.soap.limits import DEFAULT_LIMITS
from socle.soap.mtom import MultipartReader

_IN_MEMORY = replace(DEFAULT_LIMITS, spool_above=DEFAULT_LIMITS.max_total)
_LINE = 76


@dataclass(slots=True)
class Frames:
    """The body in wire order; ``root`` and ``parts`` index into ``pieces``. A plain request is one piece, the root."""

    pieces: list[bytes]
    root: int = 0
    charset: str | None = None
    parts: dict[str, tuple[int, IncomingPart]] = field(default_factory=dict)
    """By content id."""

    @classmethod
    async def read(cls, said_type: str, body: bytes, spool: Path) -> "Frames":
        """Raises ``MimeRefused`` as the services do."""
        kind = content_type(said_type)
        if not kind.is_multipart:
            return cls([body], charset=kind.get("charset"))
        reader = MultipartReader(kind, _IN_MEMORY, spool)
        read = await reader.read(_once(body))
        made = cls([], charset=read.root_type.get("charset"))
        for piece in reader.pieces():
            if isinstance(piece, IncomingPart):
                if piece is reader.root:
                    made.root = len(made.pieces)
                made.parts.setdefault(piece.content_id, (len(made.pieces), piece))
                wire = piece.recorded
                assert isinstance(wire, bytes), "nothing is spooled"
                made.pieces.append(wire)
            else:
                made.pieces.append(piece)
        return made

    @property
    def envelope(self) -> bytes:
        """The root part, decoded."""
        for at, part in self.parts.values():
            if at == self.root:
                return part.content()
        return self.pieces[self.root]

    def put_envelope(self, data: bytes) -> None:
        part = next((part for at, part in self.parts.values() if at == self.root), None)
        self.pieces[self.root] = data if part is None else _encoded(data, part)

    def content(self, content_id: str) -> bytes:
        """One part, decoded."""
        return self.parts[content_id][1].content()

    def put(self, content_id: str, data: bytes) -> None:
        at, part = self.parts[content_id]
        self.pieces[at] = _encoded(data, part)

    def body(self) -> bytes:
        return b"".join(self.pieces)


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body


def _encoded(data: bytes, part: IncomingPart) -> bytes:
    if part.headers.get("content-transfer-encoding", "").strip().lower() != "base64":
        return data
    text = base64.b64encode(data)
    return b"\r\n".join(text[at : at + _LINE] for at in range(0, len(text), _LINE))
