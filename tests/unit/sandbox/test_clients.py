"""The bytes the simulated hospitals send, read back by the readers of the ground and by independent code."""

import base64
import hashlib
import zipfile
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from sandbox.clients import iti18, iti41, mail, ws_ins2
from sandbox.clients.envelope import WireError, read_answer
from sandbox.clients.lot_signature import lot_signature
from sandbox.clients.mime import Style
from sandbox.xdm import archive
from socle.soap import headers
from socle.soap.limits import Limits
from socle.soap.mtom import MultipartReader
from support.sandbox_facts import AUTHOR, NOW, PATIENT, SITE, document, lot

TOKEN = UUID("0198c1f2-0000-7000-8000-000000000001")
BASE = "http://127.0.0.1:8080"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
RIM = "{urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0}"


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body


@pytest.mark.parametrize("style", list(Style))
async def test_every_style_is_read_back_whole(style: Style, tmp_path: Path) -> None:
    sent = lot(document(), document("11502-2", "N3", "2.25.1002"))
    package = iti41.request(sent, base_url=BASE, token=TOKEN, style=style)
    reader = MultipartReader(headers.content_type(package.headers["Content-Type"]), Limits(), tmp_path)

    read = await reader.read(_once(package.body))

    contents = {part.content_id: part.blob.data for part in read.parts}
    root = etree.fromstring(read.root)
    pointed = [unquote(i.get("href", "")).removeprefix("cid:") for i in root.iter("{*}Include")]
    assert [contents[name] for name in pointed[:2]] == [entry.content for entry in sent.entries]
    assert etree.fromstring(contents[pointed[2]] or b"").tag == f"{DS}Signature"
    named = [element.get("id") for element in root.iter("{urn:ihe:iti:xds-b:2007}Document")]
    assert named == [entry.get("id") for entry in root.iter(f"{RIM}ExtrinsicObject")]


def test_styles_differ_where_senders_do() -> None:
    bodies = {style: iti41.request(lot(), base_url=BASE, token=TOKEN, style=style) for style in Style}

    assert b"\r" not in bodies[Style.JAVA].body
    assert bodies[Style.CXF].body.startswith(b"\r\n--")
    assert "action=" not in bodies[Style.CXF].headers["Content-Type"]
    assert bodies[Style.DOTNET].headers["SOAPAction"] == f'"{iti41.ACTION}"'
    assert b"<wsa:To/>" in bodies[Style.DOTNET].body
    assert b"urn%3Aihe%3Aiti%3Axds-b%3A2007" in bodies[Style.CXF].body


def test_a_dropped_part_is_missing() -> None:
    whole = iti41.request(lot(), base_url=BASE, token=TOKEN)
    broken = iti41.request(lot(), base_url=BASE, token=TOKEN, drop_part=0)

    assert whole.body.count(b"Content-ID:") == 3
    assert broken.body.count(b"Content-ID:") == 2


def test_lot_signature_verifies_with_its_own_certificate() -> None:
    sent = lot()
    content = sent.entries[0].content
    signature = etree.fromstring(lot_signature(sent.unique_id, [("2.25.1001", content)], NOW))

    manifest = {r.get("URI"): r.findtext(f"{DS}DigestValue") for r in signature.iter(f"{DS}Reference")}
    canonical = etree.tostring(etree.fromstring(content), method="c14n", with_comments=True)
    assert manifest["urn:oid:2.25.900"] == "AA=="
    assert manifest["urn:oid:2.25.1001"] == base64.b64encode(hashlib.sha1(canonical).digest()).decode()
    for target in ("IHEManifest", "S0-SignedProperties"):
        element = signature.xpath(f".//*[@Id='{target}']")[0]
        form = etree.tostring(element, method="c14n", with_comments=True)
        assert manifest[f"#{target}"] == base64.b64encode(hashlib.sha1(form).digest()).decode()
    key = x509.load_der_x509_certificate(
        base64.b64decode(signature.findtext(f".//{DS}X509Certificate") or "")
    ).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(
        base64.b64decode(signature.findtext(f"{DS}SignatureValue") or ""),
        etree.tostring(signature.find(f"{DS}SignedInfo"), method="c14n", with_comments=True),
        padding.PKCS1v15(),
        hashes.SHA1(),
    )


def test_replacement_names_the_old_entry() -> None:
    new = document().next_version("2.25.1003", NOW)
    replacing = lot(new)
    replacing = type(replacing)(
        replacing.unique_id,
        replacing.submitted_at,
        SITE,
        AUTHOR,
        PATIENT,
        [type(e)(e.facts, e.content, replaces_entry="urn:uuid:old") for e in replacing.entries],
    )
    body = iti41.request(replacing, base_url=BASE, token=TOKEN).body

    assert b'associationType="urn:ihe:iti:2007:AssociationType:RPLC" sourceObject="Document01"' in body
    assert b'targetObject="urn:uuid:old"' in body


