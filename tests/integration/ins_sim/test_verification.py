"""The unitary verification on the wire: answers, journal, D11, what fault rules match on."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from lxml import etree

from ins_sim.domain import rules_verification as rules
from ins_sim.wire.names import ACTION, OTHER_ACTIONS
from ins_sim.wire.verification import OPERATION
from socle.control.faults import FaultRule
from socle.control.known import NOT_FICTITIOUS
from socle.control.model import Person
from socle.control.population.published import published
from socle.control.port import FaultEffect, FaultPoint
from socle.exchange import Outcome, RealVerdict
from socle.identifiers.ins import OID_NIR, OID_TEST, make_ins
from support.ins_served import Insi, insi
from support.ins_verified import CONTENT_TYPE, claim, unitary, verified
from support.insi import blocks, code_of, message, zoe

OWNERS = {one.person.id: one.person for one in published() if one.person.ins is not None}
ZOE = OWNERS["insi-adrun"]
PIERRE = OWNERS["insi-ecetinsi"]
STRANGER = make_ins(sex="M", year=1985, month=5, place="78006", order=84, oid=OID_NIR)


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Insi]:
    async with insi(tmp_path) as running:
        yield running


async def ask(served: Insi, person: Person, **change: str | None) -> str:
    answer = await served.call(unitary(claim(person, **change)), content_type=CONTENT_TYPE)
    assert answer.status_code == (500 if b"Fault" in answer.content else 200)
    return code_of(answer.content)


async def test_every_owner_is_verified_on_the_wire(served: Insi) -> None:
    assert {one.id: await ask(served, one) for one in OWNERS.values()} == dict.fromkeys(OWNERS, "00")


async def test_the_answer_tells_the_client_no_more_than_ko(served: Insi) -> None:
    answer = await served.call(unitary(claim(PIERRE, sex="F", born="2009-07-15")), content_type=CONTENT_TYPE)
    content = etree.fromstring(answer.content).find(".//{http://www.cnamts.fr/INSiLot2/REPUnitaire}RESULTAT")
    assert content is not None
    assert [one.text for one in content.iter("{*}CodeCR", "{*}LibelleCR")] == ["KO", "Identite non verifiee"]
    last = served.last
    assert (last.operation, last.outcome, last.code) == (OPERATION, Outcome.ACCEPTED, "KO")
    assert [(one.rule, one.expected, one.found) for one in last.findings] == [
        (rules.OTHER_SEX, "M", "F"),
        (rules.OTHER_DATE, "2009-07-14", "2009-07-15"),
    ]
    assert last.official is not None
    assert last.official.verdict is RealVerdict.UNKNOWN


async def test_it_is_found_by_its_body_and_by_its_action(served: Insi) -> None:
    for content, kind in (
        (verified(claim(ZOE)), "application/soap+xml"),
        (verified(claim(ZOE), namespace="urn:unknown"), CONTENT_TYPE),
        (f"<a>{verified(claim(ZOE))}</a>", CONTENT_TYPE),
    ):
        answer = await served.call(message(content, blocks() | {"action": ""}), content_type=kind)
        assert code_of(answer.content) == "00"
    answer = await served.call(message("<a/>", blocks() | {"action": ""}), content_type=CONTENT_TYPE)
    assert code_of(answer.content) == "socles_200"
    assert await ask(served, ZOE, name="Adrun") == "socles_201"
    answer = await served.call(unitary(claim(ZOE), idam="FAKE-IDAM"), content_type=CONTENT_TYPE)
    assert code_of(answer.content) == "desir_550"
    assert served.last.official is not None
    assert served.last.official.code == "desir_550"


async def test_a_number_that_may_be_real_is_refused_and_not_kept(served: Insi) -> None:
    own: dict[str, str | None] = {"number": STRANGER.matricule, "key": STRANGER.key, "oid": OID_NIR}
    for change in ({}, {"key": None}, {"oid": None}, {"name": "Zoé"}, {"number": STRANGER.value, "key": None}):
        assert await ask(served, ZOE, **(own | change)) == "socles_240"
        last = served.last
        assert (last.redacted, last.outcome) == (True, Outcome.REFUSED)
        assert [one.rule for one in last.findings] == [NOT_FICTITIOUS]
        kept = await asyncio.to_thread(served.journal.get, last.id)
        assert kept is not None
        assert kept["request"]["body"] == []
        assert STRANGER.matricule not in str(kept)


async def test_a_number_in_couverture_that_may_be_real_is_not_kept_either(served: Insi) -> None:
    num = f"<bam:Num>{STRANGER.matricule}</bam:Num>"
    for inner in (
        f"<bam:ASSURE><bam:Id>{num}</bam:Id></bam:ASSURE>",
        f"<bam:BENEFICIAIRE><bam:Nir>{num}</bam:Nir></bam:BENEFICIAIRE>",
    ):
        headers = blocks(coverage=f"<bam:COUVERTURE>{inner}</bam:COUVERTURE>") | {"action": ""}
        for content in (verified(claim(ZOE)), zoe()):
            answer = await served.call(message(content, headers), content_type="application/soap+xml")
            assert code_of(answer.content) == "socles_240"
            assert served.last.redacted


async def test_a_number_that_may_be_real_is_not_kept_of_a_message_that_is_not_read_either(served: Insi) -> None:
    assert ZOE.ins is not None
    cover = f"<bam:COUVERTURE><bam:ASSURE><bam:Num>{STRANGER.matricule}</bam:Num></bam:ASSURE></bam:COUVERTURE>"
    elsewhere = f'<a xmlns="urn:a"><b n="{STRANGER.value}"/></a>'
    other = blocks()["action"].replace(ACTION, min(OTHER_ACTIONS))
    for content, headers, before in (
        (elsewhere, blocks(), "socles_200"),
        ("<a/>", blocks(coverage=cover), "socles_200"),
        ("<a/>", blocks(coverage=cover) | {"action": other}, "desir_1020"),
    ):
        answer = await served.call(message(content, headers), content_type="application/soap+xml")
        assert code_of(answer.content) == "socles_240"
        assert served.last.redacted
        harmless = message(content, headers).replace(STRANGER.matricule.encode(), ZOE.ins.matricule.encode())
        answer = await served.call(harmless, content_type="application/soap+xml")
        assert code_of(answer.content) == before
        assert not served.last.redacted


async def test_a_test_number_that_nobody_has_is_ko(served: Insi) -> None:
    assert await ask(served, ZOE, number=STRANGER.matricule, key=STRANGER.key, oid=OID_TEST) == "KO"
    assert not served.last.redacted


async def test_a_number_that_may_be_real_is_not_kept_when_a_fault_ends_the_call(served: Insi) -> None:
    fault = FaultRule("f", "default", FaultEffect.REFUSE, FaultPoint.RECEIVED, code="insi_111", times=1)
    await asyncio.to_thread(served.control.add_fault_rule, fault)
    assert await ask(served, ZOE, number=STRANGER.matricule, key=STRANGER.key) == "insi_111"
    assert served.last.redacted


async def test_what_fault_rules_match_on(served: Insi) -> None:
    for name, match, expected in (("f", {"birthName": "ADRUN"}, "insi_102"), ("g", {"birthDate": "2009-*"}, "00")):
        fault = FaultRule(name, "default", FaultEffect.REFUSE, match=match, code="insi_102", times=1)
        await asyncio.to_thread(served.control.add_fault_rule, fault)
        assert await ask(served, ZOE) == expected


async def test_answers_and_faults_on_demand(served: Insi) -> None:
    for code, expected in (("KO", "KO"), ("insi_111", "insi_111"), ("desir_550;dialect=A", "desir_550"), ("01", "")):
        fault = FaultRule(f"f-{len(code)}", "default", FaultEffect.REFUSE, FaultPoint.BEFORE_COMMIT, code=code, times=1)
        await asyncio.to_thread(served.control.add_fault_rule, fault)
        assert await ask(served, ZOE) == expected
    assert {one.outcome for one in await served.events(4)} == {"KO", "siram_40/insi_111", "siram_100/desir_550", "01"}


async def test_it_is_counted_as_a_call(served: Insi) -> None:
    await ask(served, ZOE)
    await ask(served, ZOE, sex="M")
    found = await served.events(2)
    assert sorted((one.operation, one.outcome) for one in found) == [(OPERATION, "00"), (OPERATION, "KO")]
    assert sorted(one.findings for one in found) == [(), ("insi.verification.sex.differs",)]
