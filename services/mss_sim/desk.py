"""The desk behind the dialogue: who may send, to whom, what becomes of the message (``wire.session.Desk``).

The description of a message is part of its acceptance: it is made before COMMIT and committed with the message and its
events, so that counts are right at once and nothing is left to resume after a crash. Our own MIME reader makes that
affordable (domain/mssante.md §5.2 advises to parse outside the answer because the standard library's is slow).
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from mss_sim.domain import smtp_rules as rules
from mss_sim.domain.patients import all_inses, citizen_ins, is_citizen
from mss_sim.domain.recipients import Recipient, decide_recipient, decide_sender, is_white_listed
from mss_sim.domain.workspaces import choose_workspace, strip_label
from mss_sim.hook import Declined, apply_fault, same_workspace
from mss_sim.outgoing import Outgoing
from mss_sim.settings import MssSettings
from mss_sim.wire.describe import Described, describe
from mss_sim.wire.params import MailParams, RcptParams
from mss_sim.wire.receive import Received
from mss_sim.wire.session import Account, Cut, Link, MailTransaction
from socle.admission import Admission, Overloaded
from socle.blobs import Blob
from socle.control.known import real_patient_refused
from socle.control.model import DEFAULT_WORKSPACE
from socle.control.port import Control, FaultPoint
from socle.exchange import Exchange, Outcome
from socle.journal.port import Journal
from socle.rules import Finding, refusing
from socle.store import StoreBusy, StoreFailed

SERVICE: Final = "mss_sim"
_LOG: Final = logging.getLogger(__name__)
_GO: Final = "354 End data with <CR><LF>.<CR><LF>"


class MailDesk:
    """See ``wire.session.Desk`` for what each method is asked."""

    def __init__(
        self, control: Control, journal: Journal, admission: Admission, outgoing: Outgoing, settings: MssSettings
    ) -> None:
        self._control = control
        self._journal = journal
        self._admission = admission
        self._outgoing = outgoing
        self._settings = settings

    async def authenticate(self, login: str, password: str, link: Link) -> Account | str:
        chosen = choose_workspace(login, lambda name: bool(self._control.workspace(name)))
        workspace = self._control.workspace(chosen.workspace)
        exchange = self._exchange("AUTH", chosen.workspace if workspace else DEFAULT_WORKSPACE, link)
        exchange.request.headers.append(("AUTH", login[:320]))
        reply: str | None = None
        try:
            await self._fault(exchange, FaultPoint.RECEIVED, {"login": chosen.address})
            box = self._control.population(workspace.name).box(chosen.address) if workspace else None
            if workspace is not None and box is not None and box.password == password:
                return Account(workspace.name, box)
            exchange.findings.append(rules.AUTH_FAILED.finding(where="AUTH", found=chosen.address))
            reply, exchange.outcome = f"535 5.7.8 {rules.AUTH_FAILED.title_en}", Outcome.REFUSED
            return reply
        except Declined as declined:
            reply, exchange.outcome = declined.reply, declined.outcome
            return reply
        finally:
            if reply is not None or exchange.fault is not None:
                self._record(exchange, reply or "")

    async def begin(
        self, account: Account, sender: str, params: MailParams, link: Link, argument: str
    ) -> MailTransaction | str:
        exchange = self._exchange("MAIL", account.workspace, link)
        sender = strip_label(sender, account.workspace)
        mail = MailTransaction(account, exchange, sender, params)
        try:
            await self._fault(exchange, FaultPoint.RECEIVED, {"from": sender})
            same_workspace(self._control, exchange)
            refusal = decide_sender(sender, account.box.address)
            if refusal is None and params.size is not None and params.size > self._settings.size_limit:
                refusal = self._too_big("SIZE", params.size)
            if refusal is not None:
                raise self._refusal(exchange, refusal)
        except Declined as declined:
            mail.note("MAIL", argument, declined.reply)
            exchange.outcome = declined.outcome
            self._record(exchange, declined.reply)
            return declined.reply
        except Cut:
            self._record(exchange, "")
            raise
        mail.note("MAIL", argument, "250 2.1.0 Sender ok")
        return mail

    async def recipient(self, mail: MailTransaction, address: str, params: RcptParams, argument: str) -> str:
        address = strip_label(address, mail.account.workspace)
        reply = "250 2.1.5 Recipient ok"
        shown = argument
        try:
            await self._fault(mail.exchange, FaultPoint.RECEIVED, {"from": mail.sender, "to": address}, "RCPT")
            population = self._control.population(mail.account.workspace)
            ins = citizen_ins(address)
            stranger = real_patient_refused(ins, population, where="RCPT TO") if ins is not None else None
            if stranger is not None:
                mail.exchange.redacted = True
                shown = "TO:<…@patient.mssante.fr>"
                mail.exchange.findings.append(stranger)
                raise Declined(f"550 5.7.1 {stranger.rule.title_en}")
            answer = decide_recipient(
                address,
                population.box(address),
                population.person_by_ins(ins.matricule) if ins is not None else None,
                lambda domain: is_white_listed(domain, population.boxes),
            )
            if answer.refusal is not None:
                raise self._refusal(mail.exchange, answer.refusal)
            if all(item.address != address for item in mail.recipients):
                mail.recipients.append(
                    Recipient(address, is_citizen(address), params.notify, params.orcpt, answer.failure)
                )
        except Declined as declined:
            reply = declined.reply
        mail.note("RCPT", shown, reply)
        return reply

    async def data(self, mail: MailTransaction) -> str:
        try:
            await self._fault(mail.exchange, FaultPoint.RECEIVED, {"from": mail.sender}, "DATA")
        except Declined as declined:
            mail.exchange.outcome = declined.outcome
            mail.note("DATA", "", declined.reply)
            self._record(mail.exchange, declined.reply)
            return declined.reply
        return _GO

    async def content(self, mail: MailTransaction, received: Received) -> str:
        exchange = mail.exchange
        exchange.operation, exchange.outcome = "DATA", Outcome.ERROR
        reply, kept = "451 4.3.0 Local error in processing", False
        try:
            async with self._admission:
                reference = await self._accept(mail, received)
            kept = True
            exchange.outcome = Outcome.ACCEPTED
            await self._fault(exchange, FaultPoint.BEFORE_ANSWER, {"from": mail.sender, "ref": reference})
            reply = f"250 2.0.0 Accepted as {reference}"
        except Declined as declined:
            reply, exchange.outcome = declined.reply, declined.outcome
        except (Overloaded, StoreBusy):
            reply, exchange.outcome = self._refusal(exchange, rules.BUSY.finding()).reply, Outcome.OVERLOAD
        except StoreFailed:
            reply = self._refusal(exchange, rules.NOT_STORED.finding()).reply
        except Cut:
            reply, exchange.outcome = "", Outcome.FAULT
            raise
        except Exception:
            _LOG.exception("acceptance failed, exchange %s", exchange.id)
        finally:
            mail.note("DATA", f"{received.size} octets", reply)
            if not kept and received.blob is not None:
                await _drop(exchange, received.blob)
            self._record(exchange, reply)
        return reply

    async def _accept(self, mail: MailTransaction, received: Received) -> str:
        exchange = mail.exchange
        if received.blob is None:
            raise self._refusal(exchange, self._too_big("DATA", received.size))
        if received.lone_dot:
            raise self._refusal(exchange, rules.LONE_DOT.finding(where="DATA"))
        if received.bare_newline:
            exchange.findings.append(rules.BARE_NEWLINE.finding(where="DATA"))
        described = await describe(received.blob, mail.account.box.type)
        self._check(mail, described)
        await self._fault(
            exchange, FaultPoint.BEFORE_COMMIT, {"from": mail.sender, "subject": described.content.subject}
        )
        same_workspace(self._control, exchange)
        return await self._outgoing.accept(mail, received.blob, described)

    def _check(self, mail: MailTransaction, described: Described) -> None:
        """Findings into the exchange; refuse a real patient always (D11), and what the strictness says."""
        exchange = mail.exchange
        population = self._control.population(mail.account.workspace)
        for ins in all_inses(described.content):
            stranger = real_patient_refused(ins, population, where="en-têtes, IHE_XDM")
            if stranger is not None:
                exchange.redacted = True
                exchange.findings.append(stranger)
                raise Declined(f"554 5.7.1 {stranger.rule.title_en}")
        exchange.findings += described.findings
        workspace = self._control.workspace(mail.account.workspace)
        refused = refusing(described.findings, workspace.strictness) if workspace is not None else []
        if refused:
            raise Declined(f"554 5.6.0 {refused[0].rule.title_en}")

    def abandoned(self, mail: MailTransaction, how: str) -> None:
        refused = any(finding.rule.structural for finding in mail.exchange.findings)
        mail.exchange.outcome = Outcome.REFUSED if refused else Outcome.FAULT
        mail.exchange.code = None if refused else "abandoned"
        mail.note("END", how, "")
        self._record(mail.exchange, mail.exchange.response.headers[-2][1])

    def injected(self, link: Link, size: int) -> None:
        exchange = self._exchange("STARTTLS", DEFAULT_WORKSPACE, link)
        exchange.findings.append(rules.INJECTION.finding(where="STARTTLS", found=f"{size} octets"))
        exchange.outcome = Outcome.FAULT
        self._record(exchange, "220 2.0.0 Ready to start TLS")

    def _exchange(self, operation: str, workspace: str, link: Link) -> Exchange:
        found = self._control.workspace(workspace)
        exchange = Exchange(
            SERVICE,
            "smtp",
            workspace,
            found.epoch if found is not None else 1,
            received_at=datetime.now(UTC),
            operation=operation,
        )
        exchange.peer, exchange.tls = link.peer, link.tls
        return exchange

    def _refusal(self, exchange: Exchange, finding: Finding) -> Declined:
        exchange.findings.append(finding)
        return Declined(f"{finding.rule.error_code} {finding.rule.title_en}")

    def _too_big(self, where: str, size: int) -> Finding:
        return rules.SIZE.finding(where=where, expected=f"≤ {self._settings.size_limit}", found=str(size))

    def _record(self, exchange: Exchange, reply: str) -> None:
        exchange.status = int(reply[:3]) if reply[:3].isdigit() else 0
        exchange.code = exchange.code or (reply.split(" ", 2)[1] if reply.count(" ") > 1 else None)
        exchange.finish()
        self._journal.record(exchange)

    async def _fault(
        self, exchange: Exchange, point: FaultPoint, attributes: Mapping[str, str], operation: str | None = None
    ) -> None:
        await apply_fault(self._control, exchange, point, attributes, operation)


async def _drop(exchange: Exchange, blob: Blob) -> None:
    """A message that is not stored: the journal keeps a small one, except a real patient's (D11)."""
    if blob.path is not None:
        await asyncio.to_thread(blob.path.unlink, missing_ok=True)
    elif blob.data is not None and not exchange.redacted:
        exchange.request.body = (blob.data,)
