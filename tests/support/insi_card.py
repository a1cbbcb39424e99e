"""WS_INS1 requests as clients write them, and a small shelf of cards to search."""

from collections.abc import Mapping

from ins_sim.domain.vitale import CardRequest
from ins_sim.wire.names import RECVIT, VITALE_ACTION
from ins_sim.wire.ws_ins1 import parse
from socle.control.model import CardHolder, Person, VitaleCard
from socle.soap.model import WSA
from support.insi import HEADER_BLOCKS, blocks, envelope, message

CARD_TYPE = f'application/soap+xml;charset=utf-8; action="{VITALE_ACTION}"'
RUTH, MADE_FOR = "2770763220829", "1977-07-14"
"""The insured person of the published card INSi 01."""


def matricule(element: str, number: str | None, key: str | None = None) -> str:
    """``MatriculeIndividu`` or ``MatriculeOD``; nothing without a number."""
    if number is None:
        return ""
    said = "" if key is None else f"<v:Cle>{key}</v:Cle>"
    return f"<v:{element}><v:NumIdentifiant>{number}</v:NumIdentifiant>{said}</v:{element}>"


def card_body(
    insured: str | None = RUTH,
    born: str | None = MADE_FOR,
    rank: str | None = "1",
    *,
    individual: str | None = None,
    name: str | None = None,
    keys: tuple[str | None, str | None] = (None, None),
) -> str:
    """RECVITALE; None leaves an element out. ``keys``: of the individual's and the insured person's number."""
    others = (("NomNaissance", name), ("DateNaissance", born), ("RangNaissance", rank))
    inner = (
        matricule("MatriculeIndividu", individual, keys[0])
        + matricule("MatriculeOD", insured, keys[1])
        + "".join(f"<v:{element}>{value}</v:{element}>" for element, value in others if value is not None)
    )
    return f'<v:RECVITALE xmlns:v="{RECVIT}">{inner}</v:RECVITALE>'


def coverage(
    insured: str | None = RUTH, born: str | None = MADE_FOR, rank: str | None = "1", number: str | None = None
) -> str:
    """COUVERTURE as the client that was read fills it in: numbers without their key."""
    assured = f"<bam:ASSURE><bam:Id><bam:Num>{insured}</bam:Num></bam:Id></bam:ASSURE>" if insured else ""
    nir = f"<bam:Nir><bam:Num>{number}</bam:Num></bam:Nir>" if number else ""
    date = f"<bam:DateNai>{born}</bam:DateNai>" if born else ""
    order = f"<bam:Rang>{rank}</bam:Rang>" if rank else ""
    beneficiary = f"<bam:BENEFICIAIRE>{nir}{date}{order}</bam:BENEFICIAIRE>"
    return f"<bam:COUVERTURE>{assured}{beneficiary}</bam:COUVERTURE>"


def card_blocks(**more: str) -> dict[str, str]:
    """The header blocks of WS_INS1; ``more``: as of ``support.insi.blocks``."""
    said = {"coverage": coverage(), **more}
    return blocks(**said) | {"action": f'<wsa:Action xmlns:wsa="{WSA}">{VITALE_ACTION}</wsa:Action>'}


def card_message(
    content: str | None = None, headers: Mapping[str, str] | None = None, order: tuple[str, ...] = HEADER_BLOCKS
) -> bytes:
    """A whole envelope: Ruth, by her own card, unless told otherwise."""
    return message(content or card_body(), dict(headers or card_blocks()), order)


def card_request(raw: bytes) -> CardRequest:
    """The parsed request of a WS_INS1 message."""
    parsed = parse(envelope(raw))
    assert parsed is not None
    return parsed


def asking(insured: str, holder: CardHolder) -> bytes:
    """The call that a reader of the card makes for one of its holders."""
    rank = str(holder.rank)
    block = card_blocks(coverage=coverage(insured, holder.birth_date, rank, holder.number))
    return card_message(card_body(insured, holder.birth_date, rank, individual=holder.number), block)


class Shelf:
    """Cards and persons over lists."""

    def __init__(self, *cards: VitaleCard, persons: tuple[Person, ...] = ()) -> None:
        self._cards = {card.insured: card for card in cards}
        self._persons = {person.id: person for person in persons}

    def card_of(self, insured: str) -> VitaleCard | None:
        return self._cards.get(insured[:13])

    def person(self, person_id: str) -> Person | None:
        return self._persons.get(person_id)
