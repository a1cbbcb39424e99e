"""zeep, an independent SOAP client, with nothing but the WSDL that the sandbox serves."""

from typing import Any

import httpx
import pytest
from zeep import Client
from zeep.exceptions import Fault
from zeep.settings import Settings

from support.sandbox_thread import RunningSandbox

pytestmark = pytest.mark.interop

SOFTWARE = {"Version": "1.0", "Instance": "b3549edd-4ae9-472a-b26f-fd2fb4ef397f", "Nom": "urn:lps:zeep:4"}
ZOE = {"NomNaissance": "ADRUN", "Prenom": ["ZOE"], "Sexe": "F", "DateNaissance": "1975-12-31"}


@pytest.fixture(scope="module")
def client(sandbox: RunningSandbox) -> Client:
    return Client(f"{sandbox.url}/lps?wsdl", settings=Settings(strict=True))


def headers(idam: str = "GE000000000") -> dict[str, Any]:
    common = {"Id": "1f7425e2-b913-415c-adaa-785ee1076a70", "Temps": "2026-03-04T10:30:00Z", "Emetteur": "10B0152872"}
    return {
        "contexteBAM": {**common, "Version": "01_02", "Nature": "CTXBAM", "COUVERTURE": {}},
        "contexteLPS": {
            **common,
            "Version": "01_00",
            "Nature": "CTXLPS",
            "LPS": {"IDAM": {"_value_1": idam, "R": "4"}, **SOFTWARE},
        },
    }


def ask(client: Client, traits: dict[str, Any], idam: str = "GE000000000") -> Any:
    return client.service.rechercherInsAvecTraitsIdentite(**traits, _soapheaders=headers(idam))


def test_an_identity_is_found(client: Client) -> None:
    result = ask(client, ZOE)
    assert (result.CR.CodeCR, result.CR.LibelleCR) == ("00", "OK")
    active = result.INDIVIDU.INSACTIF
    assert (active.IdIndividu.NumIdentifiant, active.IdIndividu.Cle) == ("2751263220749", "74")
    assert active.OID == "1.2.250.1.213.1.4.8"
    assert result.INDIVIDU.TIQ.ListePrenom == "ZOE"


def test_history_and_several_identities(client: Client) -> None:
    pierre = {"NomNaissance": "ECETINSI", "Prenom": ["PIERRE-ALAIN"], "Sexe": "M", "DateNaissance": "2009-07-14"}
    history = ask(client, pierre).INDIVIDU.INSHISTO
    assert [one.IdIndividu.NumIdentifiant for one in history] == ["2090763220834", "2090663220123"]
    assert str(history[0].DateDeb) == "2019-03-01"
    leonardo = {"NomNaissance": "DE VINCI", "Prenom": ["LEONARDO"], "Sexe": "M", "DateNaissance": "2014-02-01"}
    several = ask(client, leonardo)
    assert (several.CR.CodeCR, several.INDIVIDU) == ("02", None)
    assert ask(client, leonardo | {"LieuNaissance": "63220"}).CR.CodeCR == "00"


def test_a_beneficiary_is_found_by_his_vitale_card(client: Client) -> None:
    insured, born = "2770763220829", "2010-08-07"
    said = headers()
    said["contexteBAM"]["COUVERTURE"] = {
        "ASSURE": {"Id": {"Num": insured}},
        "BENEFICIAIRE": {"DateNai": born, "Rang": 1},
    }
    search = client.service.rechercherInsAvecCarteVitale
    asked = {"MatriculeOD": {"NumIdentifiant": insured}, "DateNaissance": born, "RangNaissance": "1"}
    result = search(**asked, _soapheaders=said)
    assert (result.CR.CodeCR, result.INDIVIDU.TIQ.ListePrenom) == ("00", "DONATELLO")
    assert search(**asked | {"RangNaissance": "2"}, _soapheaders=said).CR.CodeCR == "01"
    with pytest.raises(Fault) as caught:
        search(DateNaissance=born, _soapheaders=said)
    assert caught.value.detail[0].get("code") == "insi_19"
    assert caught.value.detail[0].text == "Le champ matricule de l'ouvrant droit est obligatoire"


def test_faults_reach_the_caller_with_their_code(client: Client) -> None:
    with pytest.raises(Fault, match="L'accès par ce progiciel") as caught:
        ask(client, ZOE, idam="FAKE-IDAM")
    assert [name.localname for name in caught.value.subcodes] == ["siram_100"]
    assert caught.value.detail[0].get("code") == "desir_550"
    with pytest.raises(Fault) as caught:
        ask(client, {key: value for key, value in ZOE.items() if key != "NomNaissance"})
    assert caught.value.detail[0].get("code") == "insi_19"
    assert caught.value.detail[0].text == "Le champ nom de naissance est obligatoire"


OWN = {
    "INSFourni": {
        "IdIndividu": {"NumIdentifiant": "2751263220749", "Cle": "74"},
        "OID": "1.2.250.1.213.1.4.8",
    },
    "TraitsIdentiteIndividu": {
        "NomNaissance": "ADRUN",
        "ListePrenom": "ZOE",
        "Sexe": "F",
        "DateNaissance": "1975-12-31",
        "LieuNaissance": "63220",
    },
}
OTHERS = OWN | {"TraitsIdentiteIndividu": OWN["TraitsIdentiteIndividu"] | {"Sexe": "M"}}


def test_an_ins_is_verified(client: Client) -> None:
    verify = client.service.verifierInsAvecTraitsIdentite
    result = verify(**OWN, _soapheaders=headers())
    assert (result.CodeCR, result.LibelleCR) == ("00", "OK")
    assert verify(**OTHERS, _soapheaders=headers()).CodeCR == "KO"
    with pytest.raises(Fault) as caught:
        verify(INSFourni=OWN["INSFourni"], TraitsIdentiteIndividu={}, _soapheaders=headers())
    assert caught.value.detail[0].get("code") == "insi_19"


def test_a_batch_is_verified(sandbox: RunningSandbox) -> None:
    made = httpx.post(
        f"{sandbox.url}/_sandbox/workspaces",
        json={"name": "zeep", "options": {"insi.batch.delay": "0"}},
        trust_env=False,
    )
    assert made.status_code == 201
    client = Client(f"{sandbox.url}/w/zeep/lps?wsdl", settings=Settings(strict=True))
    batch = client.bind("ICIR-v1", "VerificationEnMasse")
    lines = [{"Rang": 1, "IndividuVerifie": OWN}, {"Rang": 2, "IndividuVerifie": OTHERS}]
    demand = batch.creerDemandeVerification(IdDemande="zeep-1", LIGNE=lines, _soapheaders=headers())
    assert (demand.CR.CodeCR, demand.Lignes) == ("00", 2)
    result = batch.recupererResultatVerification(NumeroDemande=demand.NumeroDemande, _soapheaders=headers())
    assert result.Etat == "PRETE"
    assert [(line.Rang, line.CR.CodeCR) for line in result.LIGNE] == [(1, "00"), (2, "KO")]
    with pytest.raises(Fault) as caught:
        batch.recupererResultatVerification(NumeroDemande="x", _soapheaders=headers())
    assert caught.value.detail[0].get("code") == "socles_255"
