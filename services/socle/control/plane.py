"""The control plane (D14): workspaces, epochs, clocks, fault rules and the population, shared by all processes.

Reads answer from memory and never wait. Changes are short synchronous transactions: call them in a thread when on an
event loop. A change is seen at once in this process, and within 200 ms in every other one.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from sqlalchemy import Connection

from socle.clock import Clock, SystemClock
from socle.control import fault_records, records, shared_catalogue
from socle.control.clocks import ClockState, WorkspaceClock
from socle.control.database import Change, ControlUnavailable, Scope
from socle.control.faults import FaultRule, RuleBook
from socle.control.keeper import Keeper
from socle.control.keyring import patient_key
from socle.control.known import known_fictitious
from socle.control.model import DEFAULT_WORKSPACE, Workspace
from socle.control.population.codec import Items
from socle.control.population.generate import generate
from socle.control.population.index import PopulationIndex
from socle.control.port import Attributes, Fault, FaultPoint
from socle.control.records import WorkspaceRecord
from socle.control.revoked import Revoked
from socle.control.roll import Roll
from socle.control.settings import ControlSettings
from socle.control.wiring import make_database
from socle.control.workshop import Workshop
from socle.settings import GroundSettings

_LOG = logging.getLogger(__name__)
_COMMON = ""
_RUNNING = ClockState()


class ControlPlane(Workshop):
    """Implements ``socle.control.port.Control``; what changes things is in ``Workshop``."""

    def __init__(self, ground: GroundSettings, settings: ControlSettings | None = None) -> None:
        self.settings = settings or ControlSettings()
        self._ground = ground
        super().__init__(make_database(ground))
        self.roll = Roll()
        self._revoked = Revoked()
        self._rules: dict[str, RuleBook] = {}
        self._populations: dict[str, PopulationIndex] = {}
        self._watchers: list[Callable[[Change], None]] = []
        self._stopping = threading.Event()
        self._counting = ThreadPoolExecutor(1, "control-faults")
        self._watcher: threading.Thread | None = None
        self._lost_since: float | None = None
        self._keeper = Keeper(self.settings.sweep_seconds, self.keep_uses, self.delete_unused)

    def open(self) -> None:
        """Migrate, seed at the first start, load, watch for others' changes. Blocking."""
        known_fictitious()  # read from a file once, here: the first act that asks for it runs on the loop
        self._database.open()
        try:
            self._key = patient_key(self._ground, self.settings, self._database)
            self._first_start()
            shared_catalogue.publish(self._database)
            with self._database.reading() as connection:
                self._reload(connection)
            self._refresh(mine=True)
        except BaseException:
            self._database.close()
            raise
        self._watcher = threading.Thread(target=self._watch, name="control-watch", daemon=True)
        self._watcher.start()
        self._keeper.start()

    def close(self) -> None:
        if self._watcher is not None:
            self._keeper.stop()
            self._stopping.set()
            self._watcher.join()
            self._watcher = None
            self._counting.shutdown()
            self._database.close()

    @property
    def running(self) -> bool:
        """Loaded, and watching for others' changes."""
        return self._watcher is not None and self._watcher.is_alive()

    @property
    def spread_seconds(self) -> float:
        """How long it may take until every process has seen a change: 0 where this one is alone."""
        return 2 * self.settings.poll_seconds if self._ground.database_url is not None else 0.0

    @property
    def in_touch(self) -> bool:
        """Whether others' changes can be seen: False while the database is away."""
        return self.running and self._lost_since is None

    async def start(self) -> None:
        """``open``, off the loop."""
        await asyncio.to_thread(self.open)

    async def stop(self) -> None:
        await asyncio.to_thread(self.close)

    def workspace(self, name: str) -> Workspace | None:
        """Asked for by whoever acts in it: it counts as used."""
        record = self.roll.records.get(name)
        if record is None:
            return None
        self._keeper.note(name)
        return record.workspace

    def record(self, name: str) -> WorkspaceRecord | None:
        """To look at it; this is no use of it."""
        return self.roll.records.get(name)

    def last_used(self, record: WorkspaceRecord) -> datetime:
        """By the real clock; what other processes know comes with their next round."""
        return max(record.last_used, self._keeper.last_use(record.workspace.name) or record.last_used)

    def workspaces(self) -> tuple[WorkspaceRecord, ...]:
        """All, in the order in which they were made."""
        return tuple(self.roll.records.values())

    def clock(self, workspace: str) -> Clock:
        """Follows the workspace's clock for as long as it is held; real time for an unknown workspace."""
        return WorkspaceClock(lambda: self.clock_state(workspace)) if workspace in self.roll.records else SystemClock()

    def clock_state(self, workspace: str) -> ClockState:
        record = self.roll.records.get(workspace)
        return record.clock if record is not None else _RUNNING

    def population(self, workspace: str) -> PopulationIndex:
        return self._populations.get(workspace) or self._populations[_COMMON]

    def patient_ref(self, matricule: str) -> str:
        return self._key.ref(matricule)

    def revoked(self, workspace: str, ids: Iterable[str]) -> bool:
        return self._revoked.holds(workspace, ids)

    def may_fault(self, workspace: str) -> bool:
        return workspace in self._rules

    async def fault(
        self, point: FaultPoint, *, workspace: str, service: str, operation: str, attributes: Attributes
    ) -> Fault | None:
        """The first that fires; each concerned one before it counts the call. None while the database is away."""
        rules = self._rules.get(workspace)
        concerned = rules.concerned(point, service, operation, attributes) if rules is not None else ()
        if not concerned:
            return None
        return await asyncio.get_running_loop().run_in_executor(self._counting, self._count, concerned)

    def subscribe(self, watcher: Callable[[Change], None]) -> None:
        """Call ``watcher`` after every change, in the thread that saw it: how services learn of resets. Be short."""
        self._watchers.append(watcher)

    def _count(self, rules: Sequence[FaultRule]) -> Fault | None:
        try:
            with self._database.counting(rules[0].workspace) as connection:
                counted = (fault_records.count_call(connection, rule) for rule in rules)
                return next((fault for fault in counted if fault is not None), None)
        except ControlUnavailable:
            return None

    def _first_start(self) -> None:
        settings = self.settings
        with self._database.writing() as connection:
            if records.get_setting(connection, "population") is not None:
                return
            records.add_workspace(connection, Workspace(DEFAULT_WORKSPACE))
            self._seed(
                connection, settings.population_seed, settings.establishments, settings.patients_per_establishment
            )

    def _seed(self, connection: Connection, seed: int, establishments: int, patients: int) -> None:
        people = generate(seed=seed, sites=establishments, patients_per_site=patients)
        records.replace_people(connection, _COMMON, people)
        value = {"seed": seed, "establishments": establishments, "patientsPerEstablishment": patients}
        records.keep_setting(connection, "population", value)

    def _watch(self) -> None:
        while not self._stopping.wait(self.settings.poll_seconds):
            try:
                self._refresh(mine=False)
            except ControlUnavailable as error:
                if self._lost_since is None:
                    self._lost_since = time.monotonic()
                    _LOG.warning("control: goes on with what is in memory: %s", error)
            except Exception:
                _LOG.exception("control: could not read the changes of other processes")
            else:
                if self._lost_since is not None:
                    _LOG.warning("control: in touch again after %.1f s", time.monotonic() - self._lost_since)
                    self._lost_since = None

    def _refresh(self, *, mine: bool) -> None:
        self._database.news(self._take, mine=mine)

    def _take(self, connection: Connection, changes: list[Change] | None) -> None:
        if changes is None:
            self._reload(connection)
            changes = [Change(scope, name) for scope in Scope for name in self.roll.records]
        else:
            for change in dict.fromkeys(changes):
                self._apply(connection, change)
        for change in dict.fromkeys(changes):
            for watcher in self._watchers:
                watcher(change)

    def _apply(self, connection: Connection, change: Change) -> None:
        name = change.workspace
        if change.scope is Scope.WORKSPACE:
            self.roll.renew(connection, name)
        elif change.scope is Scope.FAULTS:
            rules = fault_records.fault_rules(connection, name)
            others = {key: kept for key, kept in self._rules.items() if key != name}
            self._rules = others | ({name: RuleBook(rules)} if rules else {})
        elif change.scope is Scope.TOKENS:
            self._revoked.renew(connection, name)
        elif name == _COMMON:
            self._reload_people(connection)
        else:
            self._load_people(connection, name, self._populations)

    def _reload(self, connection: Connection) -> None:
        self.roll.reload(connection)
        self._revoked.reload(connection)
        self._rules = {name: RuleBook(rules) for name, rules in fault_records.all_fault_rules(connection).items()}
        self._reload_people(connection)

    def _reload_people(self, connection: Connection) -> None:
        fresh = {_COMMON: PopulationIndex(records.people(connection, _COMMON), self.patient_ref)}
        for name in records.workspaces_with_people(connection):
            if name != _COMMON:
                self._load_people(connection, name, fresh)
        self._populations = fresh

    def _load_people(self, connection: Connection, name: str, into: dict[str, PopulationIndex]) -> None:
        own = records.people(connection, name)
        if own == Items():
            into.pop(name, None)
        else:
            into[name] = PopulationIndex(own, self.patient_ref, base=into[_COMMON])
