"""Letters reach the DMP."""

import dataclasses

import pytest
from hospital import dmp as software
from hospital.letters import Letter, Patient, Ward
from hospital.settings import Settings

from socles.testing import Dmp, Events, Indicators, Socles

CODES = ["11490-0", "34112-3", "11488-4"]


@pytest.mark.parametrize("number", range(20))
@pytest.mark.parametrize("code", CODES)
def test_a_letter_is_stored(
    settings: Settings, ward: Ward, patient: Patient, dmp: Dmp, events: Events, code: str, number: int
) -> None:
    letter = Letter(patient, ward, code=code, title=f"Courrier {number}")

    assert software.deposit(settings, letter).accepted

    found = dmp.expect_deposit(patient=patient.ins, type_code=code, title=f"Courrier {number}")
    assert found.content == letter.cda()
    assert found.findings == ()
    event = events.expect(type="dmp.document.registered", subject=found.entry_uuid)
    assert event.data["typeCode"] == code


@pytest.mark.parametrize("count", range(1, 21))
def test_letters_are_counted(
    settings: Settings, ward: Ward, patient: Patient, indicators: Indicators, socles: Socles, count: int
) -> None:
    letters = [Letter(patient, ward) for _ in range(count % 4 + 1)]

    with indicators.moved("DMP-VOL", establishment=ward.finess, num=len(letters)):
        for letter in letters:
            assert software.deposit(settings, letter).accepted

    assert len(socles.exchanges(service="dmp_sim", outcome="accepted")) == len(letters)
    assert indicators.read("DMP-VOL").num == len(letters)


@pytest.mark.parametrize("number", range(10))
def test_a_letter_sent_twice_is_refused(
    settings: Settings, ward: Ward, patient: Patient, dmp: Dmp, number: int
) -> None:
    letter = Letter(patient, ward, title=f"Une fois {number}")
    assert software.deposit(settings, letter).accepted

    again = software.deposit(settings, letter)

    assert again.code == "XDSDuplicateUniqueIdInRegistry"
    refused = dmp.expect_refused(code="XDSDuplicateUniqueIdInRegistry")
    assert {finding.rule for finding in refused.findings} == {"dmp.duplicate.registered"}
    dmp.expect_deposit()


@pytest.mark.parametrize("number", range(10))
def test_a_letter_damaged_on_its_way_is_refused(
    settings: Settings, ward: Ward, patient: Patient, dmp: Dmp, number: int
) -> None:
    answer = software.deposit(settings, Letter(patient, ward, title=f"Abîmée {number}"), wrong_hash=True)

    assert not answer.accepted
    dmp.expect_refused(code=answer.code)
    assert dmp.deposits() == []


@pytest.mark.socles(strictness="lenient", allow=["dmp.patient.cda", "dmp.ins.key"])
@pytest.mark.parametrize("number", range(10))
def test_a_wrong_key_is_only_reported_where_one_is_lenient(
    settings: Settings, ward: Ward, patient: Patient, dmp: Dmp, number: int
) -> None:
    right = int(patient.ins[13:])
    wrong = dataclasses.replace(patient, ins=f"{patient.ins[:13]}{right % 97 + 1:02d}")

    assert software.deposit(settings, Letter(wrong, ward, title=f"Clé fausse {number}")).accepted

    assert "dmp.ins.key" in {finding.rule for finding in dmp.expect_deposit().findings}
