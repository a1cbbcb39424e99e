"""What comes back by mail: citizens' bounces, and delivery reports on demand."""

from mss_sim.domain.patients import CITIZEN_DOMAIN
from socle.control.model import BoxType
from socle.identifiers.ins import make_ins
from support.mails import mail
from support.mss_served import API, Mss


async def test_a_citizens_bounce_comes_back_by_mail(small: Mss) -> None:
    sender, _ = small.two
    citizen = small.boxes(BoxType.CITIZEN)[0]
    gone = make_ins(sex="F", year=1990, month=1, place="63220", order=999)
    for address, raw, code, rule in (
        (citizen.address, mail(text="x" * 6000), "5.3.4", "mss.citizen.size"),
        (f"nobody@{CITIZEN_DOMAIN}", mail(), "5.1.3", "mss.citizen.invalid-address"),
    ):
        assert (await small.send(raw, [address]))[0] == 250
        assert rule in small.rules
        report = (await small.http.get(f"{API}/messages/wait", params={"to": sender.address})).json()
        assert (report["kind"], report["mailFrom"], report["subject"]) == ("report", "", "Message non distribué")
        content = (await small.http.get(f"{API}/messages/{report['ref']}/raw")).content.decode()
        assert f"Status: {code}" in content
        assert f"Final-Recipient: rfc822; {address}" in content
    accepted, failed = (await small.events(4))[:2]
    assert (accepted.TYPE, failed.TYPE) == ("mss.message.accepted.v1", "mss.message.failed.v1")
    assert (failed.citizen_failed, failed.citizen_delivered, failed.revision) == (1, 0, 2)
    assert gone.value not in repr(small.journal.exchanges)


async def test_a_delivery_report_on_demand_and_none_with_never(served: Mss) -> None:
    sender, receiver = served.two
    options = {"mail": ["RET=HDRS", "ENVID=e1"], "rcpt": ["NOTIFY=SUCCESS", f"ORCPT=rfc822;{receiver.address}"]}
    assert (await served.send(mail(), [receiver.address], **options))[0] == 250
    report = (await served.http.get(f"{API}/messages/wait", params={"to": sender.address})).json()
    content = (await served.http.get(f"{API}/messages/{report['ref']}/raw")).content.decode()
    for line in ("Original-Envelope-Id: e1", f"Original-Recipient: rfc822;{receiver.address}", "Action: delivered"):
        assert line in content
    assert "Cordialement" not in content
    await served.send(mail(), [f"nobody@{CITIZEN_DOMAIN}"], rcpt=["NOTIFY=NEVER"])
    await served.send(mail(), [f"nobody@{CITIZEN_DOMAIN}"], sender="", login=sender.address)
    assert sum(item["kind"] == "report" for item in await served.stored()) == 1
