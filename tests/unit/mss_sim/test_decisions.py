"""Workspaces, senders, recipients, citizens, reports: decisions from facts."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from mss_sim.domain import smtp_rules as rules
from mss_sim.domain.patients import citizen_ins, is_citizen
from mss_sim.domain.recipients import Recipient, decide_recipient, decide_sender
from mss_sim.domain.report import Original, build_report, failures, successes
from mss_sim.domain.workspaces import Chosen, choose_workspace, strip_label
from socle.control.model import Box, BoxType, Person
from socle.identifiers.ins import make_ins

WORKSPACES = {"default", "ws1", "chu"}


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("dr@chu.mssante.fr", Chosen("default", "dr@chu.mssante.fr")),
        ("DR@Hop.Mssante.fr", Chosen("default", "dr@hop.mssante.fr")),
        ("ws1/dr@hop.mssante.fr", Chosen("ws1", "dr@hop.mssante.fr")),
        ("ws1/dr@ws1.hop.mssante.fr", Chosen("ws1", "dr@hop.mssante.fr")),
        ("nosuch/dr@hop.mssante.fr", Chosen("nosuch", "dr@hop.mssante.fr")),
        ("dr@ws1.hop.mssante.fr", Chosen("ws1", "dr@hop.mssante.fr")),
        ("dr@nosuch.hop.mssante.fr", Chosen("default", "dr@nosuch.hop.mssante.fr")),
        ("dr@ws1.fr", Chosen("default", "dr@ws1.fr")),
        ("", Chosen("default", "")),
    ],
)
def test_the_workspace_of_a_login(login: str, expected: Chosen) -> None:
    known = WORKSPACES - {"chu"}
    assert choose_workspace(login, known.__contains__) == expected


def test_labels_are_stripped_in_their_own_workspace_only() -> None:
    assert strip_label("A@ws1.hop.fr", "ws1") == "a@hop.fr"
    assert strip_label("a@ws2.hop.fr", "ws1") == "a@ws2.hop.fr"
    assert strip_label("", "ws1") == ""


def test_senders() -> None:
    assert decide_sender("", "a@b.fr") is None
    assert decide_sender("a@b.fr", "a@b.fr") is None
    refused = decide_sender("c@b.fr", "a@b.fr")
    assert refused is not None
    assert refused.rule is rules.SENDER


def box(state: str = "open", address: str = "a@b.fr") -> Box:
    return Box(address, BoxType.PER, "A", state=state)


@pytest.mark.parametrize(
    ("found", "rule"),
    [(box(), None), (box("closed"), rules.CLOSED), (box("full"), rules.FULL), (None, rules.UNKNOWN_RECIPIENT)],
)
def test_professional_boxes_answer_at_once(found: Box | None, rule: object) -> None:
    answer = decide_recipient("a@b.fr", found, None, lambda domain: domain == "b.fr")
    assert answer.failure is None
    assert (answer.refusal.rule if answer.refusal else None) is rule


def test_unknown_domains() -> None:
    answer = decide_recipient("a@elsewhere.fr", None, None, lambda _: False)
    assert answer.refusal is not None
    assert answer.refusal.rule is rules.UNKNOWN_DOMAIN


INS = make_ins(sex="F", year=1980, month=2, place="63220", order=12)


def person(state: str) -> Person:
    return Person("p", "DUPONT", ("ANNE",), "F", datetime(1980, 2, 1).date(), "63220", None, citizen_mailbox=state)


@pytest.mark.parametrize(
    ("state", "failure"),
    [
        ("open", None),
        ("closed", rules.CITIZEN_CLOSED),
        ("full", rules.CITIZEN_FULL),
        ("none", rules.CITIZEN_UNKNOWN),
    ],
)
def test_citizens_are_taken_and_may_bounce(state: str, failure: object) -> None:
    address = f"{INS.value}@patient.mssante.fr"
    assert decide_recipient(address, None, person(state), lambda _: True).failure is failure
    assert decide_recipient(address, box(state, address), None, lambda _: True).failure is failure
    assert decide_recipient(address, None, None, lambda _: True).failure is rules.CITIZEN_UNKNOWN


@pytest.mark.parametrize("local", ["jean.dupont", "12345", f"{INS.matricule}00"])
def test_a_citizens_address_that_is_none(local: str) -> None:
    answer = decide_recipient(f"{local}@patient.mssante.fr", None, None, lambda _: True)
    assert (answer.refusal, answer.failure) == (None, rules.CITIZEN_INVALID)


def test_citizens_addresses() -> None:
    assert citizen_ins(f"{INS.value}@PATIENT.mssante.fr") is not None
    assert citizen_ins("180022a00400155@patient.mssante.fr") is not None
    assert citizen_ins(f"{INS.value}@hop.mssante.fr") is None
    assert is_citizen("x@Patient.Mssante.fr")
    assert not is_citizen("x@notpatient.mssante.fr")


FAILED = Recipient("f@patient.mssante.fr", True, orcpt="rfc822;F@patient.mssante.fr", failure=rules.CITIZEN_CLOSED)


def test_who_is_reported() -> None:
    never = Recipient("n@x.fr", True, frozenset(), failure=rules.CITIZEN_CLOSED)
    asked = Recipient("s@x.fr", False, frozenset({"SUCCESS"}))
    silent = Recipient("q@x.fr", False)
    assert failures([FAILED, never, asked, silent]) == [FAILED]
    assert successes([FAILED, never, asked, silent]) == [asked]


@pytest.mark.parametrize("headers_only", [False, True])
def test_a_report_is_what_rfc_3464_says(headers_only: bool) -> None:
    raw = b"Subject: Bonjour\r\nMessage-ID: <1@x>\r\n\r\nTexte\r\n"
    original = Original("ref", "dr@hop.fr", "QQ314", headers_only, raw)
    at = datetime(2026, 1, 5, 9, tzinfo=UTC)
    report = build_report(original, [FAILED], reference="r1", hostname="smtp.test", at=at)
    message = message_from_bytes(report, policy=policy.default)
    assert message["Subject"] == "Message non distribué"
    assert message.get_content_type() == "multipart/report"
    assert not message.defects
    text, status, returned = message.iter_parts()
    assert "fermée" in text.get_content()
    envelope, recipient = status.get_payload()
    assert envelope["Original-Envelope-Id"] == "QQ314"
    assert recipient["Original-Recipient"] == "rfc822;F@patient.mssante.fr"
    assert (recipient["Action"], recipient["Status"]) == ("failed", "5.2.1")
    assert returned.get_content_type() == ("text/rfc822-headers" if headers_only else "message/rfc822")
    assert (b"Texte" in report) is not headers_only
    assert b"Bonjour" in report
