"""``POST /lps`` over HTTP: the published identities, faults, journal, events, attribution, injected faults."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from lxml import etree

from ins_sim.domain import rules
from socle.control.faults import FaultRule
from socle.control.model import Person
from socle.control.population.published import PublishedIdentity, published
from socle.control.port import FaultEffect, FaultPoint
from socle.exchange import Outcome
from socle.rules import Strictness
from socle.soap.model import SOAP11, SOAP12
from support.ins_kept import everything_kept
from support.ins_served import Insi, insi
from support.insi import assertion, blocks, body, code_of, message, zoe

ENVELOPE = f'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="{SOAP12}">'
ENV_BODY = f'<env:Body xmlns:S="{SOAP12}" xmlns:env="{SOAP12}">'


@pytest.fixture
async def served(tmp_path: Path, database: str | None) -> AsyncIterator[Insi]:
    async with insi(tmp_path, database=database) as running:
        yield running


def all_traits(person: Person) -> str:
    return body(
        person.birth_name, [" ".join(person.given_names)], person.sex, str(person.birth_date), person.birth_place
    )


async def test_an_answer_byte_for_byte(served: Insi) -> None:
    answer = await served.call(message(zoe()))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/soap+xml; charset=UTF-8"
    assert answer.text == (
        f'{ENVELOPE}{ENV_BODY}<RESULTAT xmlns="http://www.cnamts.fr/INSiResultat" '
        'xmlns:ns0="http://www.cnamts.fr/INSiRecVit" xmlns:ns1="http://www.cnamts.fr/INSiRecSans">'
        "<CR><CodeCR>00</CodeCR><LibelleCR>OK</LibelleCR></CR><INDIVIDU><INSACTIF><IdIndividu>"
        "<NumIdentifiant>2751263220749</NumIdentifiant><Cle>74</Cle></IdIndividu><OID>1.2.250.1.213.1.4.8</OID>"
        "</INSACTIF><TIQ><NomNaissance>ADRUN</NomNaissance><ListePrenom>ZOE</ListePrenom><Sexe>F</Sexe>"
        "<DateNaissance>1975-12-31</DateNaissance><LieuNaissance>63220</LieuNaissance></TIQ></INDIVIDU></RESULTAT>"
        "</env:Body></soap:Envelope>"
    )


async def test_every_published_identity_answers_as_expected(served: Insi) -> None:
    wrong: list[tuple[PublishedIdentity, str]] = []
    for identity in published():
        got = code_of((await served.call(message(all_traits(identity.person)))).content)
        if got != identity.expected:
            wrong.append((identity, got))
    assert wrong == []
    assert len(published()) >= 26


async def test_the_conformity_scenarios(served: Insi) -> None:
    async def ask(*traits: str | list[str]) -> str:
        name, given, sex, born, *place = traits
        names = [given] if isinstance(given, str) else given
        raw = body(str(name), names, str(sex), str(born), str(place[0]) if place else None)
        return code_of((await served.call(message(raw))).content)

    assert await ask("DE VINCI", "LEONARDO", "M", "2014-02-01") == "02"
    assert await ask("DE VINCI", "LEONARDO", "M", "2014-02-01", "63220") == "00"
    assert await ask("TCHITCHI", "OLA", "F", "1936-06-21") == "01"
    assert await ask("TCHITCHI", "CATARINA", "F", "1936-06-21") == "00"
    assert [await ask("HOUILLES", one, "M", "1993-01-27") for one in ("PIERRE", "PAUL", "JACQUES")] == ["01"] * 3
    assert await ask("ADRTROIS", "TOUSSAINT", "M", "1960-01-01", "2B020") == "00"
    assert await ask("PROVISOIRE", "MATRICULE", "M", "2009-07-01") == "00"
    assert await ask("D’ÆION", "CŒUR", "M", "1987-01-25") == "socles_203"


async def test_history_comes_in_the_schemas_order(served: Insi) -> None:
    answer = await served.call(message(body("ECETINSI", ["PIERRE-ALAIN"], "M", "2009-07-14")))
    root = etree.fromstring(answer.content)
    first, second = root.findall(".//{*}INSHISTO")
    assert [etree.QName(child).localname for child in first] == ["IdIndividu", "OID", "DateDeb", "DateFin"]
    assert first.findtext("{*}DateDeb") == "2019-03-01"
    assert second.findtext("{*}IdIndividu/{*}NumIdentifiant") == "2090663220123"


async def test_missing_trait_and_unknown_software(served: Insi) -> None:
    answer = await served.call(message(body(None, ["ZOE"], "F", "1975-12-31")))
    assert answer.status_code == 500
    assert answer.text == (
        f"{ENVELOPE}{ENV_BODY}<S:Fault><S:Code><S:Value>S:Sender</S:Value><S:Subcode><S:Value>S:siram_10</S:Value>"
        '</S:Subcode></S:Code><S:Reason><S:Text xml:lang="en">Les données transmises ne respectent pas les contrôles '
        'de saisie.</S:Text></S:Reason><S:Detail><siram:Erreur xmlns:siram="urn:siram" severite="erreur" '
        'code="insi_19">Le champ nom de naissance est obligatoire</siram:Erreur></S:Detail></S:Fault>'
        "</env:Body></soap:Envelope>"
    )
    answer = await served.call(message(zoe(), blocks(idam="FAKE-IDAM")))
    assert answer.status_code == 500
    assert "<soap:Value>soap:siram_100</soap:Value>" in answer.text
    assert ' code="desir_550" messageID="uuid:6f0d0c0e-5a3c-4b3e-9d3b-0c6f5a1d2e3f" severite="erreur">' in answer.text
    assert ">Numéro d'autorisation du logiciel inconnu.<" in answer.text


async def test_each_call_is_journalled_and_emits_its_event(served: Insi) -> None:
    site = next(iter(served.control.population("default").establishments))
    headers = blocks(emetteur=f"1{site.finess_eg}", security=assertion("PSC", sector="SA05"))
    answers = [
        await served.call(message(zoe(), headers)),
        await served.call(message(zoe(), blocks(idam="FAKE-IDAM", emetteur="10B0152872"))),
        await served.call(message(body("VANDERMONDE", ["ARIANA"], "F", "1995-06-17"))),
    ]
    events = {event.exchange_id: event for event in await served.events(3)}
    found, refused, failed = (events[exchange.id] for exchange in served.journal.exchanges)
    assert all(
        answer.headers["x-socles-exchange"].endswith(exchange.id)
        for answer, exchange in zip(answers, served.journal.exchanges, strict=True)
    )
    assert (found.outcome, found.mode, found.software, found.sector) == ("00", "psc", "essai 2.1", "SA05")
    assert (found.finess_eg, found.finess_ej, found.attributed_by) == (site.finess_eg, site.finess_ej, "emetteur")
    assert found.duration_ms > 0
    assert (refused.outcome, refused.finess_eg, refused.attributed_by) == ("desir_550", None, "none")
    assert refused.findings == ("insi.idam.unknown",)
    assert failed.outcome == "insi_102"
    kept = [(one.outcome, one.code, one.status) for one in served.journal.exchanges]
    assert kept == [
        (Outcome.ACCEPTED, "00", 200),
        (Outcome.REFUSED, "siram_100/desir_550", 500),
        (Outcome.FAULT, "siram_40/insi_102", 500),
    ]
    assert all(len(one.events) == 1 for one in served.journal.exchanges)


async def test_no_event_and_no_database_row_tells_who_was_looked_for(
    served: Insi, tmp_path: Path, database: str | None
) -> None:
    await served.call(message(zoe("63220")))
    await served.events(1)
    kept = await asyncio.to_thread(everything_kept, tmp_path, database)
    assert b"rechercherInsAvecTraitsIdentite" in kept
    assert b"ADRUN" not in kept
    assert b"2751263220749" not in kept


async def test_the_workspace_chooses_dialect_strictness_software_and_unknown_persons(served: Insi) -> None:
    options = {"insi.dialect": "B", "insi.idam": "GE1, GE2", "insi.unknown": "insi_102"}
    await asyncio.to_thread(served.control.create_workspace, "ws1", strictness=Strictness.LENIENT, options=options)
    unknown = body("ADRUN", ["Zélie"], "F", "1975-12-31")
    answer = await served.call(message(unknown, blocks(idam="GE2")), workspace="ws1")
    assert ' code="insi_102" messageID="uuid:' in answer.text
    assert '<soap:Text xml:lang="fr">' in answer.text
    told = [finding.rule for finding in served.journal.exchanges[0].findings]
    assert told == [rules.LOWER_CASE, rules.ACCENT]
    assert code_of((await served.call(message(zoe(), blocks(idam="GE3")), workspace="ws1")).content) == "00"
    assert [finding.rule for finding in served.journal.exchanges[1].findings] == [rules.IDAM]
    assert {event.workspace for event in await served.events(2)} == {"ws1"}


async def test_the_other_services_behind_lps_get_a_clean_fault_and_no_event(served: Insi) -> None:
    for action in ("urn:adr:1.1.0:acquerirLesDroits", "urn:MT:3.0.0:LireMT", "urn:ald:2.10.0:lister"):
        kind = f'application/soap+xml; action="{action}"'
        answer = await served.call(message("<a/>", blocks() | {"action": ""}), content_type=kind)
        assert (answer.status_code, code_of(answer.content)) == (500, "desir_1020")
        assert served.journal.exchanges[-1].findings[0].rule is rules.NOT_SIMULATED
    answer = await served.call(message("<a/>"))
    assert (answer.status_code, code_of(answer.content)) == (500, "socles_200")
    assert served.journal.exchanges[3].findings[0].rule is rules.BODY
    assert [event.outcome for event in await served.events(1)] == ["socles_200"]


async def test_soap_11_is_answered_in_kind(served: Insi) -> None:
    headers = {"content-type": "text/xml; charset=utf-8", "soapaction": '""'}
    answer = await served.http.post("/lps", content=message(zoe(), soap=SOAP11), headers=headers)
    assert (answer.status_code, code_of(answer.content)) == (200, "00")
    assert answer.headers["content-type"] == "text/xml; charset=UTF-8"
    assert f'xmlns:soap="{SOAP11}"' in answer.text
    answer = await served.http.post("/lps", content=message(body(None, [], "F", None), soap=SOAP11), headers=headers)
    assert answer.status_code == 500
    assert etree.fromstring(answer.content).findtext(".//faultcode") == "soap:Client.siram_10"
    assert code_of(answer.content) == "insi_19"


async def test_what_is_no_soap_gets_a_fault_too(served: Insi) -> None:
    answer = await served.call(b"not xml")
    assert answer.status_code == 500
    assert etree.fromstring(answer.content).find(".//{*}Fault") is not None


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        ({"birthName": "ADRUN", "birthDate": "1975-*"}, True),
        ({"givenName": "Z?E"}, True),
        ({"birthName": "PERSONNE"}, False),
        ({"birthPlace": "*"}, False),
    ],
)
async def test_what_fault_rules_match_on(served: Insi, match: dict[str, str], expected: bool) -> None:
    rule = FaultRule("f", "default", FaultEffect.LATENCY, match=match, latency_ms=1)
    await asyncio.to_thread(served.control.add_fault_rule, rule)
    assert code_of((await served.call(message(zoe()))).content) == "00"
    (found,) = await asyncio.to_thread(served.control.fault_rules, "default")
    assert (found.fired > 0) is expected


async def test_an_event_comes_late_on_demand(served: Insi) -> None:
    delay = FaultRule("f", "default", FaultEffect.DELAY_EVENT, FaultPoint.BEFORE_COMMIT, times=1, seconds=0.8)
    await asyncio.to_thread(served.control.add_fault_rule, delay)
    began = asyncio.get_running_loop().time()
    assert code_of((await served.call(message(zoe()))).content) == "00"
    await served.events(1)
    assert 0.8 <= asyncio.get_running_loop().time() - began < 30


@pytest.mark.parametrize("point", [FaultPoint.BEFORE_COMMIT, FaultPoint.BEFORE_ANSWER, FaultPoint.RECEIVED])
async def test_a_fault_on_demand_speaks_the_services_words(served: Insi, point: FaultPoint) -> None:
    rule = FaultRule(id="f1", workspace="default", point=point, effect=FaultEffect.REFUSE, code="insi_111", times=1)
    await asyncio.to_thread(served.control.add_fault_rule, rule)
    answer = await served.call(message(zoe()))
    assert answer.status_code == 500
    assert ">Indisponibilité des téléservices</siram:Erreur>" in answer.text
    assert code_of((await served.call(message(zoe()))).content) == "00"
    outcomes = [event.outcome for event in await served.events(1 if point is FaultPoint.RECEIVED else 2)]
    expected = {
        FaultPoint.RECEIVED: ["00"],
        FaultPoint.BEFORE_COMMIT: ["00", "siram_40/insi_111"],
        FaultPoint.BEFORE_ANSWER: ["00", "00"],
    }
    assert sorted(outcomes) == expected[point]


async def test_the_wsdl_names_the_address_it_was_asked_at(served: Insi) -> None:
    answer = await served.http.get("/lps?wsdl")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=UTF-8")
    address = etree.fromstring(answer.content).find(".//{*}address")
    assert address is not None
    assert address.get("location") == f"{served.url}/lps"
