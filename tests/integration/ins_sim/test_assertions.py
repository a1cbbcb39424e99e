"""INSi asks for assertions where the workspace wants it: a card's is verified, that of Pro Santé Connect is taken."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from socle.assertions.making.crafting import FLAWS, crafted
from socle.assertions.making.insi import InsiSaid, Source, insi_assertion
from socle.assertions.making.saml import Told
from socle.assertions.making.wrapping import WRAPPINGS
from socle.pki.kinds import Kind, Subject
from socle.rules import Strictness
from support.ins_served import Insi, insi
from support.insi import blocks, message, zoe
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


async def test_every_wrapping_attack_is_refused(served: Insi) -> None:
    for attack in WRAPPINGS:
        answer, rules = await search(served, await security(flaw=attack))
        assert REFUSED in answer, attack
        assert rules[0] in {"assertion.single", "assertion.signature.present"}, (attack, rules)


@pytest.mark.parametrize(
    ("said", "kind", "rule"),
    [
        (SAID, Kind.ORG_SIGN, "insi.assertion.signer"),
        (SAID, Kind.CPS_AUTH, "insi.assertion.usage"),
        (replace(SAID, national_id="899999999999"), Kind.CPS_SIGN, "insi.assertion.name"),
        (replace(SAID, national_id=""), Kind.CPS_SIGN, "insi.assertion.subject"),
    ],
)
async def test_who_signs_is_who_is_named(served: Insi, said: InsiSaid, kind: Kind, rule: str) -> None:
    answer, rules = await search(served, await security(said, kind=kind))
    assert REFUSED in answer
    assert rules == [rule]


async def test_without_a_billing_id_it_is_told_and_taken(served: Insi) -> None:
    answer, rules = await search(served, await security(replace(SAID, attributes={"identifiantFacturation": None})))
    assert "<CodeCR>00</CodeCR>" in answer
    assert rules == ["insi.assertion.billing-id"]


async def test_pro_sante_connects_assertion_is_taken_unsigned_and_of_any_age(served: Insi) -> None:
    psc = replace(SAID, source=Source.PSC, profession="40")
    answer, rules = await search(served, await security(psc, age=timedelta(days=2)))
    assert "<CodeCR>00</CodeCR>" in answer
    assert rules == []
    twice = await security(psc)
    answer, rules = await search(served, twice + await security(replace(psc, national_id="899999999999")))
    assert REFUSED in answer
    assert rules == ["assertion.single"]


async def test_a_vitale_cards_assertion_lives_for_twenty_minutes(served: Insi) -> None:
    card = (await security()).removesuffix("</wsse:Security>")
    for age, expected in ((timedelta(minutes=19), []), (timedelta(minutes=21), ["assertion.stale-vitale"])):
        instant = (datetime.now(UTC) - age).strftime("%Y-%m-%dT%H:%M:%SZ")
        vitale = f'<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_v" IssueInstant="{instant}"/>'
        answer, rules = await search(served, f"{card}{vitale}</wsse:Security>")
        assert (REFUSED in answer) is bool(expected)
        assert rules == expected


async def test_on_plain_http_a_caller_without_assertion_is_nobody(served: Insi) -> None:
    answer, rules = await search(served, "")
    assert REFUSED in answer
    assert rules == ["insi.assertion.absent"]
    assert "<CodeCR>00</CodeCR>" in (await search(served, "", "default"))[0]
