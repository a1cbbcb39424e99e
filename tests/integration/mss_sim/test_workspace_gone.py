"""A connection outlives its workspace: no mail is answered with 250 and then seen by nobody."""

import asyncio
import smtplib

import pytest

from socle.control.model import BoxType
from support.mails import mail
from support.mss_served import API, Mss


def begin(client: smtplib.SMTP, sender: str, receiver: str) -> None:
    assert client.mail(sender)[0] == 250
    assert client.rcpt(receiver)[0] == 250


@pytest.mark.parametrize("change", ["reset_workspace", "delete_workspace"])
async def test_a_mail_begun_before_its_workspace_went_is_to_be_sent_again(served: Mss, change: str) -> None:
    sender, receiver = (box.address for box in served.boxes(BoxType.PER)[:2])
    await asyncio.to_thread(served.control.create_workspace, "ws1")
    client = await asyncio.to_thread(served.connect, f"ws1/{sender}")
    await asyncio.to_thread(begin, client, sender, receiver)
    await asyncio.to_thread(getattr(served.control, change), "ws1")
    assert (await asyncio.to_thread(client.data, mail()))[0] == 451
    assert served.rules[-1] == "mss.smtp.workspace-gone"
    again = await asyncio.to_thread(client.mail, sender)
    assert again[0] == (250 if change == "reset_workspace" else 451)
    await asyncio.to_thread(client.close)
    if change == "reset_workspace":
        assert (await served.send(mail(), [receiver], sender=sender, login=f"ws1/{sender}"))[0] == 250
        assert [event.epoch for event in await served.events(2)] == [2, 2]


async def test_a_reset_empties_the_boxes(served: Mss) -> None:
    receiver = served.boxes(BoxType.PER)[1]
    await served.send(mail(), [receiver.address])
    assert len(await served.stored()) == 1
    await asyncio.to_thread(served.control.reset_workspace, "default")
    assert await served.stored() == []
    assert (await served.http.get(f"{API}/boxes/{receiver.address}/messages")).json()["messages"] == []
    await served.send(mail(), [receiver.address])
    assert len(await served.stored()) == 1
    assert [event.epoch for event in await served.events(4)].count(2) == 2


async def test_a_reference_from_before_a_reset_passes_over_no_mail(served: Mss) -> None:
    receiver = served.boxes(BoxType.PER)[1].address
    for _ in range(2):
        await served.send(mail(), [receiver])
    last = (await served.stored())[0]["ref"]
    await asyncio.to_thread(served.control.reset_workspace, "default")
    await served.send(mail(subject="après"), [receiver])
    answer = await served.http.get(f"{API}/messages/wait", params={"after": str(last), "timeout": 1})
    assert answer.json()["subject"] == "après"
