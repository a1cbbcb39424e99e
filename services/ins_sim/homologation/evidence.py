"""What went over the wire, laid out to be read: request and answer of the calls that a verdict rests on."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from lxml import etree

from ins_sim.homologation.reading import octets
from socle.soap.refusal import Refused
from socle.soap.xml import parse

_MOST = 24_000
"""Characters of one message in a report; the journal has the whole."""


class Wire(NamedTuple):
    """Both directions of one exchange; empty where the journal has kept nothing."""

    request: str
    response: str
    finess: str
    peer: str
    tls: str


def wire(entry: Mapping[str, Any]) -> Wire:
    """From an entry as ``JournalStore.get`` gives it."""
    return Wire(
        _text(octets(entry["request"])),
        _text(octets(entry["response"])),
        entry["finess"] or "",
        entry["peer"],
        entry["tls"] or "",
    )


def _text(data: bytes | None) -> str:
    text = "" if data is None else _laid_out(data)
    return text if len(text) <= _MOST else f"{text[:_MOST]}\n[…]"


def _laid_out(data: bytes) -> str:
    try:
        root = parse(data)
    except Refused:
        return data.decode("utf-8", "replace")
    etree.indent(root)
    return etree.tostring(root, encoding="unicode")
