"""The WSDL served at ``/lps?wsdl``: one self-contained document, its schemas inside."""

from importlib.resources import files
from xml.sax.saxutils import escape

# Read with the module: a request must not wait for the disk.
_PARTS = files(__package__).joinpath("insi.wsdl").read_text(encoding="utf-8").split("{{address}}")


def wsdl(address: str) -> bytes:
    """The document, with the address at which the caller reached us as its ports' location."""
    return escape(address, {'"': "&quot;"}).join(_PARTS).encode()
