"""The books' arithmetic, with every kind of difference."""

from dataclasses import replace

import pytest

from sandbox.load.acts import EVENTS, SERVICES, TOPICS, Act
from sandbox.load.books import Books, Told, close, since
from sandbox.load.expected import Between, Figure, Resolved, added, compare, expected
from sandbox.load.ledger import Ledger, LostAct
from sandbox.load.outcome import Kind, Outcome

SITE, OTHER = "690000001", "690000002"
OK = Outcome(Kind.ACCEPTED)


def ledger(*entries: tuple[Act, Outcome, int]) -> Ledger:
    made = Ledger()
    for act, outcome, count in entries:
        for _ in range(count):
            made.enter(act, SITE, outcome, 0.01)
    return made


def told(**stored: int) -> dict[str, Told]:
    return {service: Told(*(stored.get(service, 0) for _ in range(4))) for service in TOPICS}


def names(books: Books, *, bad: bool) -> dict[str, int]:
    return {one.en: one.count for one in books.differences if one.bad is bad}


DEPOSITS = ledger((Act.DEPOSIT, OK, 3))
THREE = {Figure(SITE, "DMP-VOL", "num"): 3, Figure(SITE, "DMP-REJET", "den"): 3}


def test_books_that_balance() -> None:
    books = close(DEPOSITS, told(dmp_sim=6), [], THREE)

    assert books.balanced
    assert books.differences == []
    row = next(row for row in books.rows if row.service == "dmp_sim")
    assert (row.sent, row.accepted, row.expected) == (3, 3, Between(6, 6))


@pytest.mark.parametrize(
    ("change", "name", "count"),
    [
        ({"stored": 4, "sequenced": 4, "published": 4, "counted": 4}, "events of accepted acts are missing: LOST", 2),
        ({"stored": 7, "sequenced": 7, "published": 7, "counted": 7}, "events stored that no known act explains", 1),
        ({"sequenced": 5, "published": 5, "counted": 5}, "events stored, not sequenced yet", 1),
        ({"published": 4, "counted": 4}, "events waiting in the relay", 2),
        ({"counted": 3}, "events published, not counted (lag)", 3),
        ({"counted": 8}, "events counted that were never published", 2),
        ({"counted": 5, "poison": 1}, "events set aside (poison)", 1),
        ({"counted": 5, "missing": 1}, "events published that never came: LOST", 1),
    ],
)
def test_a_difference_that_nothing_explains_is_named(change: dict[str, int], name: str, count: int) -> None:
    found = told(dmp_sim=6)
    found["dmp_sim"] = replace(found["dmp_sim"], **change)
    books = close(DEPOSITS, found, [], THREE)

    assert not books.balanced
    assert names(books, bad=True) == {name: count}


def test_duplicates_are_told_and_do_no_harm() -> None:
    found = told(dmp_sim=6)
    found["dmp_sim"] = replace(found["dmp_sim"], duplicates=9)
    books = close(DEPOSITS, found, [], THREE)

    assert books.balanced
    assert names(books, bad=False) == {"events that came twice, counted once": 9}


def test_acts_not_accepted_are_named_and_expected_nowhere() -> None:
    sent = ledger(
        (Act.MAIL, OK, 2),
        (Act.MAIL, Outcome(Kind.OVERLOAD, "451"), 4),
        (Act.MAIL, Outcome(Kind.RULE, "550", whole=False), 1),
        (Act.MAIL, Outcome(Kind.UNREACHED, "ConnectionRefusedError"), 5),
    )
    sent.enter(Act.MAIL, SITE, Outcome(Kind.HELD), None)
    books = close(sent, told(mss_sim=4), [], {Figure(SITE, "MSS-VOL", "num"): 2})

    assert books.balanced
    assert names(books, bad=False) == {
        "acts refused by overload": 4,
        "acts refused by rule": 1,
        "acts no connection, so not done": 5,
        "acts never sent: too many acts under way": 1,
    }
    row = next(row for row in books.rows if row.service == "mss_sim")
    assert (row.sent, row.accepted) == (12, 2)
    assert [d for one in books.differences for d in one.details if "451" in d] == ["mail 451 : 4"]


def test_a_refusal_by_rule_is_told_in_events() -> None:
    sent = ledger((Act.DEPOSIT, OK, 1), (Act.DEPOSIT, Outcome(Kind.RULE, "XDSMissingDocument"), 2))
    figures = {
        Figure(SITE, "DMP-VOL", "num"): 1,
        Figure(SITE, "DMP-REJET", "num"): 2,
        Figure(SITE, "DMP-REJET", "den"): 3,
    }

    assert close(sent, told(dmp_sim=6), [], figures).balanced


