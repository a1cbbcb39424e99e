"""What every journal promises, whatever the database: inherit, and give the fixture ``settings``."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from socle.blobs import BlobRef
from socle.control.known import NOT_FICTITIOUS
from socle.exchange import Exchange, Outcome, Recorded
from socle.journal import tables
from socle.journal.query import JournalQuery
from socle.journal.settings import JournalSettings
from socle.journal.store import JournalStore
from socle.rules import Certainty, Rule
from socle.settings import GroundSettings

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
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


class JournalSuite:
    """Written behind, bounded, redacted, asked."""

    @pytest.fixture
    def journal(self, settings: GroundSettings) -> Iterator[JournalStore]:
        store = JournalStore(settings)
        store.open()
        yield store
        store.close()

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

    def test_queries_filter_and_page(self, journal: JournalStore) -> None:
        acts = [act(number, code=str(number % 3), subject=f"s{number}", finess="690000013") for number in range(10)]
        acts[4].findings.append(BROKEN.finding())
        acts[5].outcome = Outcome.FAULT
        acts[6].service, acts[7].operation = "mss_sim", "SMTP"
        for one in [*acts, act(workspace="other")]:
            journal.record(one)

        def found(**filters: object) -> list[str]:
            page = journal.find(JournalQuery("default", **filters))  # type: ignore[arg-type]
            return [item["subject"] for item in page.items]

        assert found() == [f"s{number}" for number in range(9, -1, -1)]
        assert found(rule="dmp.test") == ["s4"]
        assert found(outcome="fault") == ["s5"]
        assert found(service="mss_sim") == ["s6"]
        assert found(operation="SMTP") == ["s7"]
        assert found(code="0") == ["s9", "s6", "s3", "s0"]
        assert found(subject="s2") == ["s2"]
        assert found(finess="690000021") == []
        assert found(since=NOON + timedelta(seconds=8)) == ["s9", "s8"]
        assert found(until=NOON + timedelta(seconds=1)) == ["s0"]
        first = journal.find(JournalQuery("default", limit=4))
        second = journal.find(JournalQuery("default", limit=6, before=first.next))
        assert [item["subject"] for item in first.items + second.items] == found()
        assert second.next is None
        assert [item["workspace"] for item in journal.find(JournalQuery("other")).items] == ["other"]

    def test_export_gives_every_entry_whole(self, journal: JournalStore) -> None:
        for number in range(205):
            journal.record(act(number))
        lines = [json.loads(line) for line in journal.export(JournalQuery("default"))]
        assert [line["receivedAt"] for line in lines] == sorted((line["receivedAt"] for line in lines), reverse=True)
        assert len({line["id"] for line in lines}) == 205
        assert lines[0]["request"]["body"] == [{"text": "<a>é</a>"}]

    @pytest.mark.parametrize("bounds", [{"max_exchanges": 40}, {"max_bytes": 40 * 102}])
    def test_each_workspace_is_bounded_on_its_own(self, settings: GroundSettings, bounds: dict[str, int]) -> None:
        journal = JournalStore(settings, JournalSettings(**bounds))
        journal.open()
        quiet = act(workspace="quiet", body=b"x" * 100)
        journal.record(quiet)
        for number in range(100):
            one = act(number, body=b"x" * 100, subject=str(number))
            one.findings.append(BROKEN.finding())
            journal.record(one)
            if number % 30 == 0:
                journal.flush()
        kept = journal.find(JournalQuery("default", limit=1000)).items
        assert 20 <= len(kept) <= 40
        assert [item["subject"] for item in kept] == [str(number) for number in range(99, 99 - len(kept), -1)]
        assert journal.get(quiet.id) is not None
        journal.close()
        again = JournalStore(settings, JournalSettings(max_exchanges=10))
        again.open()
        again.record(act(200))
        assert len(again.find(JournalQuery("default", limit=1000)).items) <= 10
        assert len(again.find(JournalQuery("default", limit=1000, rule="dmp.test")).items) <= 10
        again.close()

    def test_what_does_not_fit_the_queue_is_dropped_and_counted(self, settings: GroundSettings) -> None:
        journal = JournalStore(settings, JournalSettings(queue_bytes=1500))
        journal.record(act(body=b"x" * 1500))
        journal.record(act(body=b"x" * 1500))
        assert (journal.waiting, journal.dropped) == (1, 1)
        journal.open()
        assert journal.flush()
        assert (journal.waiting, journal.written, journal.dropped) == (0, 1, 1)
        journal.record(act())
        assert journal.flush()
        assert journal.written == 2
        journal.close()

    def test_an_entry_that_cannot_be_written_is_counted_and_the_journal_goes_on(self, journal: JournalStore) -> None:
        one = act()
        journal.record(one)
        journal.flush()
        journal.record(one)
        assert journal.flush()
        assert journal.dropped == 1
        other = act()
        journal.record(other)
        assert journal.get(other.id) is not None

    def test_an_exchange_that_makes_no_sense_never_raises(self, journal: JournalStore) -> None:
        journal.record(act(outcome="nonsense"))
        assert journal.dropped == 1

    def test_listeners_hear_of_new_entries_until_they_leave(self, journal: JournalStore) -> None:
        heard: list[str] = []
        arrived = threading.Event()

        def listen(entry: dict[str, object]) -> None:
            heard.append(str(entry["id"]))
            arrived.set()

        leave = journal.tail(listen)
        one, two = act(), act()
        journal.record(one)
        assert arrived.wait(5)
        leave()
        journal.record(two)
        journal.flush()
        assert heard == [one.id]

    def test_the_file_survives_a_restart(self, settings: GroundSettings) -> None:
        first = JournalStore(settings)
        first.open()
        one = act()
        first.record(one)
        first.close()
        second = JournalStore(settings)
        second.open()
        two = act()
        second.record(two)
        assert [item["id"] for item in second.find(JournalQuery("default")).items] == [two.id, one.id]
        second.close()

    def test_one_that_cannot_be_written_does_not_spoil_its_neighbours(self, settings: GroundSettings) -> None:
        journal = JournalStore(settings)
        acts = [act(number) for number in range(4)]
        for one in [*acts[:2], acts[0], *acts[2:]]:
            journal.record(one)
        journal.open()
        assert journal.flush()
        assert (journal.written, journal.dropped) == (4, 1)
        assert {item["id"] for item in journal.find(JournalQuery("default")).items} == {one.id for one in acts}
        journal.close()

    def test_text_that_no_database_holds_is_kept_as_near_as_may_be(self, journal: JournalStore) -> None:
        one = act(subject="a\0b\udcffc", code="x" * 300, operation="y" * 300, finess="not a number of nine")
        journal.record(one)
        entry = journal.get(one.id)
        assert entry is not None
        assert (entry["subject"], entry["code"], entry["operation"]) == ("a\ufffdb?c", "x" * 300, "y" * 300)
        assert entry["finess"] == "not a number of nine"

    @pytest.mark.parametrize("most", [60, 1000])
    def test_several_writers_keep_the_bounds_and_the_order(self, settings: GroundSettings, most: int) -> None:
        bounds = JournalSettings(max_exchanges=most)
        writers = [JournalStore(settings, bounds) for _ in range(3)]
        for writer in writers:
            writer.open()
        reader, following = writers[0], threading.Event()
        seen: list[int] = []

        def follow() -> None:
            last = False
            while not last:
                last = following.is_set()
                with reader._database.reading() as connection:
                    wanted = select(tables.exchange.c.seq).where(tables.exchange.c.seq > (seen[-1] if seen else 0))
                    seen.extend(connection.execute(wanted.order_by(tables.exchange.c.seq)).scalars())

        follower = threading.Thread(target=follow)
        follower.start()

        def write(writer: JournalStore) -> None:
            for number in range(100):
                one = act(number)
                one.findings.append(BROKEN.finding())
                writer.record(one)
                if number % 10 == 0:
                    writer.flush()
            writer.flush()

        threads = [threading.Thread(target=write, args=[writer]) for writer in writers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        following.set()
        follower.join()
        with reader._database.reading() as connection:
            numbers = connection.execute(select(tables.exchange.c.seq).order_by(tables.exchange.c.seq)).scalars().all()
            rules = connection.execute(select(tables.broken_rule.c.seq)).scalars().all()
            (told,) = connection.execute(select(tables.kept.c.exchanges)).scalars()
        assert [writer.dropped for writer in writers] == [0, 0, 0]
        assert len(numbers) == told
        assert 40 <= len(numbers) <= 60 if most == 60 else seen == list(range(1, 301))
        assert list(numbers) == list(range(301 - len(numbers), 301))
        assert sorted(rules) == list(numbers)
        assert seen == sorted(set(seen))
        assert set(numbers) <= set(seen)
        for writer in writers:
            writer.close()
