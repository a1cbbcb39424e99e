"""What changes a workspace's fault rules; and the catalogue, which every process of an installation adds to."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager

from sqlalchemy import Connection

from socle.control import fault_records, shared_catalogue
from socle.control.database import ControlDatabase, Scope
from socle.control.fault_checks import check_rule
from socle.control.faults import FaultRule
from socle.faults.catalogue import CatalogueEntry


class FaultWorkshop(ABC):
    """The part of the control plane's writing half that deals in faults. All methods block."""

    def __init__(self, database: ControlDatabase) -> None:
        self._database = database

    @abstractmethod
    def _changing(self, name: str, *scopes: Scope) -> AbstractContextManager[Connection]:
        """A transaction on an existing workspace, and this process's readers renewed after it."""

    def fault_rules(self, name: str) -> tuple[FaultRule, ...]:
        """With their counters as they are now. Reads the database."""
        with self._database.reading() as connection:
            return fault_records.fault_rules(connection, name)

    def add_fault_rule(self, rule: FaultRule) -> None:
        """Tried after those already there; replaces one of the same id. Raises ``FaultNonsense``."""
        self.add_fault_rules(rule.workspace, (rule,))

    def add_fault_rules(self, name: str, rules: Sequence[FaultRule], *, alone: bool = False) -> None:
        """As :meth:`add_fault_rule`, all or none; ``alone``: instead of all that are there."""
        for rule in rules:
            check_rule(rule)
        with self._changing(name, Scope.FAULTS) as connection:
            if alone:
                fault_records.remove_fault_rules(connection, name)
            for rule in rules:
                fault_records.add_fault_rule(connection, rule)

    def remove_fault_rules(self, name: str, rule_id: str | None = None) -> int:
        """One, or all; gives how many."""
        with self._changing(name, Scope.FAULTS) as connection:
            return fault_records.remove_fault_rules(connection, name, rule_id)

    def catalogue(self) -> dict[str, CatalogueEntry]:
        """All entries by id: those of this process, and those that the others have made known."""
        with self._database.reading() as connection:
            return shared_catalogue.known(connection)