def lost(name: str, act: Act = Act.DEPOSIT, *, flawed: bool = False) -> LostAct:
    return LostAct(act, SITE, name, "timeout", flawed, False)


LOST = ledger((Act.DEPOSIT, OK, 1), (Act.DEPOSIT, Outcome(Kind.LOST, "timeout"), 2))


@pytest.mark.parametrize(("stored", "balanced"), [(2, False), (4, True), (6, False)])
def test_a_lost_answer_that_was_looked_up_is_exact(stored: int, balanced: bool) -> None:
    resolved = [Resolved(lost("a"), True), Resolved(lost("b"), False)]
    figures = {Figure(SITE, "DMP-VOL", "num"): stored // 2, Figure(SITE, "DMP-REJET", "den"): stored // 2}
    books = close(LOST, told(dmp_sim=stored), resolved, figures)

    assert books.balanced is balanced
    details = [line for one in books.differences for line in one.details if "timeout)" in line]
    assert details == [
        f"deposit {SITE} a (timeout) : fait / done",
        f"deposit {SITE} b (timeout) : pas fait / not done",
    ]


@pytest.mark.parametrize(("stored", "balanced"), [(0, False), (1, True), (2, True), (3, True), (4, False)])
def test_a_lost_answer_nobody_can_look_up_leaves_room(stored: int, balanced: bool) -> None:
    sent = ledger((Act.LOOKUP, Outcome(Kind.ACCEPTED, "00"), 1), (Act.LOOKUP, Outcome(Kind.LOST, "reset"), 2))
    figures = {Figure(SITE, "INSI-SUCCES", part): stored for part in ("num", "den")}
    books = close(sent, told(ins_sim=stored), [Resolved(lost("", Act.LOOKUP), None)], figures)

    assert books.balanced is balanced
    if stored == 3:
        assert names(books, bad=False)["events of acts whose answer was lost"] == 2


def test_a_lost_act_that_was_flawed_can_only_have_been_refused() -> None:
    sent = ledger((Act.DEPOSIT, Outcome(Kind.LOST, "timeout"), 1))
    found = expected(sent, [Resolved(lost("a", flawed=True), None)])

    assert found[Figure(SITE, "DMP-VOL", "num")] == Between(0, 0)
    assert found[Figure(SITE, "DMP-REJET", "num")] == Between(0, 1)


def test_an_indicator_that_differs_is_named_by_establishment() -> None:
    books = close(
        DEPOSITS,
        told(dmp_sim=6),
        [],
        {Figure(SITE, "DMP-VOL", "num"): 2, Figure(OTHER, "DMP-VOL", "num"): 1, Figure(SITE, "DMP-REJET", "den"): 3},
    )

    (one,) = [one for one in books.differences if one.bad]
    assert one.en == "DMP-VOL (num) differs from the ledger"
    assert one.details == (f"{SITE} : 2, attendu / expected 3", f"{OTHER} : 1, attendu / expected 0")


def test_only_discharges_enter_the_cohort() -> None:
    sent = Ledger()
    sent.enter(Act.STAY, SITE, OK, 0.1)
    sent.enter(Act.STAY, SITE, OK, 0.1, discharge=True)

    assert expected(sent, []) == {Figure(SITE, "DMP-SORTIE", "den"): Between(1, 1)}


def test_indicators_that_are_not_ours_are_left_alone() -> None:
    assert list(compare({}, {Figure(SITE, "MSS-CIT", "num"): 7})) == []


def test_what_was_there_before_is_no_part_of_the_run() -> None:
    before, now = told(ins_sim=5), told(ins_sim=9)

    assert since(before, now) == told(ins_sim=4)
    assert since({}, now) == now
    assert added({Figure(SITE, "MSS-VOL", "num"): 2}, {Figure(SITE, "MSS-VOL", "num"): 5}) == {
        Figure(SITE, "MSS-VOL", "num"): 3
    }


@pytest.mark.parametrize("act", list(Act))
def test_every_act_has_a_service_a_topic_and_events(act: Act) -> None:
    sent = ledger((act, OK, 5))
    books = close(sent, told(**{SERVICES[act]: 5 * EVENTS[act]}), [], {})

    assert [row.expected.low for row in books.rows if row.service == SERVICES[act]] == [5 * EVENTS[act]]


def test_ledgers_add_up_and_are_taken_once() -> None:
    one, other = ledger((Act.MAIL, OK, 2)), ledger((Act.MAIL, OK, 3), (Act.STAY, OK, 1))
    one.merge(other.take())
    one.merge(other.take())

    assert one.count(Kind.ACCEPTED, act=Act.MAIL) == 5
    assert one.done() == 6
    assert one.latencies[Act.MAIL].total == 5
