"""The fault hook in SMTP's words (D10): a latency, a refusal with its reply code, a cut or maimed reply, overload."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Final

from mss_sim.domain.faults import opening, reports
from mss_sim.domain.magic import magic_id, subject_id
from mss_sim.domain.patients import addressed
from mss_sim.domain.smtp_rules import BUSY, WORKSPACE_GONE
from mss_sim.wire.session import Cut, Link
from socle.admission import Admission
from socle.control.known import real_patient_refused
from socle.control.port import Control, Fault, FaultEffect, FaultPoint
from socle.exchange import Exchange, Outcome
from socle.faults import magic
from socle.faults.catalogue import CatalogueEntry
from socle.faults.interruptions import tell
from socle.rules import Rule

_DEFAULT_CODE: Final = "451"


class Declined(Exception):
    """The act is refused; ``reply`` is the whole reply line."""

    def __init__(self, reply: str, outcome: Outcome = Outcome.REFUSED) -> None:
        super().__init__(reply)
        self.reply = reply
        self.outcome = outcome


class Bounced(Declined):
    """A recipient is to be taken and its mail to come back; elsewhere than at RCPT this is an ordinary refusal."""

    def __init__(self, failure: Rule) -> None:
        super().__init__(f"550 {failure.error_code} {failure.title_en}", Outcome.FAULT)
        self.failure = failure


def same_workspace(control: Control, exchange: Exchange) -> None:
    """Raises ``Declined`` when the workspace was deleted or reset since the exchange began.

    Otherwise the mail would be answered with 250 and lie in an epoch that nobody can see.
    """
    found = control.workspace(exchange.workspace)
    if found is None or found.epoch != exchange.epoch:
        exchange.findings.append(WORKSPACE_GONE.finding(where="workspace", found=exchange.workspace))
        raise Declined(f"{WORKSPACE_GONE.error_code} {WORKSPACE_GONE.title_en}")


def nobody_real(control: Control, exchange: Exchange, text: str, where: str, code: str) -> None:
    """Raises ``Declined``, with ``code``, when a citizen's address of a command may be a real person's (D11).

    To be asked before any fault rule, which would end the dialogue with the number in the journal.
    """
    population = control.population(exchange.workspace)
    for ins in addressed(text):
        stranger = real_patient_refused(ins, population, where=where)
        if stranger is not None:
            exchange.redacted = True
            exchange.findings.append(stranger)
            raise Declined(f"{code} {stranger.rule.title_en}")


class FaultHook:
    """The three points of each step of the dialogue."""

    def __init__(self, control: Control, admission: Admission) -> None:
        self._control = control
        self._admission = admission

    async def pass_by(
        self,
        point: FaultPoint,
        exchange: Exchange,
        link: Link,
        attributes: Mapping[str, str],
        *,
        operation: str | None = None,
    ) -> float:
        """Apply what the dialogue itself asks for, else the first rule that fires, if one does; see :meth:`apply`."""
        asked = self._asked(point, exchange, attributes, operation or exchange.operation)
        if asked is not None:
            return await self.apply(asked, exchange, link, point)
        fault = await self._control.fault(
            point,
            workspace=exchange.workspace,
            service=exchange.service,
            operation=operation or exchange.operation,
            attributes=attributes.get,
        )
        return await self.apply(fault, exchange, link, point) if fault is not None else 0.0

    def entry(self, exchange: Exchange, attributes: Mapping[str, str]) -> CatalogueEntry | None:
        """The entry of the catalogue that the dialogue asks for by a magic word."""
        named = magic_id(attributes)
        if named is None:
            return None
        workspace = self._control.workspace(exchange.workspace)
        return magic.entry_of(named, workspace.options if workspace is not None else {}, exchange)

    def _asked(
        self, point: FaultPoint, exchange: Exchange, attributes: Mapping[str, str], operation: str
    ) -> Fault | None:
        entry = self.entry(exchange, attributes)
        if entry is None or (exchange.fault == entry.id and entry.effect is not FaultEffect.REFUSE):
            return None  # a recipient is seen at RCPT and again at DATA: its fault happens once
        late = point is FaultPoint.BEFORE_COMMIT and entry.id == subject_id(attributes)
        # a subject is known once the content has come: what would happen as it is received happens then
        return magic.fires(entry, FaultPoint.RECEIVED if late and entry.point is not point else point, operation)

    async def apply(self, fault: Fault, exchange: Exchange, link: Link, point: FaultPoint) -> float:
        """Wait, tell the link how the reply leaves, or raise ``Declined`` or ``Cut``.

        Gives how many seconds after their commit the act's events are to be published. ``code`` of a refusal is a
        reply code, with or without its enhanced code (``452``, ``550 5.1.1``); what is no 4xx or 5xx gives 451.
        """
        tell(fault, exchange)
        if fault.latency_ms:
            # before the commit a message has a place in the queue; who waits for nothing leaves it to others
            place: AbstractAsyncContextManager[None] = (
                self._admission.aside() if point is FaultPoint.BEFORE_COMMIT else nullcontext()
            )
            async with place:
                await self._admission.pause(fault.latency_ms / 1000)
        match fault.effect:
            case FaultEffect.CUT:
                exchange.outcome = Outcome.FAULT
                raise Cut
            case FaultEffect.OVERLOAD:
                raise Declined(f"{BUSY.error_code} {BUSY.title_en}", Outcome.FAULT)
            case FaultEffect.REFUSE:
                failure = reports.BOUNCES.get(fault.code or "")
                if failure is not None:
                    raise Bounced(failure)
                raise Declined(_refusal(fault), Outcome.FAULT)
            case FaultEffect.CUT_ANSWER | FaultEffect.TRUNCATE | FaultEffect.DRIP:
                link.leaving = fault
            case FaultEffect.DELAY_EVENT:
                return fault.seconds
        return 0.0


def _refusal(fault: Fault) -> str:
    code = fault.code or _DEFAULT_CODE
    if code == opening.REFUSED:
        return f"334 {opening.CHALLENGE}"
    usable = code[:3].isdigit() and code[0] in "45" and code[3:4] in {"", " "}
    reason = " ".join((fault.reason or "Injected fault").encode("ascii", "replace").decode().split())
    return f"{code if usable else _DEFAULT_CODE} {reason}"
