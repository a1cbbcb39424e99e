"""WS_INS1 over HTTP: virtual cards, what the journal and the event tell, faults on demand, real people's numbers."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from lxml import etree

from ins_sim.domain import rules
from ins_sim.domain import rules_vitale as card_rules
from socle.control.faults import FaultRule
from socle.control.model import CardHolder, VitaleCard
from socle.control.population.codec import Items
from socle.control.port import FaultEffect, FaultPoint
from socle.exchange import Outcome
from socle.identifiers.ins import ins_key
from support.ins_served import Insi, insi
from support.insi import assertion
from support.insi_card import CARD_TYPE, asking, card_blocks, card_body, card_message, coverage

STRANGER = "1850675112007"
"""Of nobody here; its key is right when none is sent."""


@pytest.fixture
async def served(tmp_path: Path, database: str | None) -> AsyncIterator[Insi]:
    async with insi(tmp_path, database=database) as running:
        yield running


async def ask(served: Insi, raw: bytes, workspace: str = "default") -> tuple[str, str]:
    """CodeCR or the fault's code, and the number found."""
    answer = await served.call(raw, content_type=CARD_TYPE, workspace=workspace)
    root = etree.fromstring(answer.content)
    error = root.find(".//{urn:siram}Erreur")
    code = root.findtext(".//{*}CodeCR") if error is None else error.get("code")
    assert answer.status_code == (200 if error is None else 500)
    return code or "", root.findtext(".//{*}INSACTIF/{*}IdIndividu/{*}NumIdentifiant") or ""


def told(served: Insi) -> list[str]:
    return [finding.rule.id for finding in served.journal.exchanges[-1].findings]


async def test_ruth_and_donatello_by_the_card_of_the_test_book(served: Insi) -> None:
    assert await ask(served, card_message()) == ("00", "2770763220829")
    assert told(served) == []
    block = card_blocks(coverage=coverage(born="2010-08-07"))
    assert await ask(served, card_message(card_body(born="2010-08-07"), block)) == ("00", "1100863220903")
    assert told(served) == []


async def test_the_documented_example_finds_donatello(served: Insi) -> None:
    folder = Path(__file__).resolve().parents[3] / "docs" / "examples" / "insi-vitale"
    raw = await asyncio.to_thread((folder / "request.xml").read_bytes)
    assert await ask(served, raw) == ("00", "1100863220903")
    assert told(served) == []


async def test_every_beneficiary_of_every_card_is_found_and_nobody_else(served: Insi) -> None:
    people = served.control.population("default")
    for card in people.cards:
        for holder in card.holders:
            person = people.person(holder.person_id)
            assert person is not None
            expected = ("00", person.ins.matricule) if person.ins is not None else ("01", "")
            assert await ask(served, asking(card.insured, holder)) == expected
            assert told(served) == []


async def test_a_lunar_date_and_twins_on_a_card_of_ones_own(served: Insi) -> None:
    holders = (
        CardHolder("insi-nessi-michelangelo", "2010-08-00", 1, None),
        CardHolder("insi-leonardo", "2010-08-00", 2, None),
    )
    card = VitaleCard("mine", STRANGER, ins_key(STRANGER), holders)
    await asyncio.to_thread(served.control.put_people, "default", Items(cards=(card,)))
    assert await ask(served, asking(STRANGER, holders[0])) == ("00", "1100863220830")
    assert await ask(served, asking(STRANGER, holders[1])) == ("00", "1140263220901")
    block = card_blocks(coverage=coverage(STRANGER, "2010-08-00", None))
    assert await ask(served, card_message(card_body(STRANGER, "2010-08-00", None), block)) == ("02", "")
    assert told(served) == [card_rules.RANK_MISSING.id]
    assert await ask(served, card_message(card_body(STRANGER, "2010-08-07"))) == ("01", "")


async def test_the_operation_is_found_by_its_body_too(served: Insi) -> None:
    answer = await served.call(
        card_message(headers=card_blocks() | {"action": ""}), content_type="application/soap+xml"
    )
    assert answer.status_code == 200
    assert served.journal.exchanges[-1].operation == "rechercherInsAvecCarteVitale"
    answer = await served.call(card_message("<a/>"), content_type=CARD_TYPE)
    assert answer.status_code == 500
    assert told(served) == [rules.BODY.id]
    assert served.journal.exchanges[-1].findings[0].expected == "RECVITALE"


async def test_a_workspace_that_answers_an_unknown_person_otherwise_is_told_why_all_the_same(served: Insi) -> None:
    await asyncio.to_thread(served.control.create_workspace, "ws1", options={"insi.unknown": "insi_102"})
    assert await ask(served, card_message(card_body(name="DE VINCI")), "ws1") == ("insi_102", "")
    assert told(served) == [card_rules.CARD_NAME.id]


