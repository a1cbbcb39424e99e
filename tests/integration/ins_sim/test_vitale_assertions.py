"""WS_INS1 wants the Vitale card's assertion beside the professional's, fresh by the workspace's clock."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ins_sim.domain import rules_vitale as rules
from socle.assertions.making.crafting import FLAWS, crafted
from socle.assertions.making.insi import InsiSaid, Source, insi_assertion
from socle.assertions.making.saml import Told, security
from socle.assertions.making.vitale import beside, vitale_assertion
from socle.pki.kinds import Kind, Subject
from support.ins_served import Insi, insi
from support.insi_card import CARD_TYPE, RUTH, card_blocks, card_message
from support.rule_table import RuleTable
from support.signed import holder, pki, pki_folder

SAID = InsiSaid(Subject().national_id)
REFUSED, FOUND = 'code="desir_560"', "<CodeCR>00</CodeCR>"
STALE = "assertion.stale-vitale"


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The authorities are made once for all tests."""
    pki()
    monkeypatch.setenv("SOCLES_PKI_DIR", str(pki_folder()))


@pytest.fixture
async def served(chain: None, tmp_path: Path) -> AsyncIterator[Insi]:
    """With a workspace for each mode."""
    async with insi(tmp_path) as running:
        for name in ("strict", "warn"):
            await asyncio.to_thread(running.control.create_workspace, name, options={"assertions": name})
        yield running


def vitale(age: timedelta = timedelta(), insured: str = f"{RUTH}10") -> str:
    return vitale_assertion(Told("_v1", datetime.now(UTC) - age, "CN=insi-01", prefix=""), insured)


async def professional(said: InsiSaid = SAID, flaw: str | None = None) -> str:
    """The header block with a card's assertion; that of Pro Santé Connect is unsigned."""
    broken = FLAWS[flaw] if flaw else None

    def make() -> str:
        signer = holder(Kind.CPS_SIGN, broken.certificate if broken else None)
        told = Told("_c1", datetime.now(UTC), prefix="")
        signed = said.source is Source.CPS
        return crafted(lambda one: insi_assertion(one, said), told, signer if signed else None, flaw=broken)

    return await asyncio.to_thread(make)


async def ask(served: Insi, header: str, workspace: str = "strict") -> tuple[str, list[str]]:
    """The answer's text, and the rules told."""
    raw = card_message(headers=card_blocks(security=header))
    answer = await served.call(raw, workspace=workspace, content_type=CARD_TYPE)
    return answer.text, [finding.rule.id for finding in served.journal.exchanges[-1].findings]


def first(header: str, assertion: str) -> str:
    """The Vitale card's assertion before the professional's."""
    start = header.index(">") + 1
    return header[:start] + assertion + header[start:]


async def test_both_are_taken_in_either_order(served: Insi) -> None:
    card, psc = await professional(), await professional(InsiSaid(SAID.national_id, Source.PSC, profession="40"))
    for header in (beside(card, vitale()), first(card, vitale()), beside(psc, vitale()), first(psc, vitale())):
        answer, told = await ask(served, header)
        assert FOUND in answer
        assert told == []
    events = await served.events(4)
    assert sorted(event.mode or "" for event in events) == ["card", "card", "psc", "psc"]


async def test_any_form_is_taken_for_the_cards_as_long_as_it_names_no_professional(served: Insi) -> None:
    instant = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    bare = f'<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_v" IssueInstant="{instant}"/>'
    assert (await ask(served, first(await professional(), bare)))[1] == []


async def test_without_one_it_is_refused_told_or_not_asked_for(served: Insi) -> None:
    header = await professional()
    expected = [rules.ASSERTION_ABSENT.id]
    answer, told = await ask(served, header)
    assert (REFUSED in answer, told) == (True, expected)
    answer, told = await ask(served, header, "warn")
    assert (FOUND in answer, told) == (True, expected)
    assert (await ask(served, header, "default"))[1] == []


async def test_nobody_and_a_card_alone_are_told_apart(served: Insi) -> None:
    answer, told = await ask(served, "")
    assert (REFUSED in answer, told) == (True, ["insi.assertion.absent", rules.ASSERTION_ABSENT.id])
    answer, told = await ask(served, security(vitale()))
    assert (REFUSED in answer, told) == (True, ["insi.assertion.absent"]), "whose card it is, says nobody"


async def test_it_lives_for_twenty_minutes_by_the_workspaces_clock(served: Insi) -> None:
    card = await professional()
    for age, expected in ((timedelta(minutes=19), []), (timedelta(minutes=21), [STALE])):
        answer, told = await ask(served, beside(card, vitale(age)))
        assert ((REFUSED if expected else FOUND) in answer, told) == (True, expected)
    fresh = beside(card, vitale())
    await asyncio.to_thread(served.control.advance_clock, "strict", timedelta(minutes=21))
    answer, told = await ask(served, fresh)
    assert (REFUSED in answer, told) == (True, [STALE]), "the professional's lives for an hour"
    options = {"assertions": "strict", "assertions.lifetime-vitale": "3000"}
    await asyncio.to_thread(served.control.configure, "strict", options=options)
    assert (await ask(served, fresh))[1] == []


async def test_one_of_another_card_is_refused_where_it_says_so(served: Insi) -> None:
    answer, told = await ask(served, beside(await professional(), vitale(insured="279035121518989")))
    assert (REFUSED in answer, told) == (True, [rules.ASSERTION_INSURED.id])


async def test_each_rule_of_it_is_broken_alone_and_satisfied(
    served: Insi, record_property: Callable[[str, object], None]
) -> None:
    table, card = RuleTable("INSi, Vitale assertions"), await professional()
    table.case("none", (await ask(served, card))[1], rules.ASSERTION_ABSENT.id)
    other = beside(card, vitale(insured="279035121518989"))
    table.case("of another card", (await ask(served, other))[1], rules.ASSERTION_INSURED.id)
    table.case("both", (await ask(served, beside(card, vitale())))[1])
    table.close(record_property)


async def test_a_third_one_is_one_too_many(served: Insi) -> None:
    card = await professional()
    answer, told = await ask(served, beside(beside(card, vitale()), vitale()))
    assert (REFUSED in answer, told) == (True, ["assertion.single"])


@pytest.mark.parametrize("flaw", ["unsigned", "altered", "wrong-value", "foreign-root", "xsw3", "xsw7"])
async def test_beside_a_cards_the_professionals_is_verified_all_the_same(served: Insi, flaw: str) -> None:
    header = beside(await professional(flaw=flaw), vitale())
    answer, told = await ask(served, header)
    assert (REFUSED in answer, told) == (True, [FLAWS[flaw].breaks])
