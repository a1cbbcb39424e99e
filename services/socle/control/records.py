"""Rows of the control schema ↔ value objects. Each function runs inside a transaction that the caller opened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from socle.control.clocks import ClockState
from socle.control.model import Workspace
from socle.control.population.codec import Items, Kind, from_rows
from socle.control.tables import population_item, setting, workspace
from socle.rules import Strictness
from socle.store.types import Instant


@dataclass(frozen=True, slots=True)
class WorkspaceRecord:
    """A workspace as it lies in the database."""

    workspace: Workspace
    clock: ClockState
    created_at: datetime
    epoch_since: datetime
    """When its epoch began, by the real clock."""
    last_used: datetime
    """By the real clock, as last written down."""
    ttl_seconds: int | None = None
    """It is deleted when nobody has used it for as long; None: never."""

    def over(self, now: datetime) -> bool:
        """Whether its time to live has passed since its last use."""
        return self.ttl_seconds is not None and self.last_used + timedelta(seconds=self.ttl_seconds) < now


def workspaces(connection: Connection) -> dict[str, WorkspaceRecord]:
    """All that exist, by name."""
    rows = connection.execute(select(workspace).where(~workspace.c.deleted).order_by(workspace.c.created_at))
    return {row.name: _workspace(row) for row in rows}


def find_workspace(connection: Connection, name: str) -> WorkspaceRecord | None:
    row = connection.execute(select(workspace).where(workspace.c.name == name, ~workspace.c.deleted)).one_or_none()
    return _workspace(row) if row is not None else None


def add_workspace(connection: Connection, new: Workspace, ttl_seconds: int | None = None) -> bool:
    """Insert it, under a higher epoch when the name was used before; False when it exists."""
    known = (workspace.c.last_epoch, workspace.c.deleted)
    row = connection.execute(select(*known).where(workspace.c.name == new.name)).first()
    if row is not None and not row.deleted:
        return False
    connection.execute(delete(workspace).where(workspace.c.name == new.name))
    now, epoch = datetime.now(UTC), new.epoch if row is None else row.last_epoch + 1
    connection.execute(
        insert(workspace).values(
            name=new.name,
            epoch=epoch,
            epoch_since=now,
            last_epoch=epoch,
            strictness=new.strictness.value,
            options=dict(new.options),
            created_at=now,
            last_used=now,
            ttl_seconds=ttl_seconds,
            deleted=False,
            clock_frozen_at=None,
            clock_offset_us=0,
        )
    )
    return True


def change_workspace(connection: Connection, name: str, **values: Any) -> bool:
    """Set columns; False when there is no such workspace."""
    done = connection.execute(update(workspace).where(workspace.c.name == name, ~workspace.c.deleted).values(**values))
    return done.rowcount == 1


def graves(connection: Connection, name: str | None = None) -> dict[str, int]:
    """Deleted workspaces that are remembered, with their last epochs: all, or the one of that name."""
    wanted = select(workspace.c.name, workspace.c.last_epoch).where(workspace.c.deleted)
    rows = connection.execute(wanted if name is None else wanted.where(workspace.c.name == name))
    return {row.name: row.last_epoch for row in rows}


def forget_workspace(connection: Connection, name: str) -> None:
    """As if it had never been: for names that nobody gives again."""
    connection.execute(delete(workspace).where(workspace.c.name == name))


def keep_uses(connection: Connection, uses: Mapping[str, datetime]) -> None:
    """Write down when workspaces were last used; an earlier instant than the one there changes nothing."""
    if uses:
        connection.execute(_KEEP_USE, [{"w": name, "used": used} for name, used in sorted(uses.items())])


def last_uses(connection: Connection) -> dict[str, datetime]:
    """Of all workspaces that exist."""
    rows = connection.execute(select(workspace.c.name, workspace.c.last_used).where(~workspace.c.deleted))
    return {row.name: row.last_used for row in rows}


_KEEP_USE = (
    update(workspace)
    .where(workspace.c.name == bindparam("w"), workspace.c.last_used < bindparam("used", type_=Instant))
    .values(last_used=bindparam("used", type_=Instant))
)


def raise_epoch(connection: Connection, name: str) -> bool:
    following = workspace.c.last_epoch + 1
    return change_workspace(connection, name, epoch=following, last_epoch=following, epoch_since=datetime.now(UTC))


def begin_epoch(connection: Connection, name: str, epoch: int, *, strictness: str, options: Mapping[str, str]) -> bool:
    """Go on in an epoch that was reserved."""
    values = {"epoch": epoch, "epoch_since": datetime.now(UTC), "strictness": strictness, "options": dict(options)}
    return change_workspace(connection, name, **values)


def reserve_epoch(connection: Connection, name: str) -> int | None:
    """An epoch that no reset will give, higher than the current one; None when there is no such workspace."""
    if not change_workspace(connection, name, last_epoch=workspace.c.last_epoch + 1):
        return None
    reserved: int = connection.execute(select(workspace.c.last_epoch).where(workspace.c.name == name)).scalar_one()
    return reserved


def reserved_epochs(connection: Connection, name: str) -> range:
    """Those that were given and never were current."""
    row = connection.execute(select(workspace.c.epoch, workspace.c.last_epoch).where(workspace.c.name == name)).first()
    return range(row.epoch + 1, row.last_epoch + 1) if row is not None else range(0)


def set_clock(connection: Connection, name: str, clock: ClockState) -> bool:
    offset = clock.offset // timedelta(microseconds=1)
    return change_workspace(connection, name, clock_frozen_at=clock.frozen_at, clock_offset_us=offset)


def people(connection: Connection, name: str) -> Items:
    """What a workspace adds to the common population; '' for the common population itself."""
    columns = (population_item.c.kind, population_item.c.key, population_item.c.body)
    rows = connection.execute(
        select(*columns).where(population_item.c.workspace == name).order_by(population_item.c.position)
    )
    return from_rows((row.kind, row.key, row.body) for row in rows)


def workspaces_with_people(connection: Connection) -> list[str]:
    return list(connection.execute(select(population_item.c.workspace).distinct()).scalars())


def put_people(connection: Connection, name: str, items: Items) -> None:
    """Add, or replace by kind and key."""
    rows = list(items.rows())
    if not rows:
        return
    where = (population_item.c.workspace == name, population_item.c.kind == bindparam("k"))
    connection.execute(
        delete(population_item).where(*where, population_item.c.key == bindparam("i")),
        [{"k": kind.value, "i": key} for kind, key, _ in rows],
    )
    last = select(func.coalesce(func.max(population_item.c.position), 0)).where(population_item.c.workspace == name)
    _add_people(connection, name, rows, connection.execute(last).scalar_one() + 1)


def replace_people(connection: Connection, name: str, items: Items) -> None:
    """These and no others."""
    remove_people(connection, name)
    _add_people(connection, name, items.rows(), 1)


_PUT = "INSERT INTO population_item (workspace, kind, key, position, body) VALUES (?, ?, ?, ?, ?)"
_PORTION = 10_000
_COPY = "COPY population_item (workspace, kind, key, position, body) FROM STDIN (FORMAT BINARY)"
_COPY_TYPES = ("varchar", "varchar", "varchar", "int4", "bytea")


def _add_people(connection: Connection, name: str, rows: Iterable[tuple[Kind, str, bytes]], first: int) -> None:
    """In portions: a million may come at once."""
    if connection.dialect.name == "postgresql":
        raw: Any = connection.connection.driver_connection
        with raw.cursor() as cursor, cursor.copy(_COPY) as copy:
            copy.set_types(_COPY_TYPES)
            for number, (kind, key, body) in enumerate(rows, first):
                copy.write_row((name, kind.value, key, number, body))
        return
    numbered = enumerate(rows, first)
    while some := [(name, kind.value, key, number, body) for number, (kind, key, body) in islice(numbered, _PORTION)]:
        connection.exec_driver_sql(_PUT, some)


def remove_people(connection: Connection, name: str, kind: Kind | None = None, key: str | None = None) -> int:
    """One item, all of a kind, or everything a workspace added; gives how many."""
    gone = delete(population_item).where(population_item.c.workspace == name)
    if kind is not None:
        gone = gone.where(population_item.c.kind == kind.value)
    if key is not None:
        gone = gone.where(population_item.c.key == key)
    return connection.execute(gone).rowcount


def get_setting(connection: Connection, name: str) -> Any:
    """A value of the installation, or None."""
    return connection.execute(select(setting.c.value).where(setting.c.name == name)).scalar_one_or_none()


def settings(connection: Connection, prefix: str) -> list[Any]:
    """The values of all settings whose names begin so."""
    return list(connection.execute(select(setting.c.value).where(setting.c.name.startswith(prefix))).scalars())


def keep_setting(connection: Connection, name: str, value: Any) -> None:
    connection.execute(delete(setting).where(setting.c.name == name))
    connection.execute(insert(setting).values(name=name, value=value))


def _workspace(row: Row[Any]) -> WorkspaceRecord:
    return WorkspaceRecord(
        Workspace(row.name, row.epoch, Strictness(row.strictness), row.options),
        ClockState(row.clock_frozen_at, timedelta(microseconds=row.clock_offset_us)),
        row.created_at,
        row.epoch_since,
        row.last_used,
        row.ttl_seconds,
    )
