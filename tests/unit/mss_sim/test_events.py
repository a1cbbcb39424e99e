"""One series of revisions per message; counts cumulative; nobody named."""

from datetime import UTC, datetime

from mss_sim.domain import smtp_rules as rules
from mss_sim.domain.acceptance import MssEvent, Origin, events
from mss_sim.domain.recipients import Recipient
from mss_sim.wire.describe import describe_bytes
from support.mails import cda, mail, xdm

ORIGIN = Origin("default", 3, "exchange", "750000001", "750000002", "box", "SA01")
AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
PRO = Recipient("dr@hop.fr", False)
CITIZEN = Recipient("1@patient.mssante.fr", True)
BOUNCED = Recipient("2@patient.mssante.fr", True, failure=rules.CITIZEN_CLOSED)


def series(*recipients: Recipient) -> list[MssEvent]:
    described = describe_bytes(mail(xdm(cda(), cda(stay=None))), None)
    return events(
        "ref", ORIGIN, described.content, recipients, size=10, at=AT, findings=described.findings, patients=["p", None]
    )


def kinds(found: list[MssEvent]) -> list[tuple[str, int]]:
    return [(event.TYPE.split(".")[2], event.revision) for event in found]


def test_delivered_to_all() -> None:
    found = series(PRO, CITIZEN)
    assert kinds(found) == [("accepted", 1), ("delivered", 2)]
    assert (found[0].pro_recipients, found[0].citizen_recipients) == (1, 1)
    assert (found[1].pro_delivered, found[1].citizen_delivered) == (1, 1)
    assert (found[0].epoch, found[0].finess_eg, found[0].sector) == (3, "750000001", "SA01")


def test_partly_delivered() -> None:
    found = series(PRO, CITIZEN, BOUNCED)
    assert kinds(found) == [("accepted", 1), ("delivered", 2), ("failed", 3)]
    last = found[-1]
    assert (last.pro_delivered, last.citizen_delivered, last.pro_failed, last.citizen_failed) == (1, 1, 0, 1)


def test_delivered_to_none() -> None:
    found = series(BOUNCED)
    assert kinds(found) == [("accepted", 1), ("failed", 2)]
    assert found[1].model_dump()["error_code"] == "5.2.1"


def test_documents_link_to_their_stay_or_to_none() -> None:
    linked, alone = series(PRO)[0].docs
    assert (linked.stay_id, linked.linked_by, linked.patient_ref) == ("1.2.3.4.5^S1", "encounter-id", "p")
    assert (alone.stay_id, alone.linked_by, alone.patient_ref) == (None, None, None)
    assert linked.format_code == "urn:ihe:pcc:xphr:2007"


def test_nobody_is_named() -> None:
    text = "".join(event.model_dump_json() for event in series(PRO, CITIZEN, BOUNCED))
    for secret in ("@", "PAT-TROIS", "279035121518989", "1979"):
        assert secret not in text
