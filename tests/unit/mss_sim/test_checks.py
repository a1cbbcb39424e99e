"""The check report: a sound mail has no finding, and each rule is broken once."""

import pytest

from mss_sim.domain.message import MailContent
from mss_sim.wire.describe import describe_bytes, is_archive
from mss_sim.wire.mime import parse_mail
from socle.control.model import BoxType
from socle.rules import Strictness, refusing
from support.mails import PDF_A, SUBJECT, cda, mail, xdm

DOC = cda()


def broken(raw: bytes, sender: BoxType = BoxType.PER) -> list[str]:
    described = describe_bytes(raw, sender)
    assert refusing(described.findings, Strictness.OFFICIAL) == []
    return sorted(finding.rule.id.removeprefix("mss.eco.") for finding in described.findings)


def test_a_sound_mail_breaks_nothing() -> None:
    assert broken(mail(xdm(DOC))) == []
    assert broken(mail()) == []
    assert broken(mail(xdm(DOC), subject=SUBJECT.removesuffix(" 28/03/1979"))) == []


def test_several_documents_of_one_patient() -> None:
    archive = xdm(DOC, cda(code="34112-3"))
    subject = "XDM/1.0/DDM+2 documents PAT-TROIS DOMINIQUE"
    found = broken(mail(archive, subject=subject, headers={"X-MSS-CODECDA": "11488-4,34112-3"}))
    assert found == ["pdf-missing"]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (mail(xdm(DOC), pdf=None), ["pdf-missing"]),
        (mail(xdm(DOC), pdf=b"%PDF-1.7"), ["pdf-a"]),
        (mail(xdm(DOC), pdf_name="compte-rendu.pdf"), ["pdf-name"]),
        (mail(xdm(DOC), subject="Compte rendu de Mme PAT-TROIS"), ["subject"]),
        (mail(xdm(DOC), subject=SUBJECT.replace("PAT-TROIS", "PAT-QUATRE")), ["subject"]),
        (mail(subject=SUBJECT), ["xdm-missing"]),
        (mail(message_id=None), ["message-id"]),
        (mail(message_id="<no-at-sign>"), ["message-id"]),
        (mail(xdm(DOC), headers={"X-MSS-CODECDA": "34112-3"}), ["x-mss-codecda"]),
        (mail(headers={"X-MSS-CODECDA": "34112-3"}), ["x-mss-codecda"]),
        (mail(xdm(DOC), headers={"X-MSS-INS": "N"}), ["x-mss-ins"]),
        (mail(xdm(cda(ins=None))), ["x-mss-ins"]),
        (mail(headers={"X-MSS-NIL": ""}), ["x-mss-nil"]),
        (mail().replace(b"Dr_Jeanne_MARTIN_CHU", b"Docteur Martin"), ["sender-label"]),
        (mail().replace(b'charset="utf-8"', b'charset="iso-8859-1"'), ["utf-8"]),
        (mail().replace(b"Veuillez", b"Ve\xe9illez"), ["utf-8"]),
        (mail().replace(b"text/plain", b"text/html"), ["body"]),
    ],
)
def test_each_rule_broken_once(raw: bytes, expected: list[str]) -> None:
    assert broken(raw) == expected


def test_two_patients_in_one_message() -> None:
    other = cda(ins=("153108809501123", "1.2.250.1.213.1.4.10"), family="DURAND", given="PAUL")
    found = broken(mail(xdm(DOC, other), pdf=PDF_A, headers={"X-MSS-CODECDA": "11488-4,11488-4"}))
    assert "one-patient" in found


def test_an_organisation_writes_its_own_label() -> None:
    assert broken(mail().replace(b"Dr_Jeanne_MARTIN_CHU", b"Urgences"), BoxType.ORG) == []


@pytest.mark.parametrize("name", ["IHE_XDM.ZIP", "IHE_XDM.zip", "ihe_xdm.Zip", "mon_XDM.zip"])
def test_archives_are_known_by_name(name: str) -> None:
    described = describe_bytes(mail(xdm(DOC), filename=name), BoxType.PER)
    assert [archive.filename for archive in described.content.archives] == [name]


def test_other_zips_are_left_alone() -> None:
    content: MailContent = parse_mail(mail(xdm(DOC), filename="images.zip"))
    assert not any(is_archive(part) for part in content.root.leaves())
    unnamed = mail(xdm(DOC)).replace(b'; filename="IHE_XDM.ZIP"', b"")
    assert any(is_archive(part) for part in parse_mail(unnamed).root.leaves())


def test_a_large_message_returns_its_headers_only() -> None:
    raw = mail() + b"x" * 1_200_000
    returned = describe_bytes(raw, None).returned
    assert raw.startswith(returned)
    assert returned.endswith(b"\r\n\r\n")


def test_a_message_of_too_many_parts_is_told_and_not_analysed() -> None:
    raw = b"Subject: x\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n" + b"--B\r\n\r\n\r\n" * 1100
    described = describe_bytes(raw, None)
    assert "mss.mail.mime-limit" in {finding.rule.id for finding in described.findings}
    assert described.content.subject == "x"
    assert "mss.mail.mime-limit" not in {finding.rule.id for finding in describe_bytes(mail(), None).findings}
