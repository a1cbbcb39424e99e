"""The hospital that all tests play, pointed at the test's own workspace."""

from collections.abc import Callable

import pytest
from hospital.letters import Patient, Ward
from hospital.settings import Settings

from socles.testing import Socles


@pytest.fixture(autouse=True)
def whose(socles: Socles, record_property: Callable[[str, object], None]) -> None:
    """Which workspace the test had, for the report."""
    record_property("workspace", socles.name)


@pytest.fixture
def settings(socles: Socles) -> Settings:
    return Settings.of(socles.environment)


@pytest.fixture
def ward(socles: Socles) -> Ward:
    site = socles.population.establishment()
    return Ward(site.finess, site.name)


@pytest.fixture
def patient(socles: Socles) -> Patient:
    person = socles.population.patient()
    assert person.ins is not None
    assert person.oid is not None
    return Patient(
        person.ins,
        person.oid,
        person.birth_name,
        " ".join(person.given_names),
        person.sex,
        f"{person.birth_date:%Y%m%d}",
        person.birth_place or "75056",
    )
