"""Broken deposits, mended by the API and really sent again: what was mechanical is gone."""

from random import Random

import pytest

from dmp_sim.domain import names
from dmp_sim.domain.mending import MENDERS
from socle.identifiers.ins import OID_NIR, ins_key
from support.dmp_breaks import BREAKS
from support.dmp_mending import bench, broken_by, send
from support.dmp_mutators import (
    DOC,
    LOT,
    Break,
    attribute,
    author_slot,
    breaks,
    code,
    drop,
    patient,
    slot,
    sound,
    text,
)
from support.dmp_served import REPOSITORY
from support.mending_served import Bench

__all__ = ["bench"]

MORE = [
    breaks("addressing.required", drop("//a:MessageID")),
    breaks("association.type", attribute("//rim:Association[@id='A01']", "associationType", "urn:x:HasMember")),
    breaks("cda.institution", author_slot("authorInstitution", "H^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^1", DOC)),
    breaks("cda.readable", text("<title>Lettre", "<title>Soins & lettre")),
    breaks("part.missing-document", attribute("//xdsb:Document[@id='Document01']/*", "href", "cid:elsewhere@test")),
    breaks("time.form", slot("creationTime", "2026-01-03T10:15:00+01:00")),
]
"""What BREAKS breaks beyond repair, broken so that it can be mended; and what it does not break."""
REGISTRY_RULES = ("dmp.duplicate.", "dmp.replace.")
"""Told by the commit only, which a rehearsal stops before."""
UNMENDED = {"dmp.part.missing-document", "dmp.association.type", "dmp.cda.institution", "dmp.cda.readable"}
"""Menders that BREAKS leaves nothing to do for: see MORE."""
UNSOUND = {"dmp.association.replacement-status"}
"""Mended, but the message breaks what a human decides, too."""


def test_every_mender_is_exercised() -> None:
    elsewhere = {"dmp.retrieve.repository"}
    assert {mender.rule for mender in MENDERS} <= {one.rule for one in [*BREAKS, *MORE]} | elsewhere


async def mended_and_accepted(bench: Bench, one: Break) -> None:
    first = await send(bench, broken_by(one))
    assert one.rule in first.rules
    again = await bench.again(REPOSITORY, first.exchange)
    assert one.rule in again.changed, one.rule
    assert one.rule not in again.left | again.sent.rules, one.rule
    if one.rule not in UNSOUND:
        assert (again.left, again.sent.rules, again.sent.outcome) == (set(), set(), "accepted"), one.rule


async def test_a_few_broken_deposits_are_mended_and_accepted_on_the_wire(bench: Bench) -> None:
    few = {"part.hash", "cda.title", "entry.author.required", "code.practice", "ins.key", "cda.family-sp"}
    for one in [*(each for each in BREAKS if each.rule.removeprefix("dmp.") in few), *MORE]:
        await mended_and_accepted(bench, one)


@pytest.mark.slow
async def test_every_deposit_that_can_be_mended_is_accepted_on_the_wire(bench: Bench) -> None:
    for one in BREAKS:
        if MENDERS.get(one.rule) is not None and one.rule not in UNMENDED:
            await mended_and_accepted(bench, one)


@pytest.mark.slow
async def test_what_a_human_decides_is_left_to_him(bench: Bench) -> None:
    for one in BREAKS:
        if MENDERS.get(one.rule) is None or one.rule in UNMENDED:
            first = await send(bench, broken_by(one))
            view, _ = await bench.mended(first.exchange)
            assert one.rule in {left["rule"] for left in view["left"]}
            assert one.rule not in {change["rule"] for change in view["changes"]}


async def test_a_deposit_broken_in_many_ways_at_once_is_mended(bench: Bench) -> None:
    several = (
        *(slot("hash", "0" * 40), slot("size", "1"), slot("languageCode", "en"), drop("//a:MessageID")),
        *(
            code(names.DE_CLASS_CODE, "31"),
            code(names.DE_PRACTICE_SETTING, "BLOC", "1.2"),
            drop("//rim:Association[@id='A90']"),
        ),
        *(slot("creationTime", "20260103101500+0100"), attribute(f"//*[@id='{DOC}']", "mimeType", "")),
        author_slot("authorPerson", "801234567897^A^B^^^^^^&1.2.250.1.71.4.2.1&ISO", LOT),
        text('qualifier="BR"', 'qualifier="SP"'),
    )
    message = sound()
    for mutate in several:
        mutate(message)
    first = await send(bench, message)
    assert len(first.rules) > 5
    again = await bench.again(REPOSITORY, first.exchange)
    assert (again.left, again.sent.rules, again.sent.outcome) == (set(), set(), "accepted")


async def test_nothing_but_the_finding_is_touched(bench: Bench) -> None:
    message = broken_by(breaks("part.size", slot("size", "1")))
    raw, kind = message.write()
    first = await bench.send(REPOSITORY, raw, kind)
    again = await bench.again(REPOSITORY, first.exchange)
    size = str(len(message.parts["doc1@test"])).encode()
    assert again.body == raw.replace(b"<rim:Value>1</rim:Value>", b"<rim:Value>" + size + b"</rim:Value>")
    assert again.view["contentType"] == kind
    (change,) = again.view["changes"]
    assert (change["before"], change["after"]) == ("1", size.decode())


async def test_what_is_registered_already_gets_new_identifiers(bench: Bench) -> None:
    first = await send(bench, sound())
    assert first.outcome == "accepted"
    second = await send(bench, sound())
    assert "dmp.duplicate.registered" in second.rules
    for exchange in (first.exchange, second.exchange):
        again = await bench.again(REPOSITORY, exchange)
        assert again.changed == {"dmp.duplicate.registered", "dmp.part.hash", "dmp.part.size"}
        assert (again.sent.outcome, again.sent.rules) == ("accepted", set())
        assert b"1.2.250.1.999.2.1<" not in again.body
        assert b'"1.2.250.1.999.2.1"' not in again.body


async def test_a_redacted_exchange_is_not_mended(bench: Bench) -> None:
    message = sound()
    matricule = "1870775123456"
    patient(f"{matricule}{ins_key(matricule)}^^^&{OID_NIR}&ISO^NH")(message)
    first = await send(bench, message)
    view, body = await bench.mended(first.exchange)
    assert (body.status_code, view["error"]["code"]) == (409, "mending.redacted")


@pytest.mark.slow
async def test_whatever_is_sent_the_rehearsal_says_what_the_service_then_says(bench: Bench) -> None:
    """Damaged messages: mended or refused with a reason, never a failure; and what is left is what is found."""
    random = Random(5)
    pieces = [b"&", b"<", b">", b'"', b"\0", b"\xe9", b"\r\n", b"<!--", b"<a/>", b"--uuid:5fb8b1c1"]
    for _ in range(120):
        raw, kind = broken_by(random.choice(BREAKS)).write()
        for _ in range(random.randrange(4)):
            at = random.randrange(len(raw))
            raw = raw[:at] + random.choice([b"", *pieces]) + raw[at + random.randrange(20) :]
        first = await bench.send(REPOSITORY, raw, kind)
        view, body = await bench.mended(first.exchange)
        assert body.status_code in {200, 409}
        if body.status_code == 200:
            sent = await bench.send(REPOSITORY, body.content, body.headers["content-type"])
            left = {one["rule"] for one in view["left"]}
            assert {rule for rule in sent.rules if not rule.startswith(REGISTRY_RULES)} <= left
