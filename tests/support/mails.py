"""Mails and IHE_XDM archives written by hand, so that the tests do not lean on the sender's own code."""

import hashlib
import io
import zipfile
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

INS = ("279035121518989", "1.2.250.1.213.1.4.10")
SUBJECT = "XDM/1.0/DDM+CR ou fiche de consultation ou de visite PAT-TROIS DOMINIQUE 28/03/1979"
PDF_A = b"%PDF-1.4\n<rdf:Description pdfaid:part='1' pdfaid:conformance='B'/>\n%%EOF\n"


def cda(
    *,
    code: str = "11488-4",
    label: str = "CR ou fiche de consultation ou de visite",
    ins: tuple[str, str] | None = INS,
    set_id: str = "1.2.3.1",
    stay: tuple[str, str] | None = ("1.2.3.4.5", "S1"),
    family: str = "PAT-TROIS",
    given: str = "DOMINIQUE",
) -> bytes:
    """A CDA header with a body of level 3."""
    patient = f'<id extension="{ins[0]}" root="{ins[1]}"/>' if ins else ""
    encounter = (
        f'<componentOf><encompassingEncounter><id root="{stay[0]}" extension="{stay[1]}"/></encompassingEncounter>'
        "</componentOf>"
        if stay
        else ""
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><ClinicalDocument xmlns="urn:hl7-org:v3">'
        f'<id root="{set_id}.9"/><code code="{code}" displayName="{label}"/><title>Compte rendu</title>'
        f'<setId root="{set_id}"/><recordTarget><patientRole>{patient}<patient><name>'
        f'<family qualifier="BR">{family}</family><given>{given} MARIE</given><given qualifier="BR">{given}</given>'
        "</name>"
        '<administrativeGenderCode code="F"/><birthTime value="19790328"/></patient></patientRole></recordTarget>'
        '<documentationOf><serviceEvent><effectiveTime><low value="20260105100000+0100"/>'
        '<high value="20260105113000+0100"/></effectiveTime></serviceEvent></documentationOf>'
        f"{encounter}<component><structuredBody/></component></ClinicalDocument>"
    ).encode()


def metadata(documents: Sequence[tuple[str, bytes]], *, patient: str | None = None, **wrong: str) -> bytes:
    """METADATA.XML for (URI, content); ``size`` and ``hash`` may be given wrong."""
    entries = "".join(
        f'<rim:ExtrinsicObject id="Document{index}" mimeType="text/xml">'
        f"{_slot('URI', name)}{_slot('size', wrong.get('size', str(len(content))))}"
        f"{_slot('hash', wrong.get('hash', hashlib.sha1(content).hexdigest().upper()))}"
        f"{_slot('sourcePatientId', patient) if patient else ''}"
        '<rim:Classification classificationScheme="urn:uuid:f0306f51-975f-434e-a61c-c59651d33983" '
        'nodeRepresentation="11488-4"/>'
        '<rim:Classification classificationScheme="urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d" '
        'nodeRepresentation="urn:ihe:pcc:xphr:2007"/>'
        '<rim:ExternalIdentifier identificationScheme="urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab" '
        f'value="1.2.3.{index}"/></rim:ExtrinsicObject>'
        for index, (name, content) in enumerate(documents, 1)
    )
    return (
        '<lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0" '
        'xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><rim:RegistryObjectList>'
        f"{entries}"
        '<rim:RegistryPackage id="SubmissionSet01"><rim:ExternalIdentifier '
        'identificationScheme="urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8" value="1.2.3.99"/></rim:RegistryPackage>'
        '<rim:Association id="a1" associationType="urn:ihe:iti:2007:AssociationType:RPLC" '
        'sourceObject="Document1" targetObject="urn:uuid:00000000-0000-4000-8000-000000000000"/>'
        "</rim:RegistryObjectList></lcm:SubmitObjectsRequest>"
    ).encode()


def _slot(name: str, value: str) -> str:
    return f'<rim:Slot name="{name}"><rim:ValueList><rim:Value>{value}</rim:Value></rim:ValueList></rim:Slot>'


def zipped(files: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with exactly these names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def xdm(*documents: bytes, folder: str = "IHE_XDM/SUBSET01", **options: Any) -> bytes:
    """A sound archive of these documents."""
    named = [(f"DOC{index:05}.XML", content) for index, content in enumerate(documents, 1)]
    files = {"INDEX.HTM": b"<html/>", "README.TXT": b"Socles", f"{folder}/METADATA.XML": metadata(named, **options)}
    return zipped(files | {f"{folder}/{name}": content for name, content in named})


def mail(
    archive: bytes | None = None,
    *,
    subject: str | None = None,
    headers: dict[str, str] | None = None,
    pdf: bytes | None = PDF_A,
    pdfs: int = 1,
    pdf_name: str = "20260105_CR_PAT-TROIS_DOMINIQUE.pdf",
    filename: str = "IHE_XDM.ZIP",
    text: str = "Bonjour,\n\nVeuillez trouver ci-joint le compte rendu.\n.\nCordialement\n",
    message_id: str | None = "<1@test.mssante.fr>",
) -> bytes:
    """A mail with an archive and its PDF (``pdfs`` of them), sound unless told otherwise; CRLF line ends, not
    dot-stuffed."""
    message = EmailMessage(policy=SMTP)
    message["From"] = '"Dr_Jeanne_MARTIN_CHU" <dr@test.mssante.fr>'
    message["To"] = "autre@test.mssante.fr"
    message["Subject"] = subject or (SUBJECT if archive is not None else "Bonjour")
    if message_id is not None:
        message["Message-ID"] = message_id
    standard = {"X-MSS-NIL": "12345"}
    if archive is not None:
        standard |= {"X-MSS-INS": "O", "X-MSS-CODECDA": "11488-4"}
    for name, value in (standard | (headers or {})).items():
        if value:
            message[name] = value
    message.set_content(text)
    if archive is not None:
        message.add_attachment(archive, maintype="application", subtype="zip", filename=filename)
        for _ in range(pdfs if pdf is not None else 0):
            message.add_attachment(pdf, maintype="application", subtype="pdf", filename=pdf_name)
    return message.as_bytes()
