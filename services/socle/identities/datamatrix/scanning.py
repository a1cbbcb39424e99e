"""A printed datamatrix, from its image: what it says, and whether the symbol is the right one."""

import io
import re
from typing import Final

import zxingcpp
from PIL import Image, UnidentifiedImageError

from socle.identities.datamatrix import rules
from socle.identities.datamatrix.reading import Read, read
from socle.identities.problem import refused

FORMATS: Final = ("PNG", "JPEG", "BMP")
MOST_PIXELS: Final = 24_000_000
"""Of a scanned page; beyond, an image may unfold to gigabytes."""


def scan(data: bytes) -> tuple[str, Read]:
    """(content, its reading). Raises ``NotTaken`` for what is no image, or holds no legible Data Matrix."""
    found = zxingcpp.read_barcodes(
        _opened(data),
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix),
        text_mode=zxingcpp.TextMode.Plain,
    )
    if not found:
        raise refused(
            "datamatrix.unreadable",
            "Aucun Data Matrix lisible dans cette image. Vérifier la zone de silence, le contraste et la netteté.",
            "No legible Data Matrix in this image. Look at the quiet zone, the contrast and the sharpness.",
        )
    symbol = next((one for one in found if one.text.startswith("IS")), found[0])
    told = read(symbol.text)
    size = re.search(r"(\d+)x(\d+)", str(symbol.extra))
    if size is not None and size[1] != size[2]:
        told.findings.insert(0, rules.SQUARE.finding(where="symbole", found=size[0]))
    return symbol.text, told


def _opened(data: bytes) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise refused(
                "image.size",
                f"Image de plus de {MOST_PIXELS} points.",
                f"An image of more than {MOST_PIXELS} pixels.",
                status=413,
            )
        return image.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise refused("image.unreadable", "Image PNG, JPEG ou BMP illisible.", "Unreadable PNG, JPEG or BMP.") from None
