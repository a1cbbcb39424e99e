"""The fault hook in SMTP's words (D10): a latency, a refusal with its reply code, a cut connection."""

import asyncio
from collections.abc import Mapping
from typing import Final

from mss_sim.domain.smtp_rules import WORKSPACE_GONE
from mss_sim.wire.session import Cut
from socle.control.port import Control, FaultEffect, FaultPoint
from socle.exchange import Exchange, Outcome

_DEFAULT_CODE: Final = "451"


class Declined(Exception):
    """The act is refused; ``reply`` is the whole reply line."""

    def __init__(self, reply: str, outcome: Outcome = Outcome.REFUSED) -> None:
        super().__init__(reply)
        self.reply = reply
        self.outcome = outcome


def same_workspace(control: Control, exchange: Exchange) -> None:
    """Raises ``Declined`` when the workspace was deleted or reset since the exchange began.

    Otherwise the mail would be answered with 250 and lie in an epoch that nobody can see.
    """
    found = control.workspace(exchange.workspace)
    if found is None or found.epoch != exchange.epoch:
        exchange.findings.append(WORKSPACE_GONE.finding(where="workspace", found=exchange.workspace))
        raise Declined(f"{WORKSPACE_GONE.error_code} {WORKSPACE_GONE.title_en}")


async def apply_fault(
    control: Control,
    exchange: Exchange,
    point: FaultPoint,
    attributes: Mapping[str, str],
    operation: str | None = None,
) -> None:
    """One point of the hook. Raises ``Declined`` or ``Cut`` when a rule says so.

    ``code`` of the rule is a reply code, with or without its enhanced code (``452``, ``550 5.1.1``); what is no 4xx
    or 5xx gives 451.
    """
    fault = await control.fault(
        point,
        workspace=exchange.workspace,
        service=exchange.service,
        operation=operation or exchange.operation,
        attributes=lambda: attributes,
    )
    if fault is None:
        return
    exchange.fault = fault.rule_id
    if fault.latency_ms:
        await asyncio.sleep(fault.latency_ms / 1000)
    if fault.effect is FaultEffect.CUT:
        exchange.outcome = Outcome.FAULT
        raise Cut
    if fault.effect is FaultEffect.REFUSE:
        code = fault.code or _DEFAULT_CODE
        usable = code[:3].isdigit() and code[0] in "45" and code[3:4] in {"", " "}
        reason = " ".join((fault.reason or "Injected fault").encode("ascii", "replace").decode().split())
        raise Declined(f"{code if usable else _DEFAULT_CODE} {reason}", Outcome.FAULT)
