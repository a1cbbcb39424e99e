"""The DMP asks for signed assertions where the workspace wants it: off, warn, strict."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from dmp_sim.domain import names
from dmp_sim.domain.query import FIND_DOCUMENTS
from socle.assertions.making.crafting import FLAWS, crafted
from socle.assertions.making.saml import Told
from socle.assertions.making.vihf import Profile, VihfSaid, vihf
from socle.exchange import Outcome
from socle.pki.kinds import Kind, Subject
from socle.rules import Strictness
from support.dmp_message import Message, soap
from support.dmp_mutators import sound
from support.dmp_served import REGISTRY, Answer, Dmp, dmp
from support.signed import holder, pki, pki_folder

PREFIX = "Le certificat ayant signé le VIHF est invalide : "


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The authorities are made once for all tests."""
    pki()
    monkeypatch.setenv("SOCLES_PKI_DIR", str(pki_folder()))


@pytest.fixture
async def served(chain: None, tmp_path: Path) -> AsyncIterator[Dmp]:
    async with dmp(tmp_path) as running:
        yield running


class Sender:
    """A structure of the population, its certificate and its queries."""

    def __init__(self, served: Dmp) -> None:
        self.served = served
        self.population = served.control.population("default")
        self.site = self.population.establishments[0]
        self.person = next(iter(self.population.persons))
        assert self.person.ins is not None
        ins = self.person.ins
        self.patient = f"{ins.matricule}{ins.key}^^^&{ins.oid}&ISO^NH"
        self.said = VihfSaid(f"1{self.site.finess_eg}", self.patient)

    async def header(
        self,
        said: VihfSaid | None = None,
        *,
        flaw: str | None = None,
        kind: Kind = Kind.ORG_SIGN,
        subject: Subject | None = None,
    ) -> str:
        said, broken = said or self.said, FLAWS[flaw] if flaw else None
        subject = subject or Subject(structure=self.said.structure)
        told = Told("_a1", datetime.now(UTC))

        def make() -> str:
            signer = holder(broken.kind(kind) if broken else kind, broken.certificate if broken else None, subject)
            return crafted(lambda one: vihf(one, said), told, signer, flaw=broken)

        return await asyncio.to_thread(make)

    async def query(self, header: str, workspace: str) -> Answer:
        body = (
            f'<q:AdhocQueryRequest xmlns:q="{names.QUERY}"><q:ResponseOption returnComposedObjects="true" '
            f'returnType="LeafClass"/><rim:AdhocQuery id="{FIND_DOCUMENTS}"><rim:Slot name='
            f"\"$XDSDocumentEntryStatus\"><rim:ValueList><rim:Value>('{names.APPROVED}')</rim:Value></rim:ValueList>"
            "</rim:Slot></rim:AdhocQuery></q:AdhocQueryRequest>"
        )
        raw = soap("urn:ihe:iti:2007:RegistryStoredQuery", body, header)
        return await self.served.post(REGISTRY, raw, "application/soap+xml", workspace)

    def rules(self) -> list[str]:
        return [finding.rule.id for finding in self.served.journal.exchanges[-1].findings]


def fault(answer: Answer) -> tuple[str, str]:
    """Innermost code and text."""
    assert answer.http.status_code == 500
    values = [one.text or "" for one in answer.body.iter("{*}Value")]
    return values[-1], next(answer.body.iter("{*}Text")).text or ""


async def test_by_default_nothing_is_verified(served: Dmp) -> None:
    sender = Sender(served)
    assert (await sender.query(await sender.header(flaw="wrong-value"), "default")).accepted
    assert sender.rules() == []


async def test_strict_takes_what_is_right_and_refuses_the_rest_in_its_own_words(served: Dmp) -> None:
    sender = Sender(served)
    strict = await served.workspace("strict", Strictness.OFFICIAL, assertions="strict")
    assert (await sender.query(await sender.header(), strict)).accepted
    assert sender.rules() == []
    for flaw, code, text in (
        ("unsigned", "soap:Sender", "L'assertion n'est pas signée (reçu : (absente))"),
        ("altered", "soap:Sender", "L'assertion a changé depuis sa signature"),
        ("wrapped", "soap:Sender", "Plus d'une assertion dans le message"),
        ("expired-assertion", "soap:Sender", "L'assertion est périmée"),
        ("revoked-certificate", "soap:DMPInvalidCertificate", f"{PREFIX}Le certificat est révoqué"),
        ("authentication-certificate", "soap:DMPInvalidCertificate", f"{PREFIX}Not a valid signature certificate"),
    ):
        found = fault(await sender.query(await sender.header(flaw=flaw), strict))
        assert found[0] == code
        assert found[1].startswith(text), found
        assert sender.rules() == [FLAWS[flaw].breaks]
        exchange = served.journal.exchanges[-1]
        assert (exchange.outcome, exchange.code) in ((Outcome.REFUSED, code), (Outcome.REFUSED, code[5:]))


async def test_warn_tells_and_accepts(served: Dmp) -> None:
    sender = Sender(served)
    warn = await served.workspace("prevenu", Strictness.OFFICIAL, assertions="warn")
    for flaw in ("unsigned", "xsw1", "authentication-certificate", "future-assertion"):
        assert (await sender.query(await sender.header(flaw=flaw), warn)).accepted
        assert sender.rules() == [FLAWS[flaw].breaks]


