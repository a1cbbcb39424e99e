"""Every rule on a message and its IHE_XDM archive, broken alone by one mail and satisfied by the sound one."""

from collections.abc import Callable

from mss_sim.wire.describe import Described, describe_bytes
from socle.control.model import BoxType
from socle.rules import Strictness, refusing
from support.mails import SUBJECT, cda, mail, metadata, xdm, zipped
from support.rule_table import RuleTable

DOC = cda()
OTHER_PATIENT = cda(ins=("153108809501123", "1.2.250.1.213.1.4.10"), family="DURAND", given="PAUL")
FOLDER = "IHE_XDM/SUBSET01"
NO_CODES = {"X-MSS-CODECDA": "", "X-MSS-INS": ""}
TWO_CODES = {"X-MSS-CODECDA": "11488-4,11488-4"}
TWO = "XDM/1.0/DDM+2 documents PAT-TROIS DOMINIQUE"
ATTACKS = ("mss.xdm.bomb", "mss.xdm.unsafe-path")


def closed(archive: bytes) -> bytes:
    """A mail whose archive tells of no CDA: its headers declare none."""
    return mail(archive, headers=NO_CODES)


def archived(**files: bytes) -> bytes:
    """METADATA.XML and D.XML, named by their first words."""
    return zipped({f"{FOLDER}/{name}.XML": content for name, content in files.items()})


def slipped(name: str) -> bytes:
    return zipped({f"{FOLDER}/METADATA.XML": metadata([("D.XML", DOC)]), f"{FOLDER}/D.XML": DOC, name: b"x"})


def many_parts() -> bytes:
    """Over a thousand parts, under headers that announce what cannot be found in them."""
    head = mail(xdm(DOC)).partition(b"Content-Type: ")[0]
    return head + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n" + b"--B\r\n\r\n\r\n" * 1100


BROKEN = [
    ("eco.body", mail().replace(b"text/plain", b"text/html")),
    ("eco.message-id", mail(message_id=None)),
    ("eco.message-id", mail(message_id="<no-at-sign>")),
    ("eco.one-patient", mail(xdm(DOC, OTHER_PATIENT), pdfs=2, subject=TWO, headers=TWO_CODES)),
    ("eco.pdf-a", mail(xdm(DOC), pdf=b"%PDF-1.7")),
    ("eco.pdf-missing", mail(xdm(DOC), pdf=None)),
    ("eco.pdf-missing", mail(xdm(DOC, DOC), pdfs=1, subject=TWO, headers=TWO_CODES)),
    ("eco.pdf-name", mail(xdm(DOC), pdf_name="compte-rendu.pdf")),
    ("eco.sender-label", mail().replace(b"Dr_Jeanne_MARTIN_CHU", b"Docteur Martin")),
    ("eco.subject", mail(xdm(DOC), subject="Compte rendu de Mme PAT-TROIS")),
    ("eco.subject", mail(xdm(DOC), subject=SUBJECT.replace("PAT-TROIS", "PAT-QUATRE"))),
    ("eco.utf-8", mail().replace(b'charset="utf-8"', b'charset="iso-8859-1"')),
    ("eco.utf-8", mail().replace(b"Veuillez", b"Ve\xe9illez")),
    ("eco.x-mss-codecda", mail(xdm(DOC), headers={"X-MSS-CODECDA": "34112-3"})),
    ("eco.x-mss-codecda", mail(headers={"X-MSS-CODECDA": "34112-3"})),
    ("eco.x-mss-ins", mail(xdm(DOC), headers={"X-MSS-INS": "N"})),
    ("eco.x-mss-ins", mail(xdm(cda(ins=None)))),
    ("eco.x-mss-nil", mail(headers={"X-MSS-NIL": ""})),
    ("eco.xdm-missing", mail(subject=SUBJECT)),
    ("mail.mime-limit", many_parts()),
    ("xdm.bomb", closed(archived(METADATA=b" " * 20_000_000))),
    ("xdm.bomb", closed(zipped({f"d{index}.xml": b"" for index in range(501)}))),
    ("xdm.document-missing", closed(archived(METADATA=metadata([("GONE.XML", DOC)])))),
    ("xdm.hash-differs", mail(xdm(DOC, hash="0" * 40))),
    ("xdm.metadata-missing", closed(archived(DOC00001=DOC))),
    ("xdm.metadata-unreadable", closed(archived(METADATA=b"<x/>"))),
    ("xdm.not-cda", closed(xdm(b"<html/>"))),
    ("xdm.size-differs", mail(xdm(DOC, size="12"))),
    ("xdm.unreadable", closed(b"not a zip")),
    ("xdm.unsafe-path", mail(slipped("../evil.xml"))),
    ("xdm.unsafe-path", mail(slipped("C:\\x.xml"))),
]


def told(described: Described) -> list[str]:
    return [finding.rule.id for finding in described.findings]


def test_each_rule_is_broken_alone_and_satisfied(record_property: Callable[[str, object], None]) -> None:
    table = RuleTable("MSSanté, message")
    table.case("a sound mail", told(describe_bytes(mail(xdm(DOC)), BoxType.PER)))
    table.case("a mail of words", told(describe_bytes(mail(), BoxType.PER)), satisfies=("mss.mail.",))
    for number, (name, raw) in enumerate(BROKEN):
        rule = f"mss.{name}"
        described = describe_bytes(raw, BoxType.PER)
        table.case(f"mail {number}", told(described), rule)
        refused = [finding.rule.id for finding in refusing(described.findings, Strictness.OFFICIAL)]
        assert refused == ([rule] if rule in ATTACKS else []), "the others are told, and the mail goes its way"
    table.close(record_property)


def test_a_message_of_too_many_parts_keeps_its_subject() -> None:
    assert describe_bytes(many_parts(), None).content.subject == SUBJECT
