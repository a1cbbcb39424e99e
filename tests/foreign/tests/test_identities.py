"""Identities are asked for at INSi."""

import pytest
from hospital import insi as software
from hospital.letters import Ward
from hospital.settings import Settings

from socles.testing import Indicators, Insi, Socles


@pytest.mark.parametrize("number", range(25))
def test_a_patient_is_found(
    settings: Settings, ward: Ward, socles: Socles, insi: Insi, indicators: Indicators, number: int
) -> None:
    person = socles.population.patients(number + 1)[-1]

    found = software.identify(
        settings,
        ward,
        name=person.birth_name,
        given=person.given_names[0],
        sex=person.sex,
        born=person.birth_date.isoformat(),
        place=person.birth_place or "",
    )

    assert found == software.Identity("00", person.ins)
    assert insi.expect_call(outcome="00").finess == ward.finess
    indicators.expect("INSI-SUCCES", establishment=ward.finess, num=1, den=1)


@pytest.mark.parametrize("number", range(10))
def test_a_patient_of_this_test_is_found_by_no_other(
    settings: Settings, ward: Ward, socles: Socles, insi: Insi, number: int
) -> None:
    mine = socles.population.add_patient(f"ESSAI{'ABCDEFGHIJ'[number]}", "ALIX")
    traits = {"given": "ALIX", "sex": "F", "born": mine.birth_date.isoformat(), "place": mine.birth_place or ""}

    assert software.identify(settings, ward, name=mine.birth_name, **traits).ins == mine.ins
    other = f"ESSAI{'BCDEFGHIJA'[number]}"
    assert software.identify(settings, ward, name=other, **traits).outcome == "01"
    assert [call.code for call in insi.calls()] == ["00", "01"]
