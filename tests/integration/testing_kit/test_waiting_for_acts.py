"""What came in: documents, calls, mails, events, indicators."""

import asyncio
import smtplib
import threading
from dataclasses import replace
from uuid import uuid4

import pytest

from socles.testing import Dmp, Events, ExpectationFailed, Indicators, Insi, Mss, Socles
from support.kit import Deposit, ask_insi

LETTER, SITE, PATIENT = "11490-0", "699050001", "279035121518989"
SOON = 0.2


def send_mail(socles: Socles, subject: str, receiver: str | None = None) -> tuple[str, str]:
    """From the first site's application to its first physician; gives both boxes."""
    sender, physician = socles.population.establishment().mailbox, socles.population.professional().mailbox
    assert sender is not None
    assert physician is not None
    to = receiver or physician
    text = f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{uuid4()}@a.example>\r\n\r\nTexte\r\n"
    with smtplib.SMTP(socles.smtp.host, socles.smtp.port, timeout=20) as client:
        client.starttls(context=socles.smtp.context)
        client.login(socles.smtp.login(sender), socles.smtp.password)
        client.sendmail(sender, [to], text)
    return sender, to


class TestDmp:
    def test_a_deposit_with_all_that_belongs_to_it(self, socles: Socles, dmp: Dmp, deposit: Deposit) -> None:
        deposit()

        found = dmp.expect_deposit(patient=PATIENT, type_code=LETTER, title="Lettre de liaison")

        assert found.patient == PATIENT
        assert found.content.startswith(b"<?xml")
        assert len(found.content) == found.size
        assert (found.status, found.revision, found.replaces, found.findings) == ("Approved", 1, None, ())
        assert found.metadata["language"] == "fr-FR"
        assert found.exchange.request.count(b"<ClinicalDocument") == 1
        assert b"Success" in found.exchange.response
        assert dict(found.exchange.request_headers)["content-type"].startswith("multipart/related")
        assert "x-socles-exchange" in dict(found.exchange.response_headers)
        assert found.exchange.link == f"{socles.url}/console/exchanges/{found.exchange_id}"
        assert found.unique_id in repr(found)

    def test_one_that_comes_later_is_waited_for(self, dmp: Dmp, deposit: Deposit) -> None:
        later = threading.Timer(0.3, deposit)
        later.start()

        assert dmp.expect_deposit(timeout=20).type_code == LETTER
        later.join()

    async def test_from_asyncio(self, dmp: Dmp, deposit: Deposit) -> None:
        waiting = asyncio.create_task(asyncio.to_thread(dmp.expect_deposit, type_code=LETTER, timeout=20))
        await asyncio.to_thread(deposit)

        assert (await waiting).type_code == LETTER

    @pytest.mark.parametrize("wanted", [{"type_code": "34112-3"}, {"title": "Autre"}, {"patient": "1" * 13}])
    def test_another_one_is_not_taken_for_it(self, dmp: Dmp, deposit: Deposit, wanted: dict[str, str]) -> None:
        deposit()

        with pytest.raises(ExpectationFailed, match="found: 0") as failed:
            dmp.expect_deposit(timeout=SOON, **wanted)

        assert "● dmp_sim iti41 : ACCEPTED" in str(failed.value)
        assert dmp.deposits(**wanted) == []

    def test_a_patient_without_a_number_matches_nothing(self, socles: Socles, dmp: Dmp) -> None:
        with pytest.raises(ValueError, match="has no INS"):
            dmp.deposits(patient=replace(socles.population.patient(), ins=None))

    def test_two_where_one_was_expected_are_too_many(self, dmp: Dmp, deposit: Deposit) -> None:
        deposit()
        deposit()

        with pytest.raises(ExpectationFailed, match="found: 2"):
            dmp.expect_deposit()
        assert [one.registered_at for one in dmp.expect_deposits(2)] == sorted(
            one.registered_at for one in dmp.deposits()
        )

    def test_a_refusal(self, dmp: Dmp, deposit: Deposit) -> None:
        token = uuid4()
        deposit(token)
        deposit(token)

        refused = dmp.expect_refused(code="XDSDuplicateUniqueIdInRegistry")

        assert {finding.rule for finding in refused.findings} == {"dmp.duplicate.registered"}
        assert [one.id for one in dmp.refusals()] == [refused.id]
        with pytest.raises(ExpectationFailed, match="code='XDSRegistryBusy'"):
            dmp.expect_refused(code="XDSRegistryBusy", timeout=SOON)


