"""Archives kept in the control schema under a name, in pieces: every process of the installation reads the same."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from socle.control.database import ControlDatabase
from socle.control.tables import snapshot, snapshot_piece

PIECE = 512 * 1024
"""Octets of one row."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A workspace as it was."""

    workspace: str
    name: str
    made_at: datetime
    epoch: int
    size: int


class Snapshots:
    """Methods block for a transaction."""

    def __init__(self, database: ControlDatabase) -> None:
        self._database = database

    def keep(self, workspace: str, name: str, epoch: int, pieces: Iterable[bytes]) -> Snapshot:
        """Keep an archive; one of the same name is replaced. A piece has :data:`PIECE` octets at most."""
        with self._database.writing() as connection:
            _remove(connection, workspace, name)
            size = 0
            made_at = datetime.now(UTC)
            first = {"workspace": workspace, "name": name, "made_at": made_at, "epoch": epoch, "size": 0}
            connection.execute(insert(snapshot).values(first))
            for number, piece in enumerate(pieces):
                size += len(piece)
                values = {"workspace": workspace, "name": name, "number": number, "data": piece}
                connection.execute(insert(snapshot_piece).values(values))
            connection.execute(snapshot.update().where(*_this(workspace, name)).values(size=size))
            return Snapshot(workspace, name, made_at, epoch, size)

    def of(self, workspace: str) -> list[Snapshot]:
        """Of one workspace, in the order in which they were made."""
        return self._find(snapshot.c.workspace == workspace)

    def called(self, name: str) -> list[Snapshot]:
        """Of all workspaces, those with this name."""
        return self._find(snapshot.c.name == name)

    def read(self, workspace: str, name: str) -> Iterator[bytes]:
        """The archive, piece by piece, each read by itself; nothing when there is none."""
        number = 0
        while True:
            wanted = select(snapshot_piece.c.data).where(
                snapshot_piece.c.workspace == workspace,
                snapshot_piece.c.name == name,
                snapshot_piece.c.number == number,
            )
            with self._database.reading() as connection:
                piece: bytes | None = connection.execute(wanted).scalar_one_or_none()
            if piece is None:
                return
            yield piece
            number += 1

    def remove(self, workspace: str, name: str) -> bool:
        """Gives whether it was there."""
        with self._database.writing() as connection:
            return _remove(connection, workspace, name)

    def _find(self, condition: ColumnElement[bool]) -> list[Snapshot]:
        with self._database.reading() as connection:
            rows = connection.execute(select(snapshot).where(condition).order_by(snapshot.c.made_at))
            return [Snapshot(row.workspace, row.name, row.made_at, row.epoch, row.size) for row in rows]


def remove_all(connection: Connection, workspace: str) -> None:
    """All of a workspace."""
    for table in (snapshot_piece, snapshot):
        connection.execute(delete(table).where(table.c.workspace == workspace))


def _remove(connection: Connection, workspace: str, name: str) -> bool:
    connection.execute(
        delete(snapshot_piece).where(snapshot_piece.c.workspace == workspace, snapshot_piece.c.name == name)
    )
    return connection.execute(delete(snapshot).where(*_this(workspace, name))).rowcount == 1


def _this(workspace: str, name: str) -> tuple[ColumnElement[bool], ...]:
    return (snapshot.c.workspace == workspace, snapshot.c.name == name)
