"""The check report of sound mails, and what is an archive; what breaks each rule is in ``test_message_rules``."""

import pytest

from mss_sim.domain.message import MailContent
from mss_sim.wire.describe import describe_bytes, is_archive
from mss_sim.wire.mime import parse_mail
from socle.control.model import BoxType
from socle.rules import Strictness, refusing
from support.mails import SUBJECT, cda, mail, xdm

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
