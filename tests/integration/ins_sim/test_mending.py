"""Broken WS_INS2 requests, mended by the API and really sent again."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ins_sim.app import PATH, build
from ins_sim.domain import rules, rules_batch, rules_call
from ins_sim.domain.mending import MENDERS
from socle.soap.model import SOAP11
from support.ins_breaks import BROKEN, named
from support.ins_card_breaks import BROKEN_CARD, UNKNOWN_CARD
from support.ins_card_mending import CARD_LEFT, CARD_MENDABLE
from support.ins_verified import claim, demand, unitary
from support.ins_verified_breaks import PIERRE
from support.insi import CONTENT_TYPE, blocks, body, message, zoe
from support.mending_served import Bench, served

LEFT = {
    rules.MISSING: "which value",
    rules.BODY: "which request",
    rules.CALENDAR: "which day",
    rules_call.LUNAR: "which day",
    rules.PLACE: "which place",
    rules.IDAM: "which number",
    rules.LPS_MISSING: "which software",
    rules.NOT_SIMULATED: "which service",
    rules_call.OTHER_ACTION: "which operation",
}
"""Rules that a human answers, and what he decides."""
MORE = [
    (rules.LOWER_CASE, message(body("d’adrûn-œil", ["zoé"], "f", "31/12/1975"))),
    (rules.CHARSET, named("ADRUN\u00a0ZOE")),
    (rules.FIELDS, message(zoe(), blocks()).replace(b"<bam:Id>1f7425e2</bam:Id>", b"<bam:Id/>")),
    (rules.FIELDS, re.sub(b"<bam:Temps>[^<]*<", b"<bam:Temps>04/03/2026 10:30<", message(zoe()))),
    (rules.ACCENT, named("SØREN")),
    (rules.COVERAGE, message(zoe(), blocks(coverage="<bam:COUVERTURE><bam:X/></bam:COUVERTURE>"))),
    (rules.DATE, message(body("ADRUN", ["ZOE"], "F", "19751231"))),
]
TIME = re.compile("<Temps[^/]*</Temps>")
"""Of the moment of asking."""
MENDABLE = [(rule, raw) for rule, raw in BROKEN.items() if rule not in LEFT and rule is not rules.CHARSET] + MORE


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with served(build, tmp_path) as one:
        yield one


def test_every_mender_is_exercised() -> None:
    assert {mender.rule for mender in MENDERS} == {rule.id for rule, _ in MENDABLE + CARD_MENDABLE}
    assert {rule for rule, _ in CARD_MENDABLE if rule in BROKEN_CARD} == set(BROKEN_CARD) - set(CARD_LEFT)


async def test_what_is_mechanical_is_mended_and_accepted_on_the_wire(bench: Bench) -> None:
    for rule, broken in MENDABLE + CARD_MENDABLE:
        raw = broken.replace(b">I<", b">h<")
        first = await bench.send(PATH, raw, "text/xml" if rule is rules.SOAP12 else "application/soap+xml")
        assert rule.id in first.rules
        again = await bench.again(PATH, first.exchange)
        assert rule.id in again.changed
        assert again.left == again.sent.rules == set(), rule.id
        assert again.sent.outcome == "accepted"
        assert TIME.sub("", again.view["text"]) == TIME.sub("", again.body.decode())
        for change in again.view["changes"]:
            assert change["fr"] != change["en"]


async def test_what_a_human_decides_is_left_to_him(bench: Bench) -> None:
    holders = [{"personId": one.person_id} for one in UNKNOWN_CARD.holders]
    card = {"id": UNKNOWN_CARD.id, "insured": UNKNOWN_CARD.insured, "holders": holders}
    (await bench.http.post("/_sandbox/population", json={"cards": [card]})).raise_for_status()
    for raw in [*(BROKEN[rule] for rule in LEFT), *(BROKEN_CARD[rule] for rule in CARD_LEFT)]:
        first = await bench.send(PATH, raw, "application/soap+xml")
        again = await bench.again(PATH, first.exchange)
        assert (again.left, again.changed, again.body) == (first.rules, set(), raw)
        assert all(left["fr"] and left["en"] for left in again.view["left"])


async def test_nothing_but_the_finding_is_touched(bench: Bench) -> None:
    raw = message(body("Adrun", ["ZOE"], "F", "1975-12-31")).replace(b"<soap:Body>", b"<!-- \xc3\xa9 --><soap:Body >")
    first = await bench.send(PATH, raw, CONTENT_TYPE)
    again = await bench.again(PATH, first.exchange)
    assert again.body == raw.replace(b"Adrun", b"ADRUN")
    (change,) = again.view["changes"]
    assert change["rule"] == "insi.name.lower-case"
    assert (change["before"], change["after"], change["where"]) == ("Adrun", "ADRUN", "RECSANSVITALE/NomNaissance")
    assert again.view["contentType"] == CONTENT_TYPE


async def test_xml_that_cannot_be_read_is_made_readable(bench: Bench) -> None:
    sound = message(zoe()).decode()
    for broken in (
        sound.replace("ADRUN", "ADRUN &").encode(),
        sound.replace("urn:lps:essai:1.0", "urn:lps:été:1.0").encode("cp1252"),
        sound.replace("<soap:Envelope", "<!DOCTYPE x><soap:Envelope").encode(),
    ):
        first = await bench.send(PATH, broken, CONTENT_TYPE)
        assert any(rule.startswith("xml.") for rule in first.rules)
        again = await bench.again(PATH, first.exchange)
        assert first.rules <= again.changed
        assert not any(rule.startswith("xml.") for rule in again.sent.rules)


async def test_what_cannot_be_mended_says_why(bench: Bench) -> None:
    assert (await bench.mended("nobody"))[1].status_code == 404
    answer = await bench.http.get(f"{PATH}?wsdl")
    view, body_answer = await bench.mended(answer.headers["x-socles-exchange"].rpartition("/")[2])
    assert (body_answer.status_code, view["error"]["code"]) == (409, "mending.empty")


async def test_a_soap_11_request_follows_with_its_content_type(bench: Bench) -> None:
    first = await bench.send(PATH, message(zoe(), soap=SOAP11), "text/xml; charset=utf-8")
    again = await bench.again(PATH, first.exchange)
    assert again.view["contentType"].startswith("application/soap+xml; charset=utf-8")


async def test_no_browser_runs_the_mended_request_as_a_page(bench: Bench) -> None:
    first = await bench.send(PATH, b"<html><script>alert(1)</script></html>", "text/html")
    _, body = await bench.mended(first.exchange)
    assert body.headers["content-type"] == "text/html"
    assert body.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert body.headers["content-disposition"] == "attachment"
    assert body.headers["x-content-type-options"] == "nosniff"


async def test_the_traits_of_verifications_are_mended_too(bench: Bench) -> None:
    own = {"name": "d’ecetinsi", "given": "pierre--alain", "sex": "h", "born": "14/07/2009"}
    for raw, outcome in (
        (unitary(claim(PIERRE, **own)), "accepted"),
        # a demand with other lines wants another IdDemande, which is the client's to give
        (demand([("1", claim(PIERRE)), ("2", claim(PIERRE, **own))]), "refused"),
    ):
        first = await bench.send(PATH, raw, "application/soap+xml")
        broken = {rules.LOWER_CASE.id, rules.APOSTROPHE.id, rules.GIVEN.id, rules.SEX.id, rules.DATE.id}
        assert broken <= first.rules
        again = await bench.again(PATH, first.exchange)
        assert {rules.LOWER_CASE.id, rules.SEX.id, rules.DATE.id} <= again.changed  # one edit of a name does for all
        assert broken & (again.left | again.sent.rules) == set()
        assert again.sent.outcome == outcome
        assert (rules_batch.OTHER_CONTENT.id in again.sent.rules) is (outcome == "refused")
        for right in ("D'ECETINSI", "PIERRE-ALAIN", "<Sexe>M</Sexe>", "2009-07-14"):
            assert right in again.body.decode()
