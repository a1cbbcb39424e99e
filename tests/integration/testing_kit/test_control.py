"""What a test changes: faults, clock, people."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from socles.testing import Dmp, ExpectationFailed, Refused, Socles
from support.kit import Deposit


class TestFaults:
    def test_a_rule_of_ones_own(self, socles: Socles, dmp: Dmp, deposit: Deposit) -> None:
        fault = socles.inject(service="dmp_sim", effect="refuse", code="XDSRepositoryBusy", times=1)

        assert b"XDSRepositoryBusy" in deposit().content
        deposit()

        fault.expect_fired()
        assert (fault.fired, fault.catalogue) == (1, None)
        assert dmp.expect_refused(code="XDSRepositoryBusy").fault == fault.id
        dmp.expect_deposit()

    def test_one_of_the_catalogue_with_other_settings(self, socles: Socles, dmp: Dmp, deposit: Deposit) -> None:
        fault = socles.inject("dmp.repository-busy", times=1, match={"typeCode": "11490-0"})

        assert b"XDSRepositoryBusy" in deposit().content
        deposit()

        assert (fault.catalogue, fault.fired) == ("dmp.repository-busy", 1)
        dmp.expect_refused(code="XDSRepositoryBusy")
        dmp.expect_deposit()

    def test_only_within_a_block(self, socles: Socles, dmp: Dmp, deposit: Deposit) -> None:
        with socles.inject(service="dmp_sim", effect="cut"), pytest.raises(httpx.TransportError):
            deposit()

        deposit()
        dmp.expect_deposit()

    def test_one_that_is_gone_already(self, socles: Socles) -> None:
        with socles.inject(service="dmp_sim", effect="cut") as fault:
            socles.reset()

            with pytest.raises(LookupError, match=fault.id):
                fault.expect_fired()

    def test_one_that_never_happens(self, socles: Socles) -> None:
        fault = socles.inject(service="dmp_sim", effect="latency", latency_ms=1, latency_p99_ms=2)

        with pytest.raises(ExpectationFailed, match="fired 0 times of 1"):
            fault.expect_fired(timeout=0.1)
        assert fault.seen == 0

    def test_nonsense_is_refused(self, socles: Socles) -> None:
        with pytest.raises(Refused, match="422"):
            socles.inject(service="dmp_sim", effect="explode")
        with pytest.raises(Refused, match=r"404 .*dmp\.repository-busy"):
            socles.inject("dmp.repository-bussy")


class TestClock:
    def test_freeze_advance_resume(self, socles: Socles, dmp: Dmp, deposit: Deposit) -> None:
        then = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)

        assert socles.clock.freeze(then) == then
        assert socles.clock.advance(days=1, hours=2, by=timedelta(minutes=3)) == then + timedelta(days=1, minutes=123)
        assert socles.clock.now() == then + timedelta(days=1, minutes=123)
        assert socles.clock.set(then) == then
        deposit()
        assert dmp.expect_deposit().registered_at == then
        assert then <= socles.clock.resume() < then + timedelta(minutes=1)
        assert abs(socles.clock.real() - datetime.now(UTC)) < timedelta(minutes=1)


class TestPopulation:
    def test_an_everyday_patient(self, socles: Socles) -> None:
        one, two = socles.population.patients(2)

        assert one == socles.population.patient()
        assert one.ins != two.ins
        assert one.cx == f"{one.ins}^^^&1.2.250.1.213.1.4.10&ISO^NH"
        assert one.mailbox == f"{one.ins}@patient.mssante.fr"

    def test_by_name_and_by_number(self, socles: Socles) -> None:
        zoe = socles.population.patient(name="ADRUN")

        assert zoe.given_names == ("ZOE",)
        assert socles.population.patient(ins=zoe.ins) == zoe
        with pytest.raises(LookupError, match="NOBODY"):
            socles.population.patient(name="NOBODY")

    def test_ones_own_people_and_places(self, socles: Socles) -> None:
        mine = socles.population.add_patient("ESSAI", "ALIX", sex="M")
        site = socles.population.add_establishment("690000013", "CH d'essai")
        box = socles.population.add_box("labo@essai.mssante.example", establishment=site, state="full")

        assert (mine.birth_name, mine.ins[:3] if mine.ins else "") == ("ESSAI", "180")
        assert socles.population.add_patient("ESSAI", "ALIX").ins != mine.ins
        assert site == socles.population.establishment("690000013")
        assert (site.name, site.mailbox, box) == (
            "CH d'essai",
            "dpi@690000013.mssante.example",
            "labo@essai.mssante.example",
        )

    def test_a_physician_of_a_site(self, socles: Socles) -> None:
        site = socles.population.establishment()

        physician = socles.population.professional(establishment=site)

        assert (physician.finess, physician.profession) == (site.finess, "10")
        assert physician == socles.population.professional(establishment=site.finess)
