"""WS_INS1, ``rechercherInsAvecCarteVitale``: RECVITALE to a request. Its answer is that of WS_INS2."""

from lxml import etree

from ins_sim.domain.vitale import CardRequest, CardTraits
from ins_sim.wire.caller import told
from ins_sim.wire.coverage import read_matricule
from ins_sim.wire.names import RECVIT, VITALE_ROOT, local_name, within
from socle.soap.model import Envelope
from socle.soap.text import text_of, value_of

_INDIVIDUAL, _INSURED, _NAME, _DATE, _RANK = (
    f"{{{RECVIT}}}{name}"
    for name in ("MatriculeIndividu", "MatriculeOD", "NomNaissance", "DateNaissance", "RangNaissance")
)
_VALUES = (_NAME, _DATE, _RANK)
_ORDER = {tag: position for position, tag in enumerate((_INDIVIDUAL, _INSURED, _NAME, _DATE, _RANK))}


def parse(envelope: Envelope) -> CardRequest | None:
    """The request, or None when the body is not RECVITALE. Numbers lose spaces around them, the rest nothing."""
    if envelope.body.tag != VITALE_ROOT:
        return None
    return told(CardRequest(asked=parse_asked(envelope.body)), envelope, card=True)


def parse_asked(body: etree._Element) -> CardTraits:
    """Read RECVITALE in one pass; an element of another namespace, or that comes again, is surplus."""
    asked = CardTraits()
    seen: set[str] = set()
    last = 0
    for child in body.iterchildren("*"):
        tag = child.tag
        position = _ORDER.get(tag)
        if position is None or tag in seen:
            asked.surplus.append(local_name(child))
            continue
        asked.ordered = asked.ordered and position >= last
        last = position
        seen.add(tag)
        if tag == _INDIVIDUAL:
            asked.individual = read_matricule(child)
        elif tag == _INSURED:
            asked.insured = read_matricule(child)
        elif tag == _NAME:
            asked.birth_name = value_of(child)
        elif tag == _DATE:
            asked.birth_date = value_of(child)
        else:
            asked.rank = text_of(child)
        if tag in _VALUES:
            asked.surplus += within(child)
    return asked
