"""The WSDL served at ``/lps?wsdl``: one self-contained document, its schemas inside."""

from functools import cache
from importlib.resources import files
from xml.sax.saxutils import escape


def wsdl(address: str) -> bytes:
    """The document, with the address at which the caller reached us as its port's location."""
    before, after = _template()
    return (before + escape(address, {'"': "&quot;"}) + after).encode()


@cache
def _template() -> tuple[str, str]:
    text = files(__package__).joinpath("insi.wsdl").read_text(encoding="utf-8")
    before, _, after = text.partition("{{address}}")
    return before, after
