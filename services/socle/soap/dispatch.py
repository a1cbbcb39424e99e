"""Which operation a message is for."""

from collections.abc import Sequence

from socle.soap import envelope_rules as rules
from socle.soap.model import WSA, Envelope, FaultCode, Operation, SoapFault


class Dispatcher:
    """Finds an operation by action, else by the body's QName. A body that belongs to another operation than the action
    wins over it: clients' actions differ from the samples' (domain/dmp.md §0.7)."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._by_action = {action: operation for operation in operations for action in operation.actions}
        self._claiming = [(operation.claims, operation) for operation in operations if operation.claims is not None]
        self._by_root: dict[str, Operation] = {}
        for operation in operations:
            for root in operation.body_roots:
                self._by_root.setdefault(root, operation)

    def find(self, envelope: Envelope) -> Operation:
        """Raises ``SoapFault`` (ActionNotSupported) when nobody answers to the action or the body."""
        root = str(envelope.body.tag)
        named = self._by_action.get(envelope.action) if envelope.action else None
        if named is not None and (not named.body_roots or root in named.body_roots):
            return named
        operation = self._by_root.get(root) or named or self._claimed(envelope.action)
        if operation is None:
            said = f"action {envelope.action or '—'}, corps {root}"[:300]
            raise SoapFault(
                FaultCode.SENDER,
                f"{rules.UNKNOWN_ACTION.title_fr} ({said})",
                subcode=f"{{{WSA}}}ActionNotSupported",
                findings=[rules.UNKNOWN_ACTION.finding(where="/Envelope/Header/Action", found=said)],
            )
        return operation

    def _claimed(self, action: str | None) -> Operation | None:
        return next((operation for claims, operation in self._claiming if action and claims(action)), None)
