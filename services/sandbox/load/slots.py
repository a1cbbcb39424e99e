"""Bodies rendered once, with places to fill: marks of a fixed length that each act replaces by its own text."""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

Values = Mapping[bytes, bytes]
"""Mark → what stands in its place."""


@dataclass(frozen=True, slots=True)
class Template:
    """Static pieces, and marks between them."""

    pieces: tuple[bytes, ...]
    """Static text at even places, a mark at odd ones."""

    @classmethod
    def of(cls, body: bytes, marks: "list[bytes] | tuple[bytes, ...]") -> "Template":
        """Cut ``body`` at each mark; where one mark begins another, the longer one is meant."""
        longest_first = sorted(set(marks), key=len, reverse=True)
        return cls(tuple(re.split(b"(%s)" % b"|".join(map(re.escape, longest_first)), body)))

    @property
    def size(self) -> int:
        """Octets; values are as long as their marks."""
        return sum(map(len, self.pieces))

    def fill(self, values: Values) -> bytes:
        """The body of one act."""
        filled = list(self.pieces)
        for place in range(1, len(filled), 2):
            filled[place] = values[filled[place]]
        return b"".join(filled)

    def around(self, other: "Template") -> "tuple[Template, Template]":
        """What stands before and after the pieces of ``other``, which this one must hold exactly once."""
        whole, inner = b"".join(self.pieces), b"".join(other.pieces)
        before, found, after = whole.partition(inner)
        if not found or inner in after:
            raise ValueError("the inner body does not stand in the outer one exactly once")
        marks = self.pieces[1::2]
        return Template.of(before, marks), Template.of(after, marks)


@dataclass(frozen=True, slots=True)
class Deflated:
    """A template as a raw deflate stream (RFC 1951): static pieces are compressed once, values stand uncompressed.

    Each static piece ends at a byte's border with nothing referred to across it; a value is a *stored* block.
    """

    template: Template
    pieces: tuple[bytes, ...]

    @classmethod
    def of(cls, template: Template) -> "Deflated":
        pieces = []
        for place, piece in enumerate(template.pieces):
            pieces.append(_stored_head(len(piece)) if place % 2 else _compressed(piece))
        return cls(template, tuple(pieces))

    def fill(self, values: Values) -> bytes:
        """The stream of one act."""
        filled: list[bytes] = []
        for place, piece in enumerate(self.pieces):
            filled.append(piece)
            if place % 2:
                filled.append(values[self.template.pieces[place]])
        filled.append(b"\x03\x00")  # an empty last block
        return b"".join(filled)


def _compressed(piece: bytes) -> bytes:
    engine = zlib.compressobj(6, zlib.DEFLATED, -15)
    return engine.compress(piece) + engine.flush(zlib.Z_FULL_FLUSH)


def _stored_head(size: int) -> bytes:
    """BFINAL 0, BTYPE 00, length and its complement (RFC 1951 §3.2.4)."""
    return b"\x00" + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little")
