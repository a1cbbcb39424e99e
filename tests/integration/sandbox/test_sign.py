"""``socles sign`` against a running sandbox: what is signed here is taken there, or refused as was asked."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1
from lxml import etree
from typer.testing import CliRunner, Result

from dmp_sim.domain import names
from dmp_sim.domain.query import FIND_DOCUMENTS
from sandbox.cli import app
from socle.assertions.making.lot_spoiling import LOT_FLAWS
from socle.pki.kinds import Kind
from support.dmp_message import soap
from support.insi_card import CARD_TYPE, card_blocks, card_message
from support.outside import editors_authority, issued, pem_of
from support.sandbox_thread import RunningSandbox, sandbox_in_thread
from support.signed import pki, pki_folder

DS = "{http://www.w3.org/2000/09/xmldsig#}"
PATIENT = "279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH"
CDA = b"<ClinicalDocument xmlns='urn:hl7-org:v3'><title>Essai</title></ClinicalDocument>"
Socles = Callable[..., Result]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    pki()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOCLES_PKI_DIR", str(pki_folder()))
        with sandbox_in_thread(tmp_path_factory.mktemp("sign")) as running:
            yield running


@pytest.fixture
def socles(served: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> Socles:
    monkeypatch.setenv("SOCLES_URL", served.url)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


@pytest.fixture
def strict(served: RunningSandbox) -> str:
    name = f"t-{uuid4().hex[:8]}"
    answer = httpx.post(
        f"{served.url}/_sandbox/workspaces", json={"name": name, "options": {"assertions": "strict"}}, trust_env=False
    )
    assert answer.status_code == 201, answer.text
    return name


def query(served: RunningSandbox, workspace: str, header: str) -> tuple[int, list[str]]:
    """Status, and the rules of the exchange that refuse or warn."""
    slot = '<rim:Slot name="$XDSDocumentEntryStatus"><rim:ValueList><rim:Value>' + f"('{names.APPROVED}')"
    body = (
        f'<q:AdhocQueryRequest xmlns:q="{names.QUERY}"><q:ResponseOption returnComposedObjects="true" returnType='
        f'"LeafClass"/><rim:AdhocQuery id="{FIND_DOCUMENTS}">{slot}</rim:Value></rim:ValueList></rim:Slot>'
        "</rim:AdhocQuery></q:AdhocQueryRequest>"
    )
    answer = httpx.post(
        f"{served.url}/w/{workspace}/si-dmp-server/v2/services/registry",
        content=soap("urn:ihe:iti:2007:RegistryStoredQuery", body, header),
        headers={"content-type": "application/soap+xml"},
        trust_env=False,
    )
    exchange = served.get(answer.headers["x-socles-exchange"])
    return answer.status_code, [one["rule"] for one in exchange["findings"]]


def test_a_signed_vihf_is_taken_and_a_flawed_one_is_refused(
    served: RunningSandbox, socles: Socles, strict: str
) -> None:
    made = socles("sign", "vihf", "-w", strict, "--patient", PATIENT)
    assert made.exit_code == 0, made.stderr
    assert query(served, strict, made.stdout) == (200, [])
    for flaw, rule in (("expired-assertion", "assertion.stale"), ("wrong-digest", "assertion.signature.digest")):
        made = socles("sign", "vihf", "-w", strict, "--patient", PATIENT, "--flaw", flaw)
        assert query(served, strict, made.stdout) == (500, [rule])


def test_a_card_signs_the_direct_profile(served: RunningSandbox, socles: Socles, strict: str) -> None:
    made = socles("sign", "vihf", "--profile", "DIRECTE", "--name-id", "899900000010", "--patient", PATIENT,
                  "--digest", "sha1", "--last", "--prefix", "", "--inclusive", "#default")  # fmt: skip
    assert query(served, strict, made.stdout) == (200, [])


def test_every_attribute_may_be_other_or_absent(socles: Socles) -> None:
    made = socles("sign", "vihf", "--patient", PATIENT, "-a", "LPS_Nom", "-a", "LPS_ID=42", "--speciality", "",
                  "--mode-name", "Authentification_Mode", "--version", "4.0", "--id", "_x",
                  "--issued-at", "2026-03-01T08:00:00+01:00", "--valid-seconds", "60")  # fmt: skip
    assertion = etree.fromstring(made.stdout)[0]
    said = {one.get("Name"): one for one in assertion.iter("{*}Attribute")}
    assert "LPS_Nom" not in said
    assert "".join(said["LPS_ID"].itertext()) == "42"
    assert "".join(said["VIHF_Version"].itertext()) == "4.0"
    assert "Authentification_Mode" in said
    assert len(list(assertion.iter("{urn:hl7-org:v3}Role"))) == 1
    assert (assertion.get("ID"), assertion.get("IssueInstant")) == ("_x", "2026-03-01T07:00:00Z")
    conditions = assertion.find("{*}Conditions")
    assert conditions is not None
    assert conditions.get("NotOnOrAfter") == "2026-03-01T07:01:00Z"


def test_an_unknown_flaw_is_told_with_the_known_ones(socles: Socles) -> None:
    made = socles("sign", "vihf", "--flaw", "faux")
    assert made.exit_code == 1
    assert "expired-assertion" in made.stderr
    listed = json.loads(socles("sign", "flaws", "--json").stdout)
    assert {name: one[name] for one in listed if one["name"] == "wrapped" for name in ("name", "breaks")} == {
        "name": "wrapped",
        "breaks": "assertion.single",
    }
    assert all(one["titleFr"] and one["titleEn"] for one in listed)
    assert "expired-assertion" in socles("sign", "flaws").stdout


def test_assertions_for_insi(socles: Socles) -> None:
    card = etree.fromstring(socles("sign", "assertion", "--capitalised").stdout)[0]
    assert card.find("{*}Subject/{*}NameID").get("NameQualifier") == "CPS"  # type: ignore[union-attr]
    assert card.find(f"{DS}Signature") is not None
    assert card.prefix is None
    assert {one.get("Name") for one in card.iter("{*}Attribute")} == {
        "identifiantFacturation", "CodeSpecialite", "SecteurActivite",
    }  # fmt: skip
    psc = etree.fromstring(socles("sign", "assertion", "--source", "PSC", "--profession", "40").stdout)[0]
    assert psc.find(f"{DS}Signature") is None
    assert {one.get("Name") for one in psc.iter("{*}Attribute")} == {
        "identifiantFacturation", "codeSpecialiteAMO", "gipProfessionCode",
    }  # fmt: skip
    refused = socles("sign", "assertion", "--source", "PSC", "--flaw", "altered")
    assert refused.exit_code == 4
    assert "n'est pas signée" in refused.stderr


def by_card(served: RunningSandbox, workspace: str, header: str) -> tuple[int, list[str]]:
    """WS_INS1 for Ruth by her own card: status and rules."""
    raw = card_message(headers=card_blocks(security=header))
    url = f"{served.url}/w/{workspace}/lps"
    answer = httpx.post(url, content=raw, headers={"content-type": CARD_TYPE}, trust_env=False)
    return answer.status_code, served.get(answer.headers["x-socles-exchange"])["rules"]


def test_a_vitale_cards_assertion_stands_beside(served: RunningSandbox, socles: Socles, strict: str) -> None:
    for card in ("insi-01", "2770763220829"):
        made = socles("sign", "assertion", "-w", strict, "--vitale", card)
        assert by_card(served, strict, made.stdout) == (200, [])
    at = "2026-03-04T10:00:00Z"
    old = socles("sign", "assertion", "-w", strict, "--vitale", "insi-01", "--vitale-issued-at", at)
    assert etree.fromstring(old.stdout)[1].get("IssueInstant") == at
    assert by_card(served, strict, old.stdout) == (500, ["assertion.stale-vitale"])
    other = socles("sign", "assertion", "-w", strict, "--vitale", "vitale-demo")
    assert by_card(served, strict, other.stdout) == (500, ["insi.vitale.assertion.insured"])
    refused = socles("sign", "assertion", "--vitale", "personne")
    assert refused.exit_code == 1
    assert "Carte Vitale inconnue" in refused.stderr


def signed_right(signature: etree._Element) -> bool:
    certificate = signature.findtext(f".//{DS}X509Certificate") or ""
    key = x509.load_der_x509_certificate(base64.b64decode(certificate)).public_key()
    assert isinstance(key, RSAPublicKey)
    alone = etree.fromstring(etree.tostring(signature[0], with_tail=False))
    canonical = etree.tostring(alone, method="c14n", with_comments=True)
    try:
        value = base64.b64decode(signature.findtext(f"{DS}SignatureValue") or "")
        key.verify(value, canonical, padding.PKCS1v15(), SHA1())
    except Exception:
        return False
    return True


def test_a_lot_is_signed_by_a_certificate_of_the_chain(socles: Socles, tmp_path: Path) -> None:
    file = tmp_path / "cda.xml"
    file.write_bytes(CDA)
    made = socles("sign", "lot", "2.25.1", f"2.25.2={file}")
    signature = etree.fromstring(made.stdout.encode())
    assert signed_right(signature)
    digest = base64.b64encode(
        hashlib.sha1(etree.tostring(etree.fromstring(CDA), method="c14n", with_comments=True)).digest()
    ).decode()
    listed = {
        one.get("URI"): one.findtext(f"{DS}DigestValue") for one in signature.iterfind(f".//{DS}Manifest/{DS}Reference")
    }
    assert listed == {"urn:oid:2.25.1": "AA==", "urn:oid:2.25.2": digest}
    wrong = etree.fromstring(socles("sign", "lot", "2.25.1", f"2.25.2={file}", "--flaw", "wrong-value").stdout.encode())
    assert not signed_right(wrong)
    out = tmp_path / "signature.xml"
    assert socles("sign", "lot", "2.25.1", f"2.25.2={file}", "--card", "899900000010", "-o", str(out)).exit_code == 0
    assert "AC IGC-SANTE FORT PERSONNES" in out.read_text()
    file.write_bytes(b"<!DOCTYPE x [<!ENTITY e 'e'>]><x>&e;</x>")
    assert socles("sign", "lot", "2.25.1", f"2.25.2={file}").exit_code == 4
    assert socles("sign", "lot", "2.25.1", "2.25.2").exit_code == 2


def test_another_authority_is_trusted_listed_and_distrusted(socles: Socles, tmp_path: Path) -> None:
    file = tmp_path / "authority.pem"
    file.write_bytes(pem_of(editors_authority()))
    made = socles("pki", "trust", str(file), "--range", "persons")
    assert made.exit_code == 0, made.stderr
    fingerprint = made.stdout.strip()
    listed = json.loads(socles("pki", "list", "--json").stdout)
    assert [one["range"] for one in listed if one.get("fingerprint") == fingerprint] == ["persons"]
    assert "AC EDITEUR" in socles("pki", "list").stdout
    assert socles("pki", "distrust", fingerprint).exit_code == 0
    assert socles("pki", "distrust", fingerprint).exit_code != 0
    file.write_bytes(pem_of(issued(editors_authority(), Kind.ORG_SIGN)))
    refused = socles("pki", "trust", str(file))
    assert refused.exit_code != 0
    assert "pas un certificat d'autorité" in refused.stderr


def test_a_lot_is_wrong_in_the_way_that_is_asked_for(socles: Socles, tmp_path: Path) -> None:
    listed = json.loads(socles("sign", "flaws", "--lot", "--json").stdout)
    assert {one["name"]: one["breaks"] for one in listed} == {one.name: one.breaks for one in LOT_FLAWS.values()}
    assert all(one["titleFr"] for one in listed)
    file = tmp_path / "cda.xml"
    file.write_bytes(CDA)
    made = socles("sign", "lot", "2.25.1", f"2.25.2={file}", "--flaw", "unknown-document").stdout
    assert "urn:oid:2.25.404" in made
    assert signed_right(etree.fromstring(made.encode()))
    unknown = socles("sign", "lot", "2.25.1", f"2.25.2={file}", "--flaw", "nulle-part")
    assert unknown.exit_code != 0
    assert "unknown-document" in unknown.stderr
