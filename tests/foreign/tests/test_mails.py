"""Mail reaches its box."""

import pytest
from hospital import mail as software
from hospital.settings import Settings

from socles.testing import Mss, Socles


@pytest.mark.parametrize("number", range(25))
def test_a_mail_is_delivered(settings: Settings, socles: Socles, mss: Mss, number: int) -> None:
    sender = socles.population.establishment().mailbox
    receiver = socles.population.professional().mailbox
    assert sender
    assert receiver

    assert software.send(settings, sender, receiver, f"Bonjour {number}", "Texte", socles.smtp.context)

    mail = mss.wait_for_mail(to=receiver, subject=f"Bonjour {number}")
    assert mail.message.get_content().strip() == "Texte"
    assert [one.subject for one in mss.mails(sender=sender)] == [f"Bonjour {number}"]


@pytest.mark.parametrize("number", range(15))
def test_a_box_that_does_not_exist_is_told_to_the_sender(
    settings: Settings, socles: Socles, mss: Mss, number: int
) -> None:
    sender = socles.population.establishment().mailbox
    assert sender
    nobody = f"personne{number}@{sender.partition('@')[2]}"

    assert not software.send(settings, sender, nobody, "Bonjour", "Texte", socles.smtp.context)

    mss.expect_refused(code=550)
    assert mss.mails() == []
