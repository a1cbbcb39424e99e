"""The counting rules of domain/indicators.md §7.2, and what the projector tells of repetition and lateness."""

from datetime import timedelta

import pytest

from metrics.batch import Batch, Move, NotOwner
from metrics.domain.days import to_ms
from metrics.queries import accounts
from socle.bus.port import TopicPartition
from support.metrics_events import MARCH, call, cancelled, document, incoming, message, record, stay
from support.metrics_lab import Lab


def test_twins_count_once_and_each_format_apart() -> None:
    with Lab() as lab:
        lab.take(document("a", level="N1"), document("b", set_id="1.9^a", level="N3", at=MARCH + timedelta(days=1)))
        sums = lab.sums("DMP-VOL")
        assert (sums["num"], sums["level=N1"], sums["level=N3"]) == (1, 1, 1)
        assert lab.sums("DMP-VOL", day="2026-03-10")["num"] == 1
        lab.take(document("a", kind="deleted", revision=2, status="deleted", registered_at=MARCH))
        assert lab.sums("DMP-VOL", day="2026-03-10")["num"] == 0
        assert lab.sums("DMP-VOL", day="2026-03-11")["num"] == 1
        assert lab.sums("DMP-VOL")["gross"] == 1


def test_a_deletion_then_a_fresh_deposit_is_one() -> None:
    with Lab() as lab:
        lab.take(document("a"), document("a", kind="deleted", revision=2, status="deleted", registered_at=MARCH))
        assert lab.sums("DMP-VOL")["num"] == 0
        lab.take(document("b", set_id="1.9^a"))
        assert lab.sums("DMP-VOL")["num"] == 1


def test_a_replacement_that_changes_type_or_stay_moves_the_count() -> None:
    moved = document("a", kind="replaced", revision=2, type_code="11502-2", stay_id="1.2.3^b", registered_at=MARCH)
    with Lab() as lab:
        lab.take(stay("a"), stay("b"), document("a"))
        assert lab.rate("DMP-SORTIE") == (1, 2)
        lab.take(moved)
        sums = lab.sums("DMP-VOL")
        assert lab.rate("DMP-SORTIE") == (0, 2)
        assert (sums["num"], sums["typeCode=11490-0"], sums["typeCode=11502-2"]) == (1, 0, 1)


def test_a_mail_counts_once_whatever_its_recipients_and_fails_for_all_or_not_at_all() -> None:
    with Lab() as lab:
        lab.take(message("a", pro_recipients=2, citizen_recipients=1))
        sums = lab.sums("MSS-VOL")
        assert (sums["num"], sums["pro"], sums["citizen"]) == (1, 1, 1)
        half = {"pro_recipients": 2, "citizen_recipients": 1, "citizen_failed": 0}
        lab.take(message("a", kind="failed", revision=2, pro_failed=2, **half))
        assert lab.sums("MSS-VOL")["num"] == 1
        whole = half | {"citizen_failed": 1}
        lab.take(message("a", kind="failed", revision=3, pro_failed=2, **whole))
        assert lab.sums("MSS-VOL")["num"] == 0


def test_a_stay_is_fulfilled_by_mail_once_the_patient_has_it() -> None:
    with Lab() as lab:
        lab.take(stay("a"), message("a"))
        assert lab.rate("MSS-CIT") == (0, 1)
        lab.take(message("a", kind="delivered", revision=2))
        assert lab.rate("MSS-CIT") == (1, 1)
        assert lab.rate("DMP-SORTIE") == (0, 1)
        lab.take(message("a", kind="delivered", revision=3, docs=()))
        assert lab.rate("MSS-CIT") == (0, 1)


def test_sessions_are_left_out_and_a_reopened_stay_leaves_its_cohort() -> None:
    with Lab() as lab:
        lab.take(stay("a"), stay("b", session=True))
        assert lab.rate("DMP-SORTIE") == (0, 1)
        lab.take(stay("a", discharged=None, revision=2))
        assert lab.rate("DMP-SORTIE") == (0, 0)
        assert lab.rows("grain") == []


def test_a_retried_deposit_is_another_act() -> None:
    with Lab() as lab:
        lab.take(document("a", kind="submitted", exchange_id="1"), document("a", kind="rejected", exchange_id="1"))
        lab.take(document("a", kind="submitted", exchange_id="2"), document("a", exchange_id="2"))
        assert lab.rate("DMP-REJET") == (1, 2)
        assert lab.sums("DMP-REJET")["outcome=XDSRepositoryMetadataError"] == 1


def test_events_seen_before_are_skipped_by_their_sequence() -> None:
    with Lab() as lab:
        part = TopicPartition("socles.insi.v1", record(call("1")).partition)
        lab.projector.assign(lab.uow, [part])
        first, second = record(call("1"), 0, sequence=0), record(call("2"), 1, sequence=1)
        assert lab.log([first, second], {part: Move(0, 2)}).repeated == 0
        again = [record(call("1"), 2, sequence=0), record(call("2"), 3, sequence=1), record(call("3"), 4, sequence=2)]
        assert lab.log(again, {part: Move(2, 5)}).repeated == 2
        assert lab.rate("INSI-SUCCES") == (3, 3)


def test_a_number_that_is_passed_over_is_told_once() -> None:
    with Lab() as lab:
        part = TopicPartition("socles.insi.v1", record(call("1")).partition)
        lab.projector.assign(lab.uow, [part])
        assert (
            lab.log([record(call("1"), 0, sequence=0), record(call("2"), 1, sequence=3)], {part: Move(0, 2)}).missing
            == 2
        )
        assert lab.log([record(call("3"), 2, sequence=4)], {part: Move(2, 3)}).missing == 0
        (account,) = accounts(lab.uow.connection, lab.projector.consumer, "default")
        assert (account.taken, account.missing) == (3, 2)


def test_a_consumer_that_lost_its_partition_changes_nothing() -> None:
    with Lab() as lab:
        part = TopicPartition("socles.insi.v1", record(call("1")).partition)
        assert lab.projector.assign(lab.uow, [part]) == {part: 0}
        lab.log([record(call("1"))], {part: Move(0, 1)})
        with pytest.raises(NotOwner):
            lab.log([record(call("2"))], {part: Move(0, 1)})
        assert lab.projector.assign(lab.uow, [part]) == {part: 1}


def test_what_comes_to_a_final_day_is_counted_and_told() -> None:
    with Lab() as lab:
        long_after = {"default": to_ms(MARCH + timedelta(days=60))}
        soon_after = {"default": to_ms(MARCH + timedelta(hours=1))}
        on_time = lab.projector.apply(lab.uow, Batch({}, [incoming(stay("a"))], now=soon_after))
        assert on_time.late == 0
        late = lab.projector.apply(lab.uow, Batch({}, [incoming(cancelled("a"))], now=long_after))
        assert late.late > 0
        assert {row[2] for row in lab.rows("late")} == {"DMP-SORTIE", "DMP-LL", "MSS-CIT"}


def test_nothing_newer_is_told_as_stale() -> None:
    with Lab() as lab:
        lab.take(stay("a", revision=2))
        assert lab.take(stay("a", revision=1)).stale == 1
        assert lab.rate("DMP-SORTIE") == (0, 1)
