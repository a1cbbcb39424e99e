"""What is deposited: kinds by the nation's mix (domain/indicators.md §4.1), and sizes, some of them large."""

import base64
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from math import sqrt
from random import Random
from types import MappingProxyType

from sandbox.cda import cda
from sandbox.cda.pdf import pdf_base64
from sandbox.facts import DocumentFacts


@dataclass(frozen=True, slots=True)
class Spec:
    """One kind of document at one size."""

    kind: str
    level: str
    kilobytes: int = 0
    """Of the scanned page inside; 0: the small PDF of the kind, or a structured body."""


_KINDS: Mapping[str, tuple[tuple[str, str, float], ...]] = MappingProxyType(
    {
        "bio": (("11502-2", "N3", 0.7), ("11502-2", "N1", 0.3)),
        "prescription": (("57833-6", "N3", 0.5), ("57833-6", "N1", 0.5)),
        "hospital": (("11490-0", "N3", 0.5), ("11490-0", "N1", 0.2), ("34112-3", "N1", 0.3)),
        "imaging": (("18748-4", "N3", 0.3), ("18748-4", "N1", 0.7)),
        "other": (("34874-8", "N1", 1.0),),
    }
)
"""Family → (typeCode, level, share); the shares are ours."""
_SIZES = ((0, 0.85), (100, 0.11), (400, 0.03), (2000, 0.01))
"""Kilobytes of the PDF in a level 1 document, and share: ours."""
_SMALL = ((0, 1.0),)


def specs(families: Mapping[str, float], *, large: bool) -> dict[Spec, float]:
    """Weights of all kinds and sizes; without ``large`` only small ones."""
    found: dict[Spec, float] = {}
    for family, weight in families.items():
        for kind, level, share in _KINDS[family]:
            for kilobytes, part in _SIZES if large and level == "N1" else _SMALL:
                found[Spec(kind, level, kilobytes)] = weight * share * part
    return {spec: weight for spec, weight in found.items() if weight}


def content(facts: DocumentFacts, spec: Spec) -> bytes:
    """The CDA of a spec."""
    made = cda(facts)
    if not spec.kilobytes:
        return made
    return made.replace(pdf_base64(spec.kind).encode(), _scan(spec.kilobytes))


@cache
def _scan(kilobytes: int) -> bytes:
    """Base64 of a PDF/A-1b that holds one scanned page: noise, which nothing compresses."""
    from fpdf import FPDF

    width = round(sqrt(kilobytes * 1000 / 1.4))
    height = round(width * 1.4)
    noise = Random(kilobytes).randbytes(width * height)  # noqa: S311 - grain of paper
    sheet = FPDF(format="A4", enforce_compliance="PDF/A-1B")
    sheet.set_creation_date(datetime(2026, 1, 1, tzinfo=UTC))
    sheet.set_title("Document numérisé")
    sheet.set_lang("fr-FR")
    sheet.add_page()
    sheet.image(BytesIO(_png(width, height, noise)), x=0, y=0, w=210, h=297, alt_text="Page numérisée fictive")
    return base64.b64encode(bytes(sheet.output()))


def _png(width: int, height: int, grey: bytes) -> bytes:
    """A greyscale image, eight bits a pixel (PNG, second edition)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    rows = b"".join(b"\x00" + grey[start : start + width] for start in range(0, len(grey), width))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b"")


def shares(families: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """(family, share of one) for reports."""
    total = sum(families.values())
    yield from ((family, weight / total) for family, weight in families.items())