async def test_a_call_is_journalled_and_counted_like_any_other(served: Insi) -> None:
    site = next(iter(served.control.population("default").establishments))
    block = card_blocks(emetteur=f"1{site.finess_eg}", security=assertion("CPS", sector="SA05"))
    assert (await ask(served, card_message(headers=block)))[0] == "00"
    assert (await ask(served, card_message(card_body(rank="2"))))[0] == "01"
    assert (await ask(served, card_message(card_body(born=None))))[0] == "insi_19"
    events = {event.exchange_id: event for event in await served.events(3)}
    found, nobody, missing = (events[one.id] for one in served.journal.exchanges)
    assert {event.operation for event in events.values()} == {"rechercherInsAvecCarteVitale"}
    assert (found.outcome, found.mode, found.software, found.sector) == ("00", "card", "essai 2.1", "SA05")
    assert (found.finess_eg, found.attributed_by) == (site.finess_eg, "emetteur")
    assert (nobody.outcome, nobody.mode) == ("01", "certificate")
    assert nobody.findings == (card_rules.COVERAGE_RANK.id, card_rules.CARD_BENEFICIARY.id)
    assert missing.outcome == "insi_19"
    kept = [(one.operation, one.outcome, one.code, one.redacted) for one in served.journal.exchanges]
    operation = "rechercherInsAvecCarteVitale"
    assert kept == [
        (operation, Outcome.ACCEPTED, "00", False),
        (operation, Outcome.ACCEPTED, "01", False),
        (operation, Outcome.REFUSED, "siram_10/insi_19", False),
    ]
    body = served.journal.exchanges[0].request.body
    assert b"2770763220829" in b"".join(part for part in body if isinstance(part, bytes))


@pytest.mark.parametrize(
    "raw",
    [
        card_message(card_body(STRANGER)),
        card_message(card_body(STRANGER, keys=(None, ins_key(STRANGER)))),
        card_message(card_body(STRANGER + ins_key(STRANGER))),
        card_message(card_body(individual=STRANGER)),
        card_message(headers=card_blocks(coverage=coverage(STRANGER))),
        card_message(headers=card_blocks(coverage=coverage(number=STRANGER))),
    ],
)
async def test_a_number_that_may_be_real_is_refused_and_not_kept(served: Insi, raw: bytes) -> None:
    assert (await ask(served, raw))[0] == "socles_240"
    exchange = served.journal.exchanges[-1]
    assert (exchange.redacted, told(served)) == (True, ["patient.not-fictitious"])
    await asyncio.to_thread(served.control.allow_ins, "default", [STRANGER])
    assert (await ask(served, raw))[0] in {"00", "01", "socles_231"}
    assert not served.journal.exchanges[-1].redacted


async def test_it_is_not_kept_when_a_fault_comes_first_either(served: Insi) -> None:
    fault = FaultRule("f", "default", FaultEffect.REFUSE, FaultPoint.RECEIVED, code="insi_111", times=1)
    await asyncio.to_thread(served.control.add_fault_rule, fault)
    assert (await ask(served, card_message(card_body(STRANGER))))[0] == "insi_111"
    assert served.journal.exchanges[-1].redacted


async def test_a_number_with_a_wrong_key_is_nobodys(served: Insi) -> None:
    wrong = "11" if ins_key(STRANGER) != "11" else "12"
    assert (await ask(served, card_message(card_body(STRANGER, keys=(None, wrong)))))[0] == "01"
    assert not served.journal.exchanges[-1].redacted


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        ({"insured": "27707*", "birthRank": "1"}, True),
        ({"birthDate": "1977-*"}, True),
        ({"birthName": "NESSI"}, True),
        ({"birthRank": "2"}, False),
        ({"givenName": "*"}, False),
    ],
)
async def test_what_fault_rules_match_on(served: Insi, match: dict[str, str], expected: bool) -> None:
    fault = FaultRule("f", "default", FaultEffect.REFUSE, match=match, code="insi_111")
    await asyncio.to_thread(served.control.add_fault_rule, fault)
    assert (await ask(served, card_message(card_body(name="NESSI"))))[0] == ("insi_111" if expected else "00")


async def test_soap_11_and_an_empty_body_are_answered_in_kind(served: Insi) -> None:
    empty = card_message('<RECVITALE xmlns="http://www.cnamts.fr/INSiRecVit"/>')
    assert (await ask(served, empty))[0] == "insi_19"
    raw = card_message().replace(
        b"http://www.w3.org/2003/05/soap-envelope", b"http://schemas.xmlsoap.org/soap/envelope/"
    )
    answer = await served.call(raw, content_type="text/xml")
    assert b"<CodeCR>00</CodeCR>" in answer.content
    assert told(served) == [rules.SOAP12.id]
