"""What the control plane knows of a workspace, taken out whole and put in again under a new epoch."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import text, update

from socle.control import fault_records, records
from socle.control.clocks import ClockState
from socle.control.database import Change, ControlDatabase, Scope
from socle.control.fault_checks import check_rule
from socle.control.faults import FaultRule
from socle.control.model import Workspace
from socle.control.population.codec import Items
from socle.control.tables import fault_rule


class ResetMeanwhile(RuntimeError):
    """Somebody has reset or deleted the workspace, or restored another archive there, since the epoch was reserved."""


@dataclass(frozen=True, slots=True)
class Holding:
    """Everything but documents, mails and events."""

    workspace: Workspace
    clock: ClockState
    people: Items
    """What the workspace adds to the common population."""
    rules: Sequence[FaultRule]
    """With their counters."""


def read(database: ControlDatabase, name: str) -> Holding | None:
    """As it is now; None: there is no such workspace."""
    with database.reading() as connection:
        record = records.find_workspace(connection, name)
        if record is None:
            return None
        rules = fault_records.fault_rules(connection, name)
        return Holding(record.workspace, record.clock, records.people(connection, name), rules)


def reserve(database: ControlDatabase, name: str) -> int | None:
    """An epoch to fill before anybody sees it; None: there is no such workspace."""
    with database.writing() as connection:
        return records.reserve_epoch(connection, name)


def reserved(database: ControlDatabase, name: str) -> range:
    """Epochs that may be filled."""
    with database.reading() as connection:
        return records.reserved_epochs(connection, name)


def put(database: ControlDatabase, name: str, epoch: int, holding: Holding) -> None:
    """Make ``epoch`` the current one, with settings, clock, people and rules of ``holding`` and no others.

    Raises :class:`ResetMeanwhile`, or ``ValueError`` for a rule that contradicts itself.
    """
    with database.writing(*(Change(scope, name) for scope in Scope)) as connection:
        if epoch not in records.reserved_epochs(connection, name):
            raise ResetMeanwhile(name)
        about = holding.workspace
        if not records.begin_epoch(connection, name, epoch, strictness=about.strictness.value, options=about.options):
            raise ResetMeanwhile(name)
        records.set_clock(connection, name, holding.clock)
        records.replace_people(connection, name, holding.people)
        fault_records.remove_fault_rules(connection, name)
        for rule in holding.rules:
            own = replace(rule, workspace=name)
            check_rule(own)
            fault_records.add_fault_rule(connection, own)
            connection.execute(
                update(fault_rule)
                .where(fault_rule.c.workspace == name, fault_rule.c.id == rule.id)
                .values(seen=rule.seen, fired=rule.fired)
            )


def schemas(database: ControlDatabase) -> set[str]:
    """Of all services in the same PostgreSQL database, whichever process serves them; none on SQLite."""
    with database.reading() as connection:
        if connection.dialect.name == "sqlite":
            return set()
        found = connection.execute(text("SELECT schemaname FROM pg_tables WHERE tablename = 'relay_head'"))
        return set(found.scalars())
