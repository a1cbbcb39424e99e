"""INSi asks for assertions where the workspace wants it: a card's is verified, that of Pro Santé Connect is taken."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from socle.assertions.making.crafting import FLAWS, crafted
from socle.assertions.making.insi import InsiSaid, Source, insi_assertion
from socle.assertions.making.saml import Told
from socle.pki.kinds import Kind, Subject
from socle.rules import Strictness
from support.ins_served import Insi, insi
from support.insi import blocks, message, zoe
from support.rule_table import RuleTable
from support.signed import holder, pki, pki_folder

CARD = Subject().national_id
SAID = InsiSaid(CARD)
REFUSED = 'code="desir_560"'


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The authorities are made once for all tests."""
    pki()
    monkeypatch.setenv("SOCLES_PKI_DIR", str(pki_folder()))


@pytest.fixture
async def served(chain: None, tmp_path: Path) -> AsyncIterator[Insi]:
    async with insi(tmp_path) as running:
        for name, strictness in (("strict", Strictness.OFFICIAL), ("warn", Strictness.OFFICIAL)):
            make = running.control.create_workspace
            await asyncio.to_thread(make, name, strictness=strictness, options={"assertions": name})
        yield running


async def security(
    said: InsiSaid = SAID, *, flaw: str | None = None, kind: Kind = Kind.CPS_SIGN, age: timedelta = timedelta()
) -> str:
    """The header block; that of Pro Santé Connect is unsigned."""
    broken = FLAWS[flaw] if flaw else None

    def make() -> str:
        signer = holder(broken.kind(kind) if broken else kind, broken.certificate if broken else None)
        told = Told("_c1", datetime.now(UTC) - age, prefix="")
        return crafted(
            lambda one: insi_assertion(one, said), told, signer if said.source is Source.CPS else None, flaw=broken
        )

    return await asyncio.to_thread(make)


async def with_vitale(age: timedelta) -> str:
    """A card's, and behind it what is taken for the Vitale card's."""
    card = (await security()).removesuffix("</wsse:Security>")
    instant = (datetime.now(UTC) - age).strftime("%Y-%m-%dT%H:%M:%SZ")
    vitale = f'<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_v" IssueInstant="{instant}"/>'
    return f"{card}{vitale}</wsse:Security>"


async def nothing() -> str:
    return ""


async def search(served: Insi, header: str, workspace: str = "strict") -> tuple[str, list[str]]:
    """The answer's text, and the rules told."""
    raw = message(zoe("63220"), blocks() | {"security": header})
    answer = await served.call(raw, workspace=workspace)
    return answer.text, [finding.rule.id for finding in served.journal.exchanges[-1].findings]


async def test_a_cards_assertion_is_taken(served: Insi) -> None:
    for said in (SAID, replace(SAID, capitalised=True)):
        answer, rules = await search(served, await security(said))
        assert "<CodeCR>00</CodeCR>" in answer
        assert rules == []


@pytest.mark.parametrize("flaw", ["unsigned", "altered", "wrong-value", "expired-assertion", "foreign-root", "comment"])
async def test_a_wrong_one_is_refused_like_insufficient_rights(served: Insi, flaw: str) -> None:
    header = await security(flaw=flaw)
    answer, rules = await search(served, header)
    assert REFUSED in answer
    assert rules == [FLAWS[flaw].breaks]
    answer, rules = await search(served, header, "warn")
    assert "<CodeCR>00</CodeCR>" in answer
    assert rules == [FLAWS[flaw].breaks]
    assert (await search(served, header, "default"))[1] == []


def cases() -> Iterator[tuple[str, str | None, Coroutine[Any, Any, str]]]:
    """Name, rule, header: sound assertions, and each flaw of the card's and of who is named."""
    for said in (SAID, replace(SAID, capitalised=True), replace(SAID, speciality=None)):
        yield "a card's", None, security(said)
    yield "Pro Santé Connect's", None, security(replace(SAID, source=Source.PSC, profession="40"))
    yield "with a Vitale card's", None, with_vitale(timedelta(minutes=19))
    yield "an old Vitale card's", "assertion.stale-vitale", with_vitale(timedelta(minutes=21))
    yield "nothing", "insi.assertion.absent", nothing()
    yield "an organisation's", "insi.assertion.signer", security(kind=Kind.ORG_SIGN)
    yield "signed for TLS", "insi.assertion.usage", security(kind=Kind.CPS_AUTH)
    yield "another's", "insi.assertion.name", security(replace(SAID, national_id="899999999999"))
    yield "nobody's", "insi.assertion.subject", security(replace(SAID, national_id=""))
    unbilled = replace(SAID, attributes={"identifiantFacturation": None})
    yield "unbilled", "insi.assertion.billing-id", security(unbilled)
    yield "of no sector", "insi.assertion.sector", security(replace(SAID, attributes={"secteurActivite": None}))
    for flaw in FLAWS.values():
        rule = "insi.assertion.usage" if flaw.authentication else flaw.breaks
        yield flaw.name, rule, security(flaw=flaw.name)


async def test_each_rule_is_broken_alone_and_satisfied(
    served: Insi, record_property: Callable[[str, object], None]
) -> None:
    table = RuleTable("INSi, assertions")
    for name, rule, header in cases():
        answer, told = await search(served, await header)
        table.case(name, told, rule)
        assert (REFUSED in answer) is (rule not in {None, "insi.assertion.billing-id", "insi.assertion.sector"}), name
        assert REFUSED in answer or "<CodeCR>00</CodeCR>" in answer, name
    table.close(record_property)


async def test_pro_sante_connects_assertion_is_taken_unsigned_and_of_any_age(served: Insi) -> None:
    psc = replace(SAID, source=Source.PSC, profession="40")
    answer, rules = await search(served, await security(psc, age=timedelta(days=2)))
    assert "<CodeCR>00</CodeCR>" in answer
    assert rules == []
    twice = await security(psc)
    answer, rules = await search(served, twice + await security(replace(psc, national_id="899999999999")))
    assert REFUSED in answer
    assert rules == ["assertion.single"]


async def test_on_plain_http_a_caller_without_assertion_is_nobody(served: Insi) -> None:
    answer, rules = await search(served, "")
    assert REFUSED in answer
    assert rules == ["insi.assertion.absent"]
    assert "<CodeCR>00</CodeCR>" in (await search(served, "", "default"))[0]