class TestInsi:
    def test_a_call(self, socles: Socles, insi: Insi) -> None:
        ask_insi(socles)

        assert insi.expect_call(outcome="00").finess == SITE
        assert [call.code for call in insi.calls()] == ["00"]
        with pytest.raises(ExpectationFailed, match="outcome='01'"):
            insi.expect_call(outcome="01", timeout=SOON)

    def test_a_fault_by_its_short_code(self, socles: Socles, insi: Insi) -> None:
        socles.inject(service="ins_sim", effect="refuse", code="siram_40/insi_102")
        ask_insi(socles)

        assert insi.expect_call(outcome="insi_102").code == insi.calls(outcome="siram_40/insi_102")[0].code


class TestMss:
    def test_a_mail_and_the_next(self, socles: Socles, mss: Mss) -> None:
        sender, receiver = send_mail(socles, "Premier")
        first = mss.wait_for_mail(to=receiver, subject="Prem", sender=sender)
        send_mail(socles, "Second")

        assert mss.wait_for_mail(after=first).subject == "Second"
        assert [mail.subject for mail in mss.mails(to=receiver)] == ["Premier", "Second"]
        assert first.message.get_content().strip() == "Texte"
        assert (first.recipients, first.failed) == ((receiver,), ())
        assert first.exchange.status == 250
        assert "mss.eco.x-mss-nil" in {finding.rule for finding in first.findings}
        assert mss.wait_for_mail(message_id=first.message_id).ref == first.ref
        assert first.raw.startswith(b"From: ")

    def test_no_mail(self, mss: Mss) -> None:
        with pytest.raises(ExpectationFailed, match="subject='Rien'"):
            mss.wait_for_mail(subject="Rien", timeout=SOON)

    def test_a_refusal(self, socles: Socles, mss: Mss) -> None:
        domain = socles.population.professional().mailbox or ""
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send_mail(socles, "Perdu", f"personne@{domain.partition('@')[2]}")

        assert mss.expect_refused(code=550).findings[0].rule == "mss.smtp.unknown-recipient"


class TestEvents:
    @pytest.mark.parametrize(
        "name", ["dmp.document.registered", "dmp.document.registered.v1", "fr.socles.dmp.document.registered.v1"]
    )
    def test_one_by_its_name(self, dmp: Dmp, events: Events, deposit: Deposit, name: str) -> None:
        deposit()

        found = events.expect(type=name, subject=dmp.expect_deposit().entry_uuid)

        assert (found.type, found.topic) == ("fr.socles.dmp.document.registered.v1", "socles.dmp.v1")
        assert found.data["typeCode"] == LETTER

    def test_all_of_a_workspace(self, socles: Socles, events: Events, deposit: Deposit) -> None:
        deposit()
        ask_insi(socles)
        send_mail(socles, "Bonjour")

        assert {found.type.split(".")[2] for found in events.all()} == {"dmp", "insi", "mss"}
        with pytest.raises(ExpectationFailed, match=r"'stay\.ended'"):
            events.expect(type="stay.ended", timeout=SOON)


class TestIndicators:
    def test_a_count_of_a_site_and_of_all(self, indicators: Indicators, deposit: Deposit) -> None:
        deposit()

        counted = indicators.expect("DMP-VOL", establishment=SITE, num=1)

        assert (counted.den, counted.measures["typeCode=11490-0"]) == (None, 1)
        assert indicators.read("DMP-VOL").num == 1
        assert indicators.read("DMP-VOL", establishment="699050019").num == 0

    def test_what_a_block_moves(self, indicators: Indicators, deposit: Deposit) -> None:
        deposit()
        indicators.expect("DMP-VOL", num=1)

        with indicators.moved("DMP-VOL", establishment=SITE, num=2), indicators.moved("INSI-SUCCES"):
            deposit()
            deposit()

    def test_what_does_not_come(self, indicators: Indicators) -> None:
        with pytest.raises(ExpectationFailed, match="expected num=7, found num=0"):
            indicators.expect("DMP-VOL", num=7, timeout=SOON)
