"""How every journal is asked, whatever the database: inherit, and give the fixture ``settings``."""

import json
from datetime import timedelta

import pytest

from socle.exchange import Outcome
from socle.journal.query import JournalQuery
from socle.journal.store import JournalStore
from socle.rules import Severity
from support.journal_suite import BROKEN, NOON, WARNED, OpenJournal, act


class JournalAskingSuite(OpenJournal):
    """Filtered, paged, counted, searched, exported."""

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

    def test_severities_faults_and_text_are_searched(self, journal: JournalStore) -> None:
        acts = [act(number, subject=f"s{number}", peer="10.0.0.7:4711") for number in range(6)]
        acts[1].findings = [BROKEN.finding(), BROKEN.finding(), WARNED.finding()]
        acts[2].findings = [WARNED.finding()]
        acts[3].fault = "Busy-Once"
        acts[4].events, acts[4].code = ["event-ÉTÉ"], "100%_sure"
        acts[5].redacted, acts[5].subject = True, "MARTIN"
        for one in acts:
            journal.record(one)

        def found(**filters: object) -> list[int]:
            page = journal.find(JournalQuery("default", **filters))  # type: ignore[arg-type]
            numbers = [next(n for n, one in enumerate(acts) if one.id == item["id"]) for item in page.items]
            assert (page.total, page.total_is_exact) == (len(numbers), True)
            return numbers

        assert found(severity=Severity.ERROR) == [1]
        assert found(severity=Severity.WARNING) == [2, 1]
        assert found(fault=True) == [3]
        assert found(fault=False) == [5, 4, 2, 1, 0]
        for text, numbers in {
            acts[0].id[9:].upper(): [0],
            "iti-4": [5, 4, 3, 2, 1, 0],
            "S3": [3],
            "dmp.TEST": [1],
            "busy-once": [3],
            "été": [4],
            "0%_S": [4],
            "1__%": [],
            "10.0.0.7": [5, 4, 3, 2, 1, 0],
            "martin": [],
            "nothing": [],
        }.items():
            assert found(text=text) == numbers, text
        first = journal.find(JournalQuery("default", severity=Severity.ERROR)).items[0]
        assert first["severities"] == {"error": 2, "warning": 1}

    def test_matches_are_counted_up_to_a_bound_whatever_the_page(
        self, journal: JournalStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("socle.journal.store.COUNTED", 20)
        for number in range(30):
            journal.record(act(number, code="even" if number % 2 == 0 else "odd", subject=f"s{number}"))
        seen: list[str] = []
        before = None
        for _ in range(4):
            page = journal.find(JournalQuery("default", limit=8, before=before))
            seen += [item["subject"] for item in page.items]
            assert (page.total, page.total_is_exact) == (20, False)
            before = page.next
        assert seen == [f"s{number}" for number in range(29, -1, -1)]
        assert before is None
        page = journal.find(JournalQuery("default", code="even", limit=8))
        rest = journal.find(JournalQuery("default", code="even", limit=8, before=page.next))
        assert [item["subject"] for item in rest.items] == [f"s{number}" for number in range(12, -1, -2)]
        assert (rest.total, rest.total_is_exact, rest.next) == (15, True, None)
        assert journal.find(JournalQuery("nobody")).items == []

    def test_the_neighbour_is_the_last_accepted_one_of_the_same_operation_before(self, journal: JournalStore) -> None:
        acts = [act(number) for number in range(7)]
        acts[0].workspace = "other"
        acts[2].outcome = acts[5].outcome = Outcome.REFUSED
        acts[3].operation = "ITI-18"
        acts[4].epoch = 2
        for one in acts:
            journal.record(one)
        neighbours = [journal.neighbour(one.id) for one in acts]
        assert [found and found["id"] for found in neighbours] == [
            None, None, acts[1].id, None, None, acts[1].id, acts[1].id
        ]  # fmt: skip
        assert journal.neighbour(acts[6].id, "other") is None
        assert journal.neighbour("nobody") is None

    def test_export_gives_every_entry_whole(self, journal: JournalStore) -> None:
        for number in range(205):
            journal.record(act(number))
        lines = [json.loads(line) for line in journal.export(JournalQuery("default"))]
        assert [line["receivedAt"] for line in lines] == sorted((line["receivedAt"] for line in lines), reverse=True)
        assert len({line["id"] for line in lines}) == 205
        assert lines[0]["request"]["body"] == [{"text": "<a>é</a>"}]
