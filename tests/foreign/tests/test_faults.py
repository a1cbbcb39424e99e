"""What the software does when the services fail."""

from datetime import UTC, datetime

import httpx
import pytest
from hospital import dmp as software
from hospital.letters import Letter, Patient, Ward
from hospital.settings import Settings

from socles.testing import Dmp, Socles


@pytest.mark.parametrize("busy", [1, 2, 3] * 5)
def test_a_busy_repository_is_asked_again(
    settings: Settings, ward: Ward, patient: Patient, socles: Socles, dmp: Dmp, busy: int
) -> None:
    fault = socles.inject("dmp.repository-busy", times=busy)

    assert software.deposit(settings, Letter(patient, ward), tries=4).accepted

    fault.expect_fired(busy)
    assert len(dmp.refusals(code="XDSRepositoryBusy")) == busy
    dmp.expect_deposit()


@pytest.mark.parametrize("number", range(10))
def test_an_answer_that_is_lost_leaves_the_letter_there(
    settings: Settings, ward: Ward, patient: Patient, socles: Socles, dmp: Dmp, number: int
) -> None:
    letter = Letter(patient, ward, title=f"Sans réponse {number}")

    with (
        socles.inject(service="dmp_sim", effect="cut", point="before-answer", times=1),
        pytest.raises(httpx.TransportError),
    ):
        software.deposit(settings, letter)

    assert software.deposit(settings, letter).code == "XDSDuplicateUniqueIdInRegistry"
    dmp.expect_refused(code="XDSDuplicateUniqueIdInRegistry")
    dmp.expect_deposit(title=letter.title)


@pytest.mark.parametrize("month", range(1, 11))
def test_a_letter_bears_the_date_of_the_workspace(
    settings: Settings, ward: Ward, patient: Patient, socles: Socles, dmp: Dmp, month: int
) -> None:
    then = datetime(2026, month, 14, 9, 30, tzinfo=UTC)
    socles.clock.freeze(then)

    assert software.deposit(settings, Letter(patient, ward, written_at=then)).accepted

    assert dmp.expect_deposit().registered_at == then
