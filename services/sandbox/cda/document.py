"""A whole CDA R2 document: header and body, as bytes ready for the wire."""

from functools import cache
from html import escape

from sandbox.cda.header import LOINC, header
from sandbox.cda.kinds import KINDS
from sandbox.cda.pdf import pdf_base64
from sandbox.facts import DocumentFacts

_OPEN = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
)


def cda(facts: DocumentFacts) -> bytes:
    """The document in UTF-8; KeyError for an unknown kind, ValueError for a level the kind has not."""
    kind = KINDS[facts.kind]
    if facts.level not in kind.levels:
        raise ValueError(f"{facts.kind} has no level {facts.level}")
    body = _structured(facts.kind) if facts.level == "N3" else _unstructured(facts.kind)
    return f"{_OPEN}{header(facts, kind)}<component>{body}</component></ClinicalDocument>".encode()


@cache
def _unstructured(kind_code: str) -> str:
    return (
        '<nonXMLBody><text mediaType="application/pdf" representation="B64">'
        f"{pdf_base64(kind_code)}</text></nonXMLBody>"
    )


@cache
def _structured(kind_code: str) -> str:
    sections = "".join(
        f'<component><section><code code="{code}" displayName="{escape(title)}" codeSystem="{LOINC}"/>'
        f"<title>{escape(title)}</title><text><paragraph>{escape(sentence)}</paragraph></text></section></component>"
        for code, title, sentence in KINDS[kind_code].sections
    )
    return f"<structuredBody>{sections}</structuredBody>"