async def test_strict_refuses_in_a_lenient_workspace_too(served: Dmp) -> None:
    sender = Sender(served)
    lenient = await served.workspace("doux", Strictness.LENIENT, assertions="strict")
    assert fault(await sender.query(await sender.header(flaw="altered"), lenient))[0] == "soap:Sender"
    nobody = "<none xmlns='urn:none'/>"
    code, text = fault(await sender.query(nobody, lenient))
    assert (code, text) == (
        "soap:Sender",
        "Règle non respectée : L'en-tête wsse:Security porte un VIHF (reçu : (absent))",
    )
    assert sender.rules().count("dmp.vihf.present") == 1


async def test_the_signer_is_the_structure(served: Dmp) -> None:
    sender = Sender(served)
    strict = await served.workspace("strict", Strictness.OFFICIAL, assertions="strict")
    other = Subject(structure=f"1{sender.population.establishments[1].finess_eg}")
    answer = await sender.query(await sender.header(subject=other), strict)
    assert fault(answer) == ("soap:Sender", "Erreur d'authentification de la personne morale")
    assert sender.rules() == ["dmp.signer.structure"]
    nowhere = replace(sender.said, structure="1999999999")
    header = await sender.header(nowhere, subject=Subject(structure="1999999999"))
    assert (await sender.query(header, strict)).accepted
    assert sender.rules() == ["dmp.signer.known-structure"]


async def test_a_card_signs_in_direct_mode_and_its_holder_works_there(served: Dmp) -> None:
    sender = Sender(served)
    strict = await served.workspace("strict", Strictness.OFFICIAL, assertions="strict")
    doctor = next(one for one in sender.population.professionals if one.finess_eg == sender.site.finess_eg)
    card = Subject(national_id=f"8{doctor.rpps}")
    direct = replace(sender.said, profile=Profile.DIRECTE, name_id=card.national_id)
    assert (await sender.query(await sender.header(direct, kind=Kind.CPS_SIGN, subject=card), strict)).accepted
    assert sender.rules() == []
    other = next(one for one in sender.population.professionals if one.finess_eg != sender.site.finess_eg)
    guest = Subject(national_id=f"8{other.rpps}")
    moved = replace(direct, name_id=guest.national_id)
    answer = await sender.query(await sender.header(moved, kind=Kind.CPS_SIGN, subject=guest), strict)
    assert fault(answer) == ("soap:Sender", "PS et Structure non liés")
    assert sender.rules() == ["dmp.signer.linked"]
    answer = await sender.query(await sender.header(moved, kind=Kind.CPS_SIGN, subject=card), strict)
    assert sender.rules() == ["dmp.signer.linked", "dmp.signer.name"]
    await sender.query(await sender.header(direct, kind=Kind.ORG_SIGN), strict)
    assert sender.rules() == ["dmp.signer.kind"]


async def test_an_air_token_may_be_signed_for_authentication(served: Dmp) -> None:
    sender = Sender(served)
    strict = await served.workspace("strict", Strictness.OFFICIAL, assertions="strict")
    air = replace(sender.said, profile=Profile.INDIRECTE_RENFORCEE)
    assert (await sender.query(await sender.header(air, kind=Kind.ORG_AUTH_CLI), strict)).accepted
    assert sender.rules() == []


async def test_age_follows_the_clock_of_the_workspace(served: Dmp) -> None:
    sender = Sender(served)
    strict = await served.workspace("strict", Strictness.OFFICIAL, assertions="strict")
    header = await sender.header()
    await asyncio.to_thread(served.control.advance_clock, strict, timedelta(minutes=59))
    assert (await sender.query(header, strict)).accepted
    await asyncio.to_thread(served.control.advance_clock, strict, timedelta(minutes=1))
    assert fault(await sender.query(header, strict))[1].startswith("L'assertion est périmée")
    longer = await served.workspace("long", Strictness.OFFICIAL, assertions="strict", **{"assertions.lifetime": "0"})
    await asyncio.to_thread(served.control.advance_clock, longer, timedelta(days=9))
    assert (await sender.query(header, longer)).accepted


async def test_deposits_are_asked_too_and_nothing_is_stored(served: Dmp) -> None:
    strict = await served.workspace("strict", Strictness.OFFICIAL, assertions="strict")
    answer = await served.deposit(sound(), strict)
    assert fault(answer)[1].startswith("L'assertion n'est pas signée")
    exchange = served.journal.exchanges[-1]
    assert [finding.rule.id for finding in exchange.findings][:2] == ["assertion.signature.present", "assertion.stale"]
    message = await asyncio.to_thread(signed_deposit)
    answer = await served.deposit(message, strict)
    assert [finding.rule.id for finding in served.journal.exchanges[-1].findings] == ["dmp.signer.known-structure"]
    assert answer.accepted


def signed_deposit() -> Message:
    """The sound deposit, its VIHF dated and signed."""
    message = sound()
    old = message.find("//saml2:Assertion")
    security = old.getparent()
    assert security is not None
    structure = message.find("//saml2:Attribute[@Name='Identifiant_Structure']/saml2:AttributeValue").text or ""
    text = etree.tostring(old, encoding="unicode", with_tail=False)
    text = text.replace("2026-01-01T00:00:00Z", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    signer = holder(subject=Subject(structure=structure))
    header = etree.fromstring(crafted(lambda _told: text, Told("_1", datetime.now(UTC), "-"), signer))
    security.replace(old, header[0])
    return message
