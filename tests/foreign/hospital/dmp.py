"""Feeding the DMP: ITI-41 over MTOM."""

import hashlib
import time
from dataclasses import dataclass
from uuid import uuid4
from xml.etree import ElementTree

import httpx

from hospital.letters import Letter, filled, oid
from hospital.settings import HTTP, Settings

ACTION = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"
SIGNATURE = b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="S0"/>'
BUSY = "XDSRepositoryBusy"


@dataclass(frozen=True)
class Answer:
    """What the DMP said."""

    accepted: bool
    code: str = ""
    context: str = ""


def deposit(settings: Settings, letter: Letter, *, tries: int = 1, wrong_hash: bool = False) -> Answer:
    """Send a letter; a busy DMP is asked again, up to ``tries`` times."""
    body, content_type = package(settings, letter, wrong_hash=wrong_hash)
    for attempt in range(1, tries + 1):
        answer = read(HTTP.post(settings.repository_url, content=body, headers={"Content-Type": content_type}))
        if answer.code != BUSY or attempt == tries:
            break
        time.sleep(0.01)
    return answer


def package(settings: Settings, letter: Letter, *, wrong_hash: bool = False) -> tuple[bytes, str]:
    """The MTOM package and its Content-Type."""
    token, document = str(uuid4()), letter.cda()
    digest = hashlib.sha1(document + b" " * wrong_hash).hexdigest()
    more = {"token": token, "lot_id": oid(), "signature_id": oid(), "to": settings.repository_url}
    envelope = filled("deposit.xml", {**letter.values, **more, "sha1": digest, "size": str(len(document))})
    boundary = f"uuid:{token}"
    parts = [
        ('application/xop+xml; charset=UTF-8; type="application/soap+xml"', "root", envelope),
        ("text/xml", f"{token}-1@urn:ihe:iti:xds-b:2007", document),
        ("text/xml", f"{token}-2@urn:ihe:iti:xds-b:2007", SIGNATURE),
    ]
    pieces = [
        f"--{boundary}\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: binary\r\n"
        f"Content-ID: <{name}>\r\n\r\n".encode()
        + content
        + b"\r\n"
        for kind, name, content in parts
    ]
    content_type = (
        f'multipart/related; type="application/xop+xml"; boundary="{boundary}"; start="<root>"; '
        f'start-info="application/soap+xml"; action="{ACTION}"'
    )
    return b"".join(pieces) + f"--{boundary}--\r\n".encode(), content_type


def read(response: httpx.Response) -> Answer:
    """Success, the first error, or the fault."""
    start, end = response.content.find(b"<?xml"), response.content.rfind(b">") + 1
    xml = response.content[max(start, response.content.find(b"<")) : end]
    if start < 0 and response.headers["content-type"].startswith("multipart/"):
        xml = xml.split(b"\r\n\r\n", 1)[1]
    root = ElementTree.fromstring(xml.split(b"\r\n--")[0])
    error = root.find(".//{*}RegistryError")
    if error is not None:
        return Answer(False, error.get("errorCode", ""), error.get("codeContext", ""))
    fault = root.find(".//{*}Fault")
    if fault is not None:
        return Answer(False, "Fault", "".join(fault.itertext()))
    return Answer(True)
