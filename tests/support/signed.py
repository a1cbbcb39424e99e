"""Signed assertions in an envelope, the authorities they hang on, and what the verifier says of them."""

import atexit
import shutil
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from lxml import etree

from socle.assertions.making.crafting import Flaw, crafted
from socle.assertions.making.saml import Told
from socle.assertions.making.vihf import VihfSaid, vihf
from socle.assertions.verifier import Judged, Verifier
from socle.pki.folder import Pki
from socle.pki.issuing import Holder
from socle.pki.kinds import Flaw as CertificateFlaw
from socle.pki.kinds import Kind, Subject
from socle.xmldsig.sign import PLAIN, Style

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
DS = "http://www.w3.org/2000/09/xmldsig#"
SOAP = "http://www.w3.org/2003/05/soap-envelope"
STRUCTURE = Subject().structure
PATIENT = "279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH"
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
SAID = VihfSaid(STRUCTURE, PATIENT)


@cache
def pki_folder() -> Path:
    """Thrown away when the process ends."""
    folder = Path(mkdtemp(prefix="socles-test-pki-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def pki() -> Pki:
    """One chain for a whole test process: it takes a second to make."""
    made = Pki(pki_folder())
    made.prepare()
    return made


@cache
def holder(kind: Kind = Kind.ORG_SIGN, flaw: CertificateFlaw | None = None, subject: Subject | None = None) -> Holder:
    return pki().issue(kind, subject, flaw)


def header(
    said: VihfSaid = SAID,
    *,
    flaw: Flaw | None = None,
    style: Style = PLAIN,
    prefix: str = "saml2",
    identifier: str = "_5f0c",
    now: datetime = NOW,
    kind: Kind = Kind.ORG_SIGN,
    structure: str = STRUCTURE,
) -> str:
    """The header block of a VIHF, signed by an organisation unless ``kind`` says otherwise."""
    signer = holder(flaw.kind(kind) if flaw else kind, flaw.certificate if flaw else None, Subject(structure=structure))
    return crafted(lambda told: vihf(told, said), Told(identifier, now, prefix=prefix), signer, style, flaw)


def envelope(block: str, *, declared: bool = True) -> etree._Element:
    """As it is received: in an envelope with declarations of its own, which a ``PrefixList`` may draw in."""
    more = ' xmlns="urn:autre" xmlns:q="urn:q"' if declared else ""
    text = f'<s:Envelope xmlns:s="{SOAP}"{more}><s:Header>{block}</s:Header><s:Body/>'
    return etree.fromstring(f"{text}</s:Envelope>")


def first(root: etree._Element) -> etree._Element:
    """The assertion that a reader takes: the first of the first Security."""
    found = root.find(f"{{{SOAP}}}Header/{{*}}Security/{{{SAML}}}Assertion")
    assert found is not None
    return found


def judged(block: str, *, declared: bool = True) -> Judged:
    """By the verifier, of a message with this header block."""
    root = envelope(block, declared=declared)
    return Verifier(pki()).judge_now(root, first(root))


def rules(block: str, *, declared: bool = True) -> list[str]:
    return [finding.rule.id for finding in judged(block, declared=declared).findings]
