"""The workspaces as a process knows them: those that exist, and those that did."""

from sqlalchemy import Connection

from socle.control import records
from socle.control.model import GENERATED_NAME
from socle.control.records import WorkspaceRecord


class Roll:
    """Renewed by the control plane; read in any thread."""

    def __init__(self) -> None:
        self.records: dict[str, WorkspaceRecord] = {}
        """In the order in which they were made."""
        self._graves: dict[str, int] = {}
        """Deleted workspace → its last epoch."""

    def reload(self, connection: Connection) -> None:
        """Read everything."""
        self.records, self._graves = records.workspaces(connection), records.graves(connection)

    def renew(self, connection: Connection, name: str) -> None:
        """Read one workspace."""
        fresh, record = self.records.copy(), records.find_workspace(connection, name)  # others read it meanwhile
        if record is None:
            fresh.pop(name, None)
            self._graves.update(records.graves(connection, name))
        else:
            fresh[name] = record
            self._graves.pop(name, None)
        self.records = fresh

    def dead(self, workspace: str, epoch: int) -> bool:
        """Whether nobody will ever see data of that epoch again. A workspace that was never heard of is not dead."""
        record = self.records.get(workspace)
        if record is not None:
            return epoch < record.workspace.epoch
        return epoch <= self._graves.get(workspace, 0) or self.never_again(workspace)

    def gone(self, workspace: str) -> bool:
        """Whether it was deleted, and not made again."""
        return workspace not in self.records and (workspace in self._graves or self.never_again(workspace))

    def never_again(self, workspace: str) -> bool:
        """Whether it was deleted and no other can get its name."""
        return workspace not in self.records and GENERATED_NAME.fullmatch(workspace) is not None
