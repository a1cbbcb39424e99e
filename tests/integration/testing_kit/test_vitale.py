"""A test of software that asks INSi with a Vitale card: cards, assertions, both channels, and what is counted."""

import httpx
from lxml import etree

from socles.testing import Socles
from support.insi_card import CARD_TYPE, RUTH, card_blocks, card_body, card_message, coverage

PRACTITIONER = "899900000010"


def post(socles: Socles, header: str = "", raw: bytes | None = None) -> httpx.Response:
    raw = raw or card_message(headers=card_blocks(security=header, emetteur="1690000013"))
    return httpx.post(socles.insi_url, content=raw, headers={"content-type": CARD_TYPE}, trust_env=False)


def test_a_card_of_ones_own(socles: Socles) -> None:
    mother = socles.population.add_patient("MARTIN", "ANNE", sex="F")
    assert mother.ins is not None
    holder = {"personId": mother.id, "birthDate": "1980-02-00", "certified": False}
    socles.population.add(cards=[{"id": "mine", "insured": mother.ins, "holders": [holder]}])
    insured = mother.ins[:13]
    block = card_blocks(coverage=coverage(insured, "1980-02-00"))
    answer = post(socles, raw=card_message(card_body(insured, "1980-02-00"), block))
    found = etree.fromstring(answer.content).findtext(".//{*}INSACTIF/{*}IdIndividu/{*}NumIdentifiant")
    assert found == insured
    call = socles.insi.expect_call(outcome="00")
    assert (call.operation, call.findings) == ("rechercherInsAvecCarteVitale", ())


def test_the_cards_assertion_grows_old(socles: Socles) -> None:
    socles.assertions = "strict"
    header = socles.sign.assertion(PRACTITIONER, vitale="insi-01")
    assert "<CodeCR>00</CodeCR>" in post(socles, header).text
    socles.clock.advance(minutes=21)
    assert 'code="desir_560"' in post(socles, header).text
    refused = socles.insi.expect_call(outcome="desir_560")
    assert [finding.rule for finding in refused.findings] == ["assertion.stale-vitale"]
    renewed = socles.sign.assertion(PRACTITIONER, vitale=RUTH)
    assert "<CodeCR>00</CodeCR>" in post(socles, renewed).text


def test_with_the_softwares_certificate_the_cards_assertion_is_wanted_alone(socles: Socles) -> None:
    socles.assertions = "strict"
    both = etree.fromstring(socles.sign.assertion(PRACTITIONER, vitale="insi-01"))
    both.remove(both[0])
    alone = etree.tostring(both, encoding="unicode")
    context = socles.certificates.context("insi-manu", structure="1690000013")
    with httpx.Client(verify=context, trust_env=False) as http:
        codes = []
        for header in (alone, ""):
            raw = card_message(headers=card_blocks(security=header))
            answer = http.post(f"{socles.mutual_url}/lps", content=raw, headers={"content-type": CARD_TYPE})
            codes.append("00" if "<CodeCR>00</CodeCR>" in answer.text else "refused")
    assert codes == ["00", "refused"]
    refused = socles.insi.expect_call(outcome="desir_560")
    assert [finding.rule for finding in refused.findings] == ["insi.vitale.assertion.absent"]


def test_a_call_by_card_counts_like_any_other(socles: Socles) -> None:
    post(socles)
    post(socles, raw=card_message(card_body(born="1977-07-15"), card_blocks(emetteur="1690000013")))
    socles.indicators.expect("INSI-SUCCES", den=2, num=1)
