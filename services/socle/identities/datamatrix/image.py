"""The content as an image: ECC 200, square, with its quiet zone and the words that stand beside it."""

import io
import re
from typing import Final

import zxingcpp
from PIL import Image, ImageDraw, ImageFont

LABEL: Final = "INS à scanner"
_SVG: Final = re.compile(r'<svg width="(\d+)" height="(\d+)".*?>(.*)</svg>', re.DOTALL)


def png(payload: str, *, scale: int = 6, label: bool = True) -> bytes:
    """``scale``: pixels of a module."""
    matrix = _made(payload).to_image(scale=scale)
    view = memoryview(matrix)  # type: ignore[arg-type]
    height, width = matrix.shape[:2]
    drawn = Image.frombytes("L", (width, height), view.tobytes())
    if label:
        drawn = _labelled(drawn, 2 * scale)
    out = io.BytesIO()
    drawn.save(out, "PNG", optimize=True)
    return out.getvalue()


def svg(payload: str, *, scale: int = 6, label: bool = True) -> str:
    """``scale``: user units of a module."""
    found = _SVG.search(_made(payload).to_svg(scale=scale))
    assert found is not None
    size, content = int(found[1]), found[3].strip()
    below = 3 * scale if label else 0
    text = (
        f'<text x="{size / 2}" y="{size + 2 * scale}" font-family="sans-serif" font-size="{2 * scale}" '
        f'text-anchor="middle">{LABEL}</text>'
        if label
        else ""
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size + below}" '
        f'viewBox="0 0 {size} {size + below}"><title>{LABEL}</title>'
        f'<rect width="{size}" height="{size + below}" fill="#fff"/>{content}{text}</svg>'
    )


def _made(payload: str) -> zxingcpp.Barcode:
    return zxingcpp.create_barcode(payload, zxingcpp.BarcodeFormat.DataMatrix, force_square=True)


def _labelled(matrix: Image.Image, size: int) -> Image.Image:
    """The words below, outside the quiet zone. The font has no à: its accent is set over the a."""
    font = ImageFont.load_default(size)
    before, letter = LABEL.partition("à")[0], "a"
    words = LABEL.replace("à", letter)
    left, top, right, bottom = font.getbbox(words)
    width = max(matrix.width, int(right - left) + size)
    whole = Image.new("L", (width, matrix.height + int(bottom - top) + size), 255)
    whole.paste(matrix, ((width - matrix.width) // 2, 0))
    draw = ImageDraw.Draw(whole)
    x, y = (width - (right - left)) / 2, matrix.height - top + size / 2
    draw.text((x, y), words, fill=0, font=font)
    over = x + font.getlength(before) + (font.getlength(letter) - font.getlength("`")) / 2
    draw.text((over, y), "`", fill=0, font=font)
    return whole
