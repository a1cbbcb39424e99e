"""An exchange of the journal read back as a call, or not at all."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ins_sim.homologation.reading import called
from ins_sim.homologation.view import case_view
from ins_sim.wire.names import OPERATION
from socle.blobs import BlobRef
from socle.exchange import Recorded
from socle.journal.entry import COLUMNS, CONTENT, row, whole
from support import insi, insi_card
from support.homologation import START, Session
from support.journal_suite import act

ANSWER = insi.message('<RESULTAT xmlns="http://www.cnamts.fr/INSiResultat"><CR><CodeCR>01</CodeCR></CR></RESULTAT>')
KIND = [("Content-Type", insi.CONTENT_TYPE)]


def entry(
    request: object,
    response: bytes = ANSWER,
    *,
    most: int = 100_000,
    request_headers: list[tuple[str, str]] = KIND,
    **changed: object,
) -> dict[str, Any]:
    """As ``JournalStore.get`` gives it."""
    one = act(1)
    one.operation, one.received_at = OPERATION, START
    one.request = Recorded(list(request_headers), [request])  # type: ignore[list-item]
    one.response = Recorded([], [response])
    for name, value in changed.items():
        setattr(one, name, value)
    flat = row(one, most)
    columns = dict(zip(COLUMNS + CONTENT, flat.columns + flat.content, strict=True))
    return whole(columns, flat.content[1], flat.content[2], lambda ref: None)


def searched(**more: str) -> bytes:
    return insi.message(insi.body("D’ÆION", ["CŒUR", "B C"], "M", "1987-01-25"), insi.blocks(**more))


def test_traits_software_and_answer_are_read_as_they_went() -> None:
    found = called(entry(searched()))
    assert found is not None
    assert (found.sent.name, found.sent.tokens, found.sent.place) == ("D’ÆION", ("CŒUR", "B", "C"), "")
    assert found.software == ("GE000000000", "essai", "2.1")
    assert found.answered is not None
    assert (found.answered.code, found.answered.matricule, found.authenticated) == ("01", "", "")
    assert found.at == START


@pytest.mark.parametrize(
    ("security", "tls", "expected"),
    [
        (insi.assertion("CPS"), None, "card"),
        (insi.assertion("PSC"), "TLSv1.3", "psc"),
        ("", "TLSv1.3 CN=INSI-AUTO OU=10B0152872 n° 1f", "certificate"),
        ("<wsse:Security xmlns:wsse='urn:x'/>", "TLSv1.3", ""),
    ],
)
def test_who_calls_is_told_by_assertion_or_client_certificate(security: str, tls: str | None, expected: str) -> None:
    found = called(entry(searched(security=security), tls=tls))
    assert found is not None
    assert found.authenticated == expected


def test_a_message_sent_again_is_told_from_the_softwares() -> None:
    for headers, expected in ((KIND, False), ([*KIND, ("X-Socles-Replay", "console")], True)):
        found = called(entry(searched(), request_headers=headers))
        assert found is not None
        assert found.replayed is expected


def test_a_search_by_card_tells_its_assertion_apart() -> None:
    vitale = '<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_v" IssueInstant="{}"/>'
    security = insi.assertion("CPS").replace(
        "</wsse:Security>", vitale.format("2026-11-30T08:59:00Z") + "</wsse:Security>"
    )
    found = called(entry(insi_card.card_message(headers=insi_card.card_blocks(security=security))))
    assert found is not None
    assert (found.sent.insured, found.sent.born, found.sent.rank) == (insi_card.RUTH, "1977-07-14", "1")
    assert found.vitale == ("_v", START - timedelta(minutes=1))
    assert found.authenticated == "card"


@pytest.mark.parametrize(
    "changed",
    [
        {"request": b"<nothing"},
        {"request": b"<!DOCTYPE a><a/>"},
        {"request": b"<a/>"},
        {"request": BlobRef("0" * 64, 9)},
        {"request": searched(), "most": 50},
        {"request": searched(), "redacted": True},
    ],
)
def test_what_was_not_kept_whole_or_is_no_call_is_not_read(changed: dict[str, Any]) -> None:
    assert called(entry(**changed)) is None


def test_an_answer_that_was_cut_off_is_none() -> None:
    found = called(entry(searched(), ANSWER[:-20]))
    assert found is not None
    assert found.answered is None


def test_of_endless_traits_only_the_beginning_is_held() -> None:
    found = called(entry(insi.message(insi.body("A" * 9999, ["B" * 9999] * 500, "M" * 9999, "2" * 9999)), most=10**7))
    assert found is not None
    assert len(found.sent.name) == len(found.sent.given[0]) == len(found.sent.sex) == 300
    assert len(found.sent.given) == 30


def test_of_very_many_attempts_the_newest_and_the_one_that_counts_are_told() -> None:
    session = Session()
    session.play("2.05")
    for _ in range(40):
        session.play("2.05")
        session.calls[-1] = replace(session.calls[-1], fault="any.latency")
    view = case_view(session.judged("2.05"), "/")
    assert (len(view.attempts), view.left_out) == (26, 15)
    assert [one.counts for one in view.attempts] == [False] * 25 + [True]
