"""What changes the control plane: one method, one transaction, seen at once by this process's readers."""

import re
import secrets
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from socle.control import fault_records, records, restoring, revoked, snapshots
from socle.control.clocks import ClockState
from socle.control.database import Change, ControlDatabase, Scope
from socle.control.fault_workshop import FaultWorkshop
from socle.control.model import DEFAULT_WORKSPACE, GENERATED_NAME, Workspace
from socle.control.population.codec import Items, Kind
from socle.control.restoring import Holding
from socle.rules import Strictness

WORKSPACE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)


class UnknownWorkspace(LookupError):
    """There is no workspace of this name."""


class WorkspaceExists(ValueError):
    """The name is taken."""


class Workshop(FaultWorkshop):
    """The writing half of the control plane. All methods block for one short transaction."""

    def __init__(self, database: ControlDatabase) -> None:
        super().__init__(database)
        self.snapshots = snapshots.Snapshots(database)

    @abstractmethod
    def _refresh(self, *, mine: bool) -> None: ...

    @abstractmethod
    def _seed(self, connection: Connection, seed: int, establishments: int, patients: int) -> None: ...

    @abstractmethod
    def patient_ref(self, matricule: str) -> str:
        """The keyed hash that stands for a patient."""

    def create_workspace(
        self,
        name: str | None = None,
        *,
        strictness: Strictness = Strictness.OFFICIAL,
        options: Mapping[str, str] | None = None,
        ttl_seconds: int | None = None,
    ) -> Workspace:
        """Without a name it gets one; with ``ttl_seconds`` it is deleted when nobody has used it for that long.

        Raises ``ValueError`` for a name that is no DNS label or is of those given here, ``WorkspaceExists`` for one
        that is taken.
        """
        if name is None:
            name = f"t-{secrets.token_hex(6)}"
        elif WORKSPACE_NAME.fullmatch(name) is None:
            raise ValueError("a workspace's name has 1 to 40 of a-z, 0-9 and '-', and does not begin with '-'")
        elif GENERATED_NAME.fullmatch(name) is not None:
            raise ValueError("names of t- and twelve hexadecimal digits are given by the sandbox: give none")
        new = Workspace(name, strictness=strictness, options=dict(options or {}))
        with self._database.writing(Change(Scope.WORKSPACE, name)) as connection:
            if not records.add_workspace(connection, new, ttl_seconds):
                raise WorkspaceExists(name)
            made = records.find_workspace(connection, name)
        self._refresh(mine=True)
        assert made is not None
        return made.workspace

    def configure(
        self, name: str, *, strictness: Strictness | None = None, options: Mapping[str, str] | None = None
    ) -> None:
        """Set strictness, options (replaced whole) or both."""
        values: dict[str, object] = {}
        if strictness is not None:
            values["strictness"] = strictness.value
        if options is not None:
            values["options"] = dict(options)
        with self._changing(name, Scope.WORKSPACE) as connection:
            if values:
                records.change_workspace(connection, name, **values)

    def delete_workspace(self, name: str) -> None:
        """Its rules and people go; its epoch is remembered, so that its data stay invisible for ever. Those data are
        removed in time (``socle.sweeping``). Nothing is left of one whose name was given here."""
        if name == DEFAULT_WORKSPACE:
            raise ValueError("the default workspace stays; reset it instead")
        with self._changing(name, *Scope) as connection:
            _delete(connection, name)

    def keep_uses(self, uses: Mapping[str, datetime]) -> Mapping[str, datetime]:
        """Write down when workspaces were used; gives the last use of each that exists."""
        with self._database.writing() as connection:
            records.keep_uses(connection, uses)
            return records.last_uses(connection)

    def delete_unused(self, now: datetime) -> list[str]:
        """Delete the workspaces whose time to live has passed since their last use; gives their names.

        Safe beside other processes that do the same.
        """
        with self._database.reading() as connection:
            found = [name for name, record in records.workspaces(connection).items() if record.over(now)]
        deleted = []
        for name in found:
            with suppress(UnknownWorkspace), self._changing(name, *Scope) as connection:
                record = records.find_workspace(connection, name)
                if record is not None and record.over(now):  # it may have been used meanwhile
                    _delete(connection, name)
                    deleted.append(name)
        return deleted

    def reset_workspace(self, name: str) -> None:
        """Next epoch: all data of the former one become invisible. Fault rules go, the clock shows real time again;
        strictness, options and imported people stay."""
        with self._changing(name, Scope.WORKSPACE, Scope.FAULTS, Scope.TOKENS) as connection:
            fault_records.remove_fault_rules(connection, name)
            revoked.remove_all(connection, name)
            records.set_clock(connection, name, ClockState())
            records.raise_epoch(connection, name)

    def holding(self, name: str) -> Holding:
        """All that is known of a workspace here, to be archived. Raises ``UnknownWorkspace``."""
        found = restoring.read(self._database, name)
        if found is None:
            raise UnknownWorkspace(name)
        return found

    def schemas(self) -> set[str]:
        """Services that share the database, in whichever process; none on SQLite."""
        return restoring.schemas(self._database)

    def reserve_epoch(self, name: str) -> int:
        """An epoch to be filled before anybody sees it. Raises ``UnknownWorkspace``."""
        epoch = restoring.reserve(self._database, name)
        if epoch is None:
            raise UnknownWorkspace(name)
        return epoch

    def reserved_epochs(self, name: str) -> range:
        """Those that may be filled."""
        return restoring.reserved(self._database, name)

    def restore(self, name: str, epoch: int, holding: Holding) -> None:
        """Go on in a reserved epoch, with what ``holding`` says. Raises as :func:`socle.control.restoring.put`."""
        restoring.put(self._database, name, epoch, holding)
        self._refresh(mine=True)

    def revoke_tokens(self, name: str, until: Mapping[str, datetime]) -> None:
        """Have everybody refuse the access tokens that these identifiers stand in; ``until``: by the workspace's clock,
        when the last of them would have ended. Nothing happens in a workspace that is gone."""
        with self._database.writing(Change(Scope.TOKENS, name)) as connection:
            revoked.add(connection, name, until)
        self._refresh(mine=True)

    def freeze_clock(self, name: str, at: datetime | None = None) -> ClockState:
        """Stand still, at ``at`` (aware) or where the clock is."""
        return self._move_clock(name, lambda state: state.freeze(datetime.now(UTC), at))

    def advance_clock(self, name: str, delta: timedelta) -> ClockState:
        return self._move_clock(name, lambda state: state.advance(delta))

    def set_clock(self, name: str, instant: datetime) -> ClockState:
        return self._move_clock(name, lambda state: state.set(datetime.now(UTC), instant))

    def resume_clock(self, name: str) -> ClockState:
        """Run on from where the clock stands."""
        return self._move_clock(name, lambda state: state.resume(datetime.now(UTC)))

    def reset_clock(self, name: str) -> ClockState:
        """Real time."""
        return self._move_clock(name, lambda state: ClockState())

    def put_people(self, name: str, items: Items) -> None:
        """Add people and places to a workspace, or replace those of the same id, FINESS, RPPS or address."""
        with self._changing(name, Scope.POPULATION) as connection:
            records.put_people(connection, name, items)

    def allow_ins(self, name: str, matricules: Iterable[str]) -> None:
        """D11: take these numbers as fictitious in a workspace. Only their keyed hashes are kept."""
        self.put_people(name, Items(allowed=tuple(self.patient_ref(matricule) for matricule in matricules)))

    def remove_people(self, name: str, kind: Kind | None = None, key: str | None = None) -> int:
        """Of what the workspace added: one item, a kind, or everything; gives how many."""
        with self._changing(name, Scope.POPULATION) as connection:
            return records.remove_people(connection, name, kind, key)

    def seed_population(self, *, seed: int, establishments: int, patients_per_establishment: int) -> None:
        """Replace the common population by another one."""
        with self._database.writing(Change(Scope.POPULATION, "")) as connection:
            self._seed(connection, seed, establishments, patients_per_establishment)
        self._refresh(mine=True)

    def seeded_with(self) -> dict[str, int]:
        """``seed``, ``establishments`` and ``patientsPerEstablishment`` of the common population."""
        with self._database.reading() as connection:
            made_from: dict[str, int] = records.get_setting(connection, "population")
        return made_from

    def _move_clock(self, name: str, move: Callable[[ClockState], ClockState]) -> ClockState:
        with self._changing(name, Scope.WORKSPACE) as connection:
            record = records.find_workspace(connection, name)
            assert record is not None
            moved = move(record.clock)
            records.set_clock(connection, name, moved)
        return moved

    @contextmanager
    def _changing(self, name: str, *scopes: Scope) -> Iterator[Connection]:
        """A transaction on an existing workspace, and this process's readers renewed after it."""
        with self._database.writing(*(Change(scope, name) for scope in scopes)) as connection:
            if records.find_workspace(connection, name) is None:
                raise UnknownWorkspace(name)
            yield connection
        self._refresh(mine=True)


def _delete(connection: Connection, name: str) -> None:
    fault_records.remove_fault_rules(connection, name)
    records.remove_people(connection, name)
    snapshots.remove_all(connection, name)
    revoked.remove_all(connection, name)
    if GENERATED_NAME.fullmatch(name) is not None:
        records.forget_workspace(connection, name)
    else:
        records.change_workspace(connection, name, deleted=True)
