"""The plan of a day and what the ledger makes of it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from sandbox.clients.mime import Style
from sandbox.hospitals.acts import Ask, Deposit, Flaw, Mail, Report
from sandbox.hospitals.expected import Value, expected
from sandbox.hospitals.hospital import Habits, Hospital, Resident
from sandbox.hospitals.ledger import CallLine, DepositLine, Ledger, MailLine, StayLine
from sandbox.hospitals.plan import DAY, Planner
from support.sandbox_facts import AUTHOR, PATIENT, SITE

START = datetime(2026, 3, 4, tzinfo=UTC)
TODAY = date(2026, 3, 5)


def hospital(stays: int = 200) -> Hospital:
    other = replace(PATIENT, ins="160012B02077713", birth_name="ADRTROIS", local_id="IPP2")
    return Hospital(
        SITE,
        (AUTHOR,),
        (Resident(PATIENT, f"{PATIENT.ins}@patient.mssante.fr"), Resident(other)),
        "secretariat@ch.mssante.fr",
        "socles",
        ("dr.a@cabinet.mssante.fr", "dr.b@cabinet.mssante.fr"),
        Style.CXF,
        Habits(),
        stays,
    )


def test_same_seed_same_day() -> None:
    assert Planner(hospital(), 1, START).day() == Planner(hospital(), 1, START).day()
    assert Planner(hospital(), 1, START).day() != Planner(hospital(), 2, START).day()


def test_a_day_holds_every_kind_of_act_and_every_flaw() -> None:
    acts = Planner(hospital(), 1, START).day()

    assert {type(act) for act in acts} == {Report, Ask, Deposit, Mail}
    assert {act.flaw for act in acts if isinstance(act, Deposit)} == {None, *Flaw}
    assert any(act.facts.replaces for act in acts if isinstance(act, Deposit))
    assert any(act.citizens for act in acts if isinstance(act, Mail))
    assert [act.at for act in acts] == sorted(act.at for act in acts)


def test_nothing_happens_after_the_day_and_nobody_leaves_before_he_comes() -> None:
    for act in Planner(hospital(), 3, START).day():
        if isinstance(act, Deposit):
            assert act.facts.created_at <= START + DAY
        if isinstance(act, Report) and act.stay.discharged_at:
            assert act.stay.admitted_at < act.stay.discharged_at <= START + DAY


def test_a_discharge_is_reported_after_the_admission() -> None:
    known: set[str] = set()
    for act in Planner(hospital(), 5, START).day():
        if isinstance(act, Report):
            assert (act.stay.discharged_at is not None) is (act.stay.extension in known)
            known.add(act.stay.extension)


def test_a_version_is_planned_after_the_one_it_replaces() -> None:
    deposits = [act for act in Planner(hospital(), 1, START).day() if isinstance(act, Deposit)]
    moments: dict[str, float] = {}
    for act in deposits:
        moments.setdefault(act.facts.unique_id, act.at)
    replacing = [act for act in deposits if act.facts.replaces in moments]

    assert replacing
    assert all(act.at > moments[act.facts.replaces or ""] for act in replacing)


def test_the_days_of_one_simulation_share_nothing() -> None:
    today, yesterday = (Planner(hospital(), 1, START, days_ago).day() for days_ago in (0, 1))
    stays = [{act.stay.extension for act in day if isinstance(act, Report)} for day in (today, yesterday)]
    documents = [{act.facts.unique_id for act in day if isinstance(act, Deposit)} for day in (today, yesterday)]
    assert all(stays)
    assert not stays[0] & stays[1]
    assert all(documents)
    assert not documents[0] & documents[1]


def ledger() -> Ledger:
    return Ledger(
        "750000001",
        "CH",
        stays=[StayLine("S1", TODAY), StayLine("S2", TODAY), StayLine("S3", date(2026, 1, 20))],
        deposits=[
            DepositLine("S1", "11490-0", TODAY, accepted=True),
            DepositLine("S1", "11490-0", TODAY, accepted=True, replaces=True),
            DepositLine("S2", "34112-3", TODAY, accepted=True),
            DepositLine("S3", "11490-0", TODAY, accepted=True),
            DepositLine("S2", "11502-2", TODAY, accepted=False, code="XDSMissingDocument"),
        ],
        calls=[CallLine("00"), CallLine("01"), CallLine("insi_19")],
        mails=[
            MailLine("S1", TODAY, ("11490-0",), accepted=True, citizens=1),
            MailLine("S2", TODAY, ("11490-0",), accepted=True),
            MailLine("S2", TODAY, ("11490-0",), accepted=False, citizens=0),
        ],
    )


def test_indicators_are_counted_from_the_ledger() -> None:
    assert expected(ledger()) == {
        "DMP-VOL": Value(3),
        "DMP-SORTIE": Value(2, 3),
        "DMP-LL": Value(1, 3),
        "DMP-REJET": Value(1, 5),
        "MSS-VOL": Value(2),
        "MSS-CIT": Value(1, 3),
        "INSI-SUCCES": Value(1, 3),
    }


def test_a_ledger_that_forgets_expects_less() -> None:
    broken = ledger()
    broken.forget(1)

    assert expected(broken)["DMP-VOL"] == Value(2)


@pytest.mark.parametrize(("value", "text"), [(Value(3), "3"), (Value(1, 4), "1/4"), (Value(0, 0), "n/a")])
def test_values_read_as_people_write_them(value: Value, text: str) -> None:
    assert str(value) == text
