"""What every control plane promises, whatever the database: inherit, and give the fixture ``settings``."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, func, select

from socle.clock import SystemClock
from socle.control import database, records, tables
from socle.control.database import Change
from socle.control.faults import FaultRule
from socle.control.keyring import OtherPatientKey
from socle.control.model import Box, BoxType
from socle.control.plane import ControlPlane
from socle.control.population.codec import Items, Kind
from socle.control.port import FaultEffect
from socle.control.settings import ControlSettings
from socle.control.workshop import UnknownWorkspace, WorkspaceExists
from socle.faults.catalogue import CATALOGUE
from socle.identifiers.ins import OID_NIR, make_ins
from socle.rules import Strictness
from socle.settings import GroundSettings
from support.control_child import SMALL
from support.control_faults_suite import ControlFaultsSuite, fire

THEN = datetime(2030, 1, 1, tzinfo=UTC)


def opened(settings: GroundSettings, control: ControlSettings = SMALL) -> ControlPlane:
    plane = ControlPlane(settings, control)
    plane.open()
    return plane


class ControlSuite(ControlFaultsSuite):
    """Behaviour of one process's control plane."""

    @pytest.fixture
    def plane(self, settings: GroundSettings) -> Iterator[ControlPlane]:
        plane = opened(settings)
        yield plane
        plane.close()

    def test_the_first_start_seeds_once(self, settings: GroundSettings) -> None:
        first = opened(settings)
        people = list(first.population("default").persons)
        first.close()
        second = opened(settings, ControlSettings(establishments=5, population_seed=9))
        assert list(second.population("default").persons) == people
        assert second.seeded_with() == {"seed": 1, "establishments": 2, "patientsPerEstablishment": 3}
        second.close()

    def test_workspaces_live_and_their_epochs_never_come_back(self, plane: ControlPlane) -> None:
        made = plane.create_workspace("ws1", strictness=Strictness.LENIENT, options={"a": "b"})
        assert plane.workspace("ws1") == made
        assert (made.epoch, made.strictness, made.options) == (1, Strictness.LENIENT, {"a": "b"})
        with pytest.raises(WorkspaceExists):
            plane.create_workspace("ws1")
        plane.reset_workspace("ws1")
        assert plane.workspace("ws1") is not None
        assert plane.workspace("ws1").epoch == 2  # type: ignore[union-attr]
        plane.delete_workspace("ws1")
        assert plane.workspace("ws1") is None
        assert plane.create_workspace("ws1").epoch == 3
        assert [record.workspace.name for record in plane.workspaces()] == ["default", "ws1"]

    @pytest.mark.parametrize("name", ["", "-a", "A", "a_b", "é", "a" * 41, "a.b", "a/b"])
    def test_a_workspace_name_is_a_dns_label(self, plane: ControlPlane, name: str) -> None:
        with pytest.raises(ValueError, match="name"):
            plane.create_workspace(name)

    def test_what_does_not_exist_is_refused(self, plane: ControlPlane) -> None:
        for change in (
            lambda: plane.reset_workspace("nobody"),
            lambda: plane.delete_workspace("nobody"),
            lambda: plane.configure("nobody", strictness=Strictness.LENIENT),
            lambda: plane.freeze_clock("nobody"),
            lambda: plane.add_fault_rule(FaultRule("r", "nobody", FaultEffect.CUT)),
            lambda: plane.put_people("nobody", Items()),
        ):
            with pytest.raises(UnknownWorkspace):
                change()
        with pytest.raises(ValueError, match="default"):
            plane.delete_workspace("default")

    @pytest.mark.slow
    @pytest.mark.alone
    def test_making_a_workspace_is_quick(self, plane: ControlPlane) -> None:
        def once(number: int) -> float:
            start = time.perf_counter()
            plane.create_workspace(f"ws{number}")
            return time.perf_counter() - start

        assert sorted(once(number) for number in range(11))[5] < 0.05

    def test_a_reset_clears_rules_and_clock_and_keeps_people_and_options(self, plane: ControlPlane) -> None:
        plane.create_workspace("ws1", options={"a": "b"})
        plane.add_fault_rule(FaultRule("r", "ws1", FaultEffect.CUT))
        plane.freeze_clock("ws1", THEN)
        box = Box("a@b.mssante.example", BoxType.ORG, "A")
        plane.put_people("ws1", Items(boxes=(box,)))
        plane.reset_workspace("ws1")
        assert plane.fault_rules("ws1") == ()
        assert plane.clock("ws1").now().year < 2030
        assert plane.population("ws1").box(box.address) == box
        assert plane.workspace("ws1").options == {"a": "b"}  # type: ignore[union-attr]

    async def test_two_workspaces_may_give_their_rules_the_same_id(self, plane: ControlPlane) -> None:
        await asyncio.to_thread(plane.create_workspace, "ws1")
        for name in ("default", "ws1"):
            await asyncio.to_thread(plane.add_fault_rule, FaultRule("busy", name, FaultEffect.REFUSE, times=1))
        assert [await fire(plane), await fire(plane)] == ["busy", None]
        assert await fire(plane, workspace="ws1") == "busy"
        await asyncio.to_thread(plane.remove_fault_rules, "ws1")
        assert [rule.fired for rule in await asyncio.to_thread(plane.fault_rules, "default")] == [1]

    def test_an_unknown_workspace_has_real_time_and_the_common_people(self, plane: ControlPlane) -> None:
        assert isinstance(plane.clock("nobody"), SystemClock)
        assert plane.population("nobody") is plane.population("default")

    def test_allowed_numbers_are_kept_as_hashes_only(self, plane: ControlPlane, settings: GroundSettings) -> None:
        ins = make_ins(sex="F", year=1960, month=6, place="75112", order=123, oid=OID_NIR)
        plane.create_workspace("ws1")
        plane.allow_ins("ws1", [ins.value])
        assert plane.population("ws1").accepts_ins(ins)
        assert not plane.population("default").accepts_ins(ins)
        with plane._database.reading() as connection:
            rows = connection.execute(select(tables.population_item)).all()
        assert rows
        assert not any(ins.matricule in str(row) for row in rows)
        assert plane.remove_people("ws1", Kind.ALLOWED_INS) == 1
        assert not plane.population("ws1").accepts_ins(ins)

    def test_each_process_tells_the_others_of_its_faults(
        self, settings: GroundSettings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entry = replace(next(iter(CATALOGUE)), id="toy.own", service="toy_sim", operations=("a", "b"))
        with monkeypatch.context() as patch:
            patch.setitem(CATALOGUE._entries, entry.id, entry)
            opened(settings).close()
        other = opened(settings)
        assert "toy.own" not in CATALOGUE
        assert other.catalogue()["toy.own"] == entry
        assert other.catalogue().keys() > {one.id for one in CATALOGUE}
        other.close()

    async def test_a_rule_removed_meanwhile_does_not_fire(self, plane: ControlPlane) -> None:
        rule = FaultRule("r", "default", FaultEffect.CUT)
        await asyncio.to_thread(plane.add_fault_rule, rule)
        await asyncio.to_thread(plane.remove_fault_rules, "default", "r")
        assert await asyncio.to_thread(plane._count, [rule]) is None

    def test_advance_and_resume_over_a_restart(self, settings: GroundSettings) -> None:
        first = opened(settings)
        first.freeze_clock("default", THEN)
        first.advance_clock("default", timedelta(days=1, microseconds=3))
        first.close()
        second = opened(settings)
        assert second.clock("default").now() == THEN + timedelta(days=1, microseconds=3)
        second.resume_clock("default")
        shown = second.clock("default").now()
        assert timedelta(days=1) <= shown - THEN < timedelta(days=1, seconds=10)
        second.close()

    def test_a_key_once_made_stays(self, settings: GroundSettings) -> None:
        references = set()
        for _ in range(2):
            plane = opened(settings)
            references.add(plane.patient_ref("2790351215189"))
            plane.close()
        assert len(references) == 1

    def test_a_key_that_was_given_is_not_stored(self, settings: GroundSettings) -> None:
        given = ControlSettings(establishments=2, patient_ref_key=SecretStr("0123456789abcdef" * 4))
        plane = opened(settings, given)
        with plane._database.reading() as connection:
            assert records.get_setting(connection, "patient-ref-key") is None
            assert "0123456789abcdef" not in str(records.get_setting(connection, "patient-ref-fingerprint"))
        reference = plane.patient_ref("2790351215189")
        plane.close()
        with pytest.raises(OtherPatientKey, match="SOCLES_CONTROL_PATIENT_REF_KEY"):
            opened(settings)
        again = opened(settings, given)
        assert again.patient_ref("2790351215189") == reference
        again.close()

    def test_the_list_of_changes_stays_short(
        self, plane: ControlPlane, settings: GroundSettings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(database, "KEPT_CHANGES", 10)
        for number in range(45):
            plane.configure("default", options={"n": str(number)})
        with plane._database.reading() as connection:
            kept = connection.execute(select(func.count(), func.max(tables.change.c.seq))).one()
        assert kept[0] <= 21
        other = opened(settings)
        plane.configure("default", options={"n": "last"})
        other._refresh(mine=False)
        assert other.workspace("default").options == {"n": "last"}  # type: ignore[union-attr]
        other.close()

    def test_changes_that_could_not_be_taken_are_given_again(self, plane: ControlPlane) -> None:
        plane._stopping.set()
        assert plane._watcher is not None
        plane._watcher.join()
        given: list[list[Change] | None] = []

        def take(connection: Connection, changes: list[Change] | None) -> None:
            given.append(changes)
            if len(given) == 1:
                raise OSError("torn away")

        with plane._database.writing(Change(database.Scope.WORKSPACE, "default")):
            pass
        with pytest.raises(OSError, match="torn"):
            plane._database.news(take, mine=True)
        plane._database.news(take, mine=True)
        assert given == [[Change(database.Scope.WORKSPACE, "default")]] * 2
