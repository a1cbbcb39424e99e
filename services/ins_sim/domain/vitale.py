"""WS_INS1: what is asked with a Vitale card, and whom the card names (domain/insi.md §1.6).

A person is found by the insured person's number, and by the birth date and rank that the card has for him. Whatever
else was sent must be his too: a key, a number, a name. So no altered trait finds somebody else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ins_sim.domain import rules_vitale as rules
from ins_sim.domain.behaviour import as_asked
from ins_sim.domain.coverage import Matricule
from ins_sim.domain.erreur import Erreur
from ins_sim.domain.model import Answer, Caller, Individual
from ins_sim.domain.policy import Policy
from ins_sim.domain.search import conclude, is_known
from ins_sim.domain.strangers import may_be_real
from socle.control.model import CardHolder, VitaleCard
from socle.identifiers.errors import InvalidIdentifier
from socle.identifiers.ins import Ins, ins_key
from socle.rules import Finding

ROOT = "RECVITALE"


@dataclass(slots=True)
class CardTraits:
    """The content of RECVITALE as it was sent; what is absent is empty."""

    individual: Matricule = field(default_factory=Matricule)
    """``MatriculeIndividu``: the beneficiary's NIR, where the card certifies one."""
    insured: Matricule = field(default_factory=Matricule)
    """``MatriculeOD``: of the insured person ("ouvrant droit")."""
    birth_name: str = ""
    birth_date: str = ""
    rank: str = ""
    surplus: list[str] = field(default_factory=list)
    """Names of elements that WS_INS1 does not know."""
    ordered: bool = True
    """The elements came in the order of the schema."""


@dataclass(slots=True)
class CardRequest(Caller):
    """One WS_INS1 request."""

    asked: CardTraits = field(default_factory=CardTraits)


class Cards(Protocol):
    """Where cards and persons are looked up: the population of one workspace."""

    def card_of(self, insured: str) -> VitaleCard | None: ...
    def person(self, person_id: str) -> Individual | None: ...


def decide(request: CardRequest, policy: Policy, cards: Cards) -> Answer | Erreur:
    """What the card gives, of a request that is not refused."""
    return as_asked(conclude(look_up(request.asked, cards)[0]), policy)


def explain(request: CardRequest, cards: Cards) -> list[Finding]:
    """Why somebody was not found, or what is odd about his number."""
    return look_up(request.asked, cards)[1]


def look_up(asked: CardTraits, cards: Cards) -> tuple[Sequence[Individual], list[Finding]]:
    """The persons whom the card names so: none, one, or twins whose rank was not sent."""
    where = f"{ROOT}/MatriculeOD"
    card = cards.card_of(asked.insured.number)
    if card is None:
        return [], [rules.CARD_UNKNOWN.finding(where=where, found=asked.insured.number[:80])]
    if not _key_fits(asked.insured, card.insured, card.key):
        return [], [rules.KEY.finding(where=f"{where}/Cle", expected=card.key, found=asked.insured.key[:80])]
    named = [holder for holder in card.holders if _is_named(holder, asked)]
    if not named:
        return [], [_nobody(card, asked)]
    found: list[Individual] = []
    wrong: list[Finding] = []
    told: list[Finding] = []
    for holder in named:
        person = cards.person(holder.person_id)
        if person is None:
            continue
        contradictions = list(_contradictions(asked, holder, person))
        if contradictions:
            wrong += contradictions
            continue
        found.append(person)
        if person.outcome is None and not is_known(person):
            told.append(rules.CARD_PERSON.finding(where=ROOT, found=person.id))
        if asked.individual.sent and holder.number is None:
            told.append(rules.UNCERTIFIED.finding(where=f"{ROOT}/MatriculeIndividu", expected="(absent)"))
    return found, told if found else wrong


def numbers(request: CardRequest) -> Iterator[tuple[Ins, str]]:
    """Those of the body, for D11."""
    yield from may_be_real(request.asked.insured, f"{ROOT}/MatriculeOD")
    yield from may_be_real(request.asked.individual, f"{ROOT}/MatriculeIndividu")


def rank_of(text: str) -> int | None:
    """1 to 9, leading zeros apart; None when it is no such number."""
    if not (text.isascii() and text.isdigit()) or len(text) > 2:
        return None
    rank = int(text)
    return rank if 1 <= rank <= 9 else None


def _is_named(holder: CardHolder, asked: CardTraits) -> bool:
    return holder.birth_date == asked.birth_date and (not asked.rank or rank_of(asked.rank) == holder.rank)


def _contradictions(asked: CardTraits, holder: CardHolder, person: Individual) -> Iterator[Finding]:
    sent, where = asked.individual, f"{ROOT}/MatriculeIndividu"
    if sent.sent:
        keys = {number.matricule: number.key for number in (*person.history, person.ins) if number is not None}
        if holder.number is not None:
            keys.setdefault(holder.number, None)
        if sent.number not in keys:
            yield rules.CARD_NUMBER.finding(
                where=f"{where}/NumIdentifiant", expected=holder.number or "(aucun)", found=sent.number[:80]
            )
        elif not _key_fits(sent, sent.number, keys[sent.number]):
            yield rules.KEY.finding(where=f"{where}/Cle", found=sent.key[:80])
    if asked.birth_name and asked.birth_name != person.birth_name:
        yield rules.CARD_NAME.finding(
            where=f"{ROOT}/NomNaissance", expected=person.birth_name, found=asked.birth_name[:80]
        )


def _key_fits(sent: Matricule, number: str, printed: str | None) -> bool:
    """No key was sent, or the right one, or that which is printed on the card, right or wrong."""
    if not sent.key or sent.key == printed:
        return True
    try:
        return sent.key == ins_key(number)
    except InvalidIdentifier:
        return False


def _nobody(card: VitaleCard, asked: CardTraits) -> Finding:
    expected = " ; ".join(f"{holder.birth_date} rang {holder.rank}" for holder in card.holders)
    found = f"{asked.birth_date[:20]} rang {asked.rank[:5] or '(absent)'}"
    return rules.CARD_BENEFICIARY.finding(where=ROOT, expected=expected, found=found)
