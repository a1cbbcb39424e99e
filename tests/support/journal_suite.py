"""What every journal promises, whatever the database: inherit, and give the fixture ``settings``."""

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from socle.blobs import Blob, BlobRef
from socle.control.known import NOT_FICTITIOUS
from socle.exchange import Exchange, Outcome, Recorded
from socle.journal import tables
from socle.journal.settings import JournalSettings
from socle.journal.store import JournalStore
from socle.rules import Certainty, Rule, Severity
from socle.settings import GroundSettings

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
WARNED = Rule("mss.test", "Titre", "Title", "a source", Certainty.OURS, "mend it", Severity.WARNING)
BROKEN = Rule("dmp.test", "Titre", "Title", "a source", Certainty.FAITHFUL, "mend it")


def act(number: int = 0, *, workspace: str = "default", body: bytes = b"<a>\xc3\xa9</a>", **more: object) -> Exchange:
    made = Exchange(
        service="dmp_sim",
        protocol="soap",
        workspace=workspace,
        epoch=1,
        received_at=NOON + timedelta(seconds=number),
        operation="ITI-41",
        request=Recorded([("Content-Type", "text/xml"), ("X-Name", "MARTIN")], [body]),
        response=Recorded([("Server", "socles")], [b"\xff\x00"]),
        status=200,
    )
    for name, value in more.items():
        setattr(made, name, value)
    made.finish()
    return made


class OpenJournal:
    """Gives ``journal``, open, on the database of the fixture ``settings``."""

    @pytest.fixture
    def journal(self, settings: GroundSettings) -> Iterator[JournalStore]:
        store = JournalStore(settings)
        store.open()
        yield store
        store.close()


class JournalSuite(OpenJournal):
    """Kept as it was, referred to, cut, redacted."""

    def test_an_entry_comes_back_whole(self, journal: JournalStore) -> None:
        one = act(
            subject="doc-1", code="XDSMissingDocument", outcome=Outcome.REFUSED, events=["e1"], tls="CN=x", fault="f"
        )
        one.findings.append(BROKEN.finding(where="/a", expected="b", found="c", line=3))
        journal.record(one)
        entry = journal.get(one.id)
        assert entry is not None
        assert entry["request"]["body"] == [{"text": "<a>é</a>"}]
        assert entry["response"]["body"] == [{"base64": "/wA="}]
        assert entry["request"]["headers"] == [["Content-Type", "text/xml"], ["X-Name", "MARTIN"]]
        assert entry["findings"][0] | {"rule": "dmp.test", "line": 3} == entry["findings"][0]
        assert (entry["outcome"], entry["code"], entry["subject"]) == ("refused", "XDSMissingDocument", "doc-1")
        assert (entry["tls"], entry["fault"], entry["events"]) == ("CN=x", "f", ["e1"])
        assert entry["receivedAt"] == "2026-03-01T12:00:00Z"
        assert entry["durationMs"] == pytest.approx(one.duration_ms, abs=0.001)
        assert journal.raw(one.id, "request") == "<a>é</a>".encode()
        assert journal.get("nobody") is None
        assert journal.raw("nobody", "request") is None

    def test_blobs_stay_references_and_are_put_back_when_asked(self, journal: JournalStore) -> None:
        ref = BlobRef("ab" * 32, 3)
        one = act(request=Recorded([], [b"head", ref, b"tail"]))
        journal.record(one)
        entry = journal.get(one.id)
        assert entry is not None
        assert entry["request"]["body"] == [
            {"text": "head"},
            {"blob": {"sha256": ref.sha256, "size": 3}},
            {"text": "tail"},
        ]
        assert entry["request"]["size"] == 11
        with pytest.raises(LookupError, match="gone"):
            journal.raw(one.id, "request")
        journal.read_blobs_with(lambda wanted: None)
        journal.read_blobs_with(lambda wanted: b"BLO" if wanted == ref else None)
        assert journal.raw(one.id, "request") == b"headBLOtail"

    def test_what_the_act_has_stored_is_referred_to_and_shown_in_its_place(self, journal: JournalStore) -> None:
        xml, scan, small = (Blob.of(content) for content in (b"<doc>" * 400, b"\xff" * 1024, b"s" * 1023))
        sent = [blob.read() for blob in (xml, scan, small)]
        copy = bytes(bytearray(sent[0]))
        one = act(request=Recorded([], [b"head", *sent, copy]), stored=(xml, scan, small))
        refused = act(request=Recorded([], [b"head", *sent]))
        journal.record(one)
        journal.record(refused)
        text = {"text": "<doc>" * 400}
        shown = [{"text": "head"}, text, {"base64": b64encode(sent[1]).decode()}, {"text": "s" * 1023}]
        gaps = [{"blob": {"sha256": blob.sha256, "size": blob.size}} for blob in (xml, scan)]
        entry = journal.get(one.id)
        assert entry is not None
        assert entry["request"]["body"] == [shown[0], *gaps, shown[3], text]
        assert entry["request"]["size"] == 4 + 2000 + 1024 + 1023 + 2000
        assert entry["size"] == 4 + 1023 + 2000 + len(b"\xff\x00")
        with pytest.raises(LookupError, match="gone"):
            journal.raw(one.id, "request")
        kept = {blob.ref: blob.read() for blob in (xml, scan)}
        journal.read_blobs_with(kept.get)
        entry = journal.get(one.id)
        assert entry is not None
        assert entry["request"]["body"] == [*shown, text]
        assert journal.raw(one.id, "request") == b"".join([b"head", *sent, copy])
        kept.clear()
        assert journal.raw(refused.id, "request") == b"".join([b"head", *sent])

    def test_a_long_body_is_cut_and_says_so(self, settings: GroundSettings) -> None:
        journal = JournalStore(settings, JournalSettings(max_body_bytes=5))
        journal.open()
        one = act(request=Recorded([], [b"abc", b"defgh"]))
        journal.record(one)
        entry = journal.get(one.id)
        journal.close()
        assert entry is not None
        assert entry["request"] == {"headers": [], "size": 8, "cut": True, "body": [{"text": "abc"}, {"text": "de"}]}

    def test_a_real_patient_leaves_no_trace(self, journal: JournalStore) -> None:
        one = act(redacted=True, subject="MARTIN", outcome=Outcome.REFUSED)
        one.findings = [
            NOT_FICTITIOUS.finding(found="an unknown matricule"),
            BROKEN.finding(found="MARTIN", expected="DURAND"),
        ]
        journal.record(one)
        entry = journal.get(one.id)
        assert entry is not None
        text = json.dumps(entry)
        assert "MARTIN" not in text
        assert "DURAND" not in text
        assert entry["request"]["size"] == len(one.request.body[0])  # type: ignore[arg-type]
        assert entry["request"]["headers"] == [["Content-Type", "text/xml"], ["X-Name", "…"]]
        assert entry["rules"] == ["patient.not-fictitious", "dmp.test"]
        assert entry["findings"][0]["found"] == "an unknown matricule"
        with journal._database.reading() as connection:
            rows = connection.execute(select(tables.exchange)).all()
        assert len(rows) == 1
        assert "MARTIN" not in str(rows)

    def test_text_that_no_database_holds_is_kept_as_near_as_may_be(self, journal: JournalStore) -> None:
        one = act(subject="a\0b\udcffc", code="x" * 300, operation="y" * 300, finess="not a number of nine")
        journal.record(one)
        entry = journal.get(one.id)
        assert entry is not None
        assert (entry["subject"], entry["code"], entry["operation"]) == ("a\ufffdb?c", "x" * 300, "y" * 300)
        assert entry["finess"] == "not a number of nine"
