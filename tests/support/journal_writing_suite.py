"""How every journal writes, whatever the database: inherit, and give the fixture ``settings``."""

import threading

import pytest
from sqlalchemy import select

from socle.journal import tables
from socle.journal.query import JournalQuery
from socle.journal.settings import JournalSettings
from socle.journal.store import JournalStore
from socle.settings import GroundSettings
from support.journal_suite import BROKEN, OpenJournal, act


class JournalWritingSuite(OpenJournal):
    """Behind, in bounds, in order, by several at once; and nothing that goes wrong stops it."""

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
        assert arrived.wait(30)
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
