"""A small PDF/A-1b for each kind of document, rendered once and kept.

PDF/A wants the font embedded; the package carries a Latin subset of DejaVu Sans. The PDF says what kind of report it
stands for and that it is fictitious; who and when are in the CDA header around it.
"""

import base64
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from sandbox.cda.kinds import KINDS

_FONT = Path(__file__).parent / "fonts" / "DejaVuSans-latin1.ttf"
_FICTITIOUS = (
    "Document fictif produit par le bac à sable Socles. Il ne concerne aucun patient réel et n'a aucune valeur "
    "médicale. L'identité, l'auteur et les dates figurent dans l'en-tête CDA."
)


@cache
def pdf(kind_code: str) -> bytes:
    """The PDF/A-1b of a kind of document (about 10 kB, 10 ms the first time)."""
    from fpdf import FPDF  # heavy, and of no use to whoever only runs the services

    kind = KINDS[kind_code]
    sheet = FPDF(format="A4", enforce_compliance="PDF/A-1B")
    sheet.set_creation_date(datetime(2026, 1, 1, tzinfo=UTC))
    sheet.set_title(kind.title)
    sheet.set_lang("fr-FR")
    sheet.add_font("DejaVu", fname=_FONT)
    sheet.add_page()
    sheet.set_font("DejaVu", size=16)
    sheet.multi_cell(0, 9, text=kind.title, new_x="LMARGIN", new_y="NEXT")
    sheet.set_font("DejaVu", size=10)
    for _code, heading, sentence in kind.sections:
        sheet.multi_cell(0, 6, text=f"{heading} : {sentence}", new_x="LMARGIN", new_y="NEXT")
    sheet.ln(6)
    sheet.multi_cell(0, 6, text=_FICTITIOUS, new_x="LMARGIN", new_y="NEXT")
    return bytes(sheet.output())


@cache
def pdf_base64(kind_code: str) -> str:
    """The same, as it stands in a CDA's ``nonXMLBody``."""
    return base64.b64encode(pdf(kind_code)).decode("ascii")