def test_archive_holds_what_its_metadata_say() -> None:
    sent = lot(document(), document("18748-4", "N3", "2.25.1004"))
    with zipfile.ZipFile(BytesIO(archive(sent))) as opened:
        names = opened.namelist()
        metadata = etree.fromstring(opened.read("IHE_XDM/SUBSET01/METADATA.XML"))
        for entry in metadata.iter(f"{RIM}ExtrinsicObject"):
            slots = {s.get("name"): s.findtext(f".//{RIM}Value") for s in entry.iter(f"{RIM}Slot")}
            content = opened.read(f"IHE_XDM/SUBSET01/{slots['URI']}")
            assert slots["hash"] == hashlib.sha1(content).hexdigest()
            assert slots["size"] == str(len(content))

    assert names == [
        "INDEX.HTM",
        "README.TXT",
        "IHE_XDM/SUBSET01/METADATA.XML",
        "IHE_XDM/SUBSET01/DOC00001.XML",
        "IHE_XDM/SUBSET01/DOC00002.XML",
    ]


def test_mail_follows_the_rules_of_the_clients_reference() -> None:
    mailing = mail.Mailing("<m1@hopital.test>", "dr@hopital.test", "socles", ["gp@mss.test"], lot())
    read = message_from_bytes(mail.message(mailing).as_bytes(), policy=policy.default)

    assert read["Subject"] == "XDM/1.0/DDM+Lettre de liaison à la sortie d'un établ PAT-TROIS Dominique 28/03/1979"
    assert read["X-MSS-NIL"]
    assert read["X-MSS-INS"] == "O"
    assert read["X-MSS-CODECDA"] == "11490-0"
    assert read["Message-ID"] == "<m1@hopital.test>"
    attached = [(part.get_content_type(), part.get_filename()) for part in read.iter_attachments()]
    assert attached[0] == ("application/zip", "IHE_XDM.ZIP")
    assert attached[1][0] == "application/pdf"


def test_insi_request_leaves_out_what_was_not_typed() -> None:
    traits = ws_ins2.Traits(None, "ZOE", "F", PATIENT.birth_date)
    root = etree.fromstring(ws_ins2.request(traits, sender="1750000001", token=TOKEN, now=NOW))

    sent = root.find(".//{http://www.cnamts.fr/INSiRecSans}RECSANSVITALE")
    assert sent is not None
    assert [etree.QName(child).localname for child in sent] == ["Prenom", "Sexe", "DateNaissance"]


SOAP = '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>{}</e:Body></e:Envelope>'


def test_answers_are_read_plain_and_multipart() -> None:
    success = (
        '<rs:RegistryResponse xmlns:rs="urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0" '
        'status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"/>'
    )
    plain = SOAP.format(success).encode()
    multi = b"\r\n--b\r\nContent-Type: application/xop+xml\r\n\r\n" + plain + b"\r\n--b--"

    for content_type, body in (("application/soap+xml", plain), ('multipart/related; boundary="b"', multi)):
        assert iti41.read(read_answer(200, content_type, body)).accepted


def test_first_error_is_read_from_a_failure() -> None:
    failure = (
        '<RegistryResponse xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0" status="…:Failure"><RegistryErrorList>'
        '<RegistryError errorCode="XDSMissingDocument" codeContext="Document01"/></RegistryErrorList>'
        "</RegistryResponse>"
    )
    read = iti41.read(read_answer(200, "application/soap+xml", SOAP.format(failure).encode()))

    assert (read.accepted, read.code, read.context) == (False, "XDSMissingDocument", "Document01")


def test_insi_fault_gives_its_own_code() -> None:
    fault = (
        "<e:Fault><e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value>S:siram_10</e:Value></e:Subcode></e:Code>"
        '<e:Reason><e:Text>non</e:Text></e:Reason><e:Detail><s:Erreur xmlns:s="urn:siram" code="insi_19"/></e:Detail>'
        "</e:Fault>"
    )
    answer = read_answer(500, "application/soap+xml", SOAP.format(fault).encode())

    assert ws_ins2.read(answer).outcome == "insi_19"
    assert answer.fault_codes() == ("siram_10", "non")


def test_entry_uuid_is_that_of_the_approved_version() -> None:
    entry = (
        '<r:ExtrinsicObject xmlns:r="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0" id="urn:uuid:{}" status="…:{}">'
        '<r:ExternalIdentifier identificationScheme="urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab" value="2.25.1"/>'
        "</r:ExtrinsicObject>"
    )
    body = f"<list>{entry.format('old', 'Deprecated')}{entry.format('new', 'Approved')}</list>"
    answer = read_answer(200, "application/soap+xml", SOAP.format(body).encode())

    assert iti18.entry_uuid(answer, "2.25.1") == "urn:uuid:new"
    assert iti18.entry_uuid(answer, "2.25.2") is None


@pytest.mark.parametrize("body", [b"", b"Bad Gateway", b"<html/>"])
def test_what_is_no_soap_is_an_error(body: bytes) -> None:
    with pytest.raises(WireError):
        read_answer(502, "text/html", body)
