"""The desk behind the dialogue: who may send, to whom, what becomes of the message (``wire.session.Desk``).

The description of a message is part of its acceptance: it is made before COMMIT and committed with the message and its
events, so that counts are right at once and nothing is left to resume after a crash. Our own MIME reader makes that
affordable (domain/mssante.md §5.2 advises to parse outside the answer because the standard library's is slow).
"""

import logging
from typing import Final

from mss_sim.authentication import Authentication
from mss_sim.domain import smtp_rules as rules
from mss_sim.domain.patients import all_inses, citizen_ins, is_citizen, without_addresses
from mss_sim.domain.recipients import Recipient, decide_recipient, decide_sender
from mss_sim.domain.workspaces import strip_label
from mss_sim.exchanges import close_exchange, drop, open_exchange
from mss_sim.hook import Bounced, Declined, FaultHook, nobody_real, same_workspace
from mss_sim.outgoing import Outgoing
from mss_sim.settings import MssSettings
from mss_sim.wire.describe import Described, describe
from mss_sim.wire.params import MailParams, RcptParams
from mss_sim.wire.receive import Received
from mss_sim.wire.session import Account, Cut, Link, MailTransaction
from socle.admission import Admission, Overloaded
from socle.control.known import real_patient_refused
from socle.control.model import DEFAULT_WORKSPACE
from socle.control.port import Control, FaultPoint
from socle.exchange import Exchange, Outcome
from socle.journal.port import Journal
from socle.rules import Finding, Rule, refusing
from socle.store import StoreBusy, StoreFailed

_LOG: Final = logging.getLogger(__name__)
_GO: Final = "354 End data with <CR><LF>.<CR><LF>"


class MailDesk:
    """See ``wire.session.Desk`` for what each method is asked."""

    def __init__(
        self,
        control: Control,
        journal: Journal,
        admission: Admission,
        *,
        outgoing: Outgoing,
        authentication: Authentication,
        settings: MssSettings,
    ) -> None:
        self._control = control
        self._journal = journal
        self._admission = admission
        self._hook = FaultHook(control, admission)
        self._outgoing = outgoing
        self._authentication = authentication
        self._settings = settings

    async def opening(self, operation: str, hostname: str, link: Link) -> str | None:
        exchange = self._opened(operation, DEFAULT_WORKSPACE, link)
        reply = ""
        try:
            await self._hook.pass_by(FaultPoint.RECEIVED, exchange, link, {"helo": hostname})
        except Declined as declined:
            reply, exchange.outcome = declined.reply, declined.outcome
            return reply
        finally:
            if exchange.fault is not None:
                self._record(exchange, reply, link)
        return None

    async def authenticate(self, login: str, secret: str, link: Link, *, bearer: bool = False) -> Account | str:
        return await self._authentication.authenticate(login, secret, link, bearer=bearer)

    async def begin(
        self, account: Account, sender: str, params: MailParams, link: Link, argument: str
    ) -> MailTransaction | str:
        exchange = self._opened("MAIL", account.workspace, link)
        sender = strip_label(sender, account.workspace)
        mail = MailTransaction(account, exchange, sender, params, link)
        try:
            nobody_real(self._control, exchange, argument, "MAIL FROM", "553 5.7.1")
            await self._hook.pass_by(FaultPoint.RECEIVED, exchange, link, mail.attributes())
            same_workspace(self._control, exchange)
            refusal = decide_sender(sender, account.box.address)
            if refusal is None and params.size is not None and params.size > self._settings.size_limit:
                refusal = self._too_big("SIZE", params.size)
            if refusal is not None:
                raise self._refusal(exchange, refusal)
        except Declined as declined:
            mail.note("MAIL", without_addresses(argument) if exchange.redacted else argument, declined.reply)
            exchange.outcome = declined.outcome
            self._record(exchange, declined.reply, link)
            return declined.reply
        except Cut:
            self._record(exchange, "", link)
            raise
        mail.note("MAIL", argument, "250 2.1.0 Sender ok")
        return mail

    async def recipient(self, mail: MailTransaction, address: str, params: RcptParams, argument: str) -> str:
        address = strip_label(address, mail.account.workspace)
        reply = "250 2.1.5 Recipient ok"
        try:
            failure = await self._take(mail, address, params.orcpt)
            if all(item.address != address for item in mail.recipients):
                mail.recipients.append(Recipient(address, is_citizen(address), params.notify, params.orcpt, failure))
        except Declined as declined:
            reply = declined.reply
        mail.note("RCPT", without_addresses(argument) if mail.exchange.redacted else argument, reply)
        return reply

    async def _take(self, mail: MailTransaction, address: str, orcpt: str | None) -> Rule | None:
        """The rule by which mail to this recipient will come back; None: it will not. Raises ``Declined``."""
        population = self._control.population(mail.account.workspace)
        ins = citizen_ins(address)
        nobody_real(self._control, mail.exchange, f"{address} {orcpt or ''}", "RCPT TO", "550 5.7.1")
        try:
            await self._pass_by(FaultPoint.RECEIVED, mail, "RCPT", to=address)
        except Bounced as bounced:
            return bounced.failure
        if self._hook.entry(mail.exchange, {"to": address}) is not None:
            return None  # nobody's box: taken, so that what its name asks for can happen to the message
        answer = decide_recipient(
            address,
            population.box(address),
            population.person_by_ins(ins.matricule) if ins is not None else None,
            population.serves,
        )
        if answer.refusal is not None:
            raise self._refusal(mail.exchange, answer.refusal)
        return answer.failure

    async def data(self, mail: MailTransaction) -> str:
        try:
            await self._pass_by(FaultPoint.RECEIVED, mail, "DATA")
        except Declined as declined:
            mail.exchange.outcome = declined.outcome
            mail.note("DATA", "", declined.reply)
            self._record(mail.exchange, declined.reply, mail.link)
            return declined.reply
        if mail.link.leaving is not None:
            mail.note("DATA", "", _GO)
        return _GO

    async def content(self, mail: MailTransaction, received: Received) -> str:
        exchange = mail.exchange
        exchange.operation, exchange.outcome = "DATA", Outcome.ERROR
        reply, kept = "451 4.3.0 Local error in processing", False
        try:
            async with self._admission:
                reference, subject = await self._accept(mail, received)
            kept = True
            exchange.outcome = Outcome.ACCEPTED
            await self._pass_by(FaultPoint.BEFORE_ANSWER, mail, subject=subject, ref=reference)
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
                await drop(mail, received.blob)
            self._record(exchange, reply, mail.link)
        return reply

    async def _accept(self, mail: MailTransaction, received: Received) -> tuple[str, str]:
        """The message's reference and its subject."""
        exchange = mail.exchange
        if received.blob is None:
            raise self._refusal(exchange, self._too_big("DATA", received.size))
        described = await describe(received.blob, mail.account.box.type)
        self._nobody_real(mail, described)
        if received.lone_dot:
            raise self._refusal(exchange, rules.LONE_DOT.finding(where="DATA"))
        if received.bare_newline:
            exchange.findings.append(rules.BARE_NEWLINE.finding(where="DATA"))
        self._check(mail, described)
        subject = described.content.subject
        delay = await self._pass_by(FaultPoint.BEFORE_COMMIT, mail, subject=subject)
        same_workspace(self._control, exchange)
        return await self._outgoing.accept(mail, received.blob, described, delay=delay), subject

    def _nobody_real(self, mail: MailTransaction, described: Described) -> None:
        """Refuse a real patient always (D11)."""
        population = self._control.population(mail.account.workspace)
        for ins in all_inses(described.content):
            stranger = real_patient_refused(ins, population, where="en-têtes, textes, IHE_XDM")
            if stranger is not None:
                mail.exchange.redacted = True
                mail.exchange.findings.append(stranger)
                raise Declined(f"554 5.7.1 {stranger.rule.title_en}")
        mail.looked_at = True

    def _check(self, mail: MailTransaction, described: Described) -> None:
        """Findings into the exchange; refuse what the strictness says."""
        exchange = mail.exchange
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
        self._record(mail.exchange, mail.exchange.response.headers[-2][1], mail.link)

    def injected(self, link: Link, size: int) -> None:
        exchange = self._opened("STARTTLS", DEFAULT_WORKSPACE, link)
        exchange.findings.append(rules.INJECTION.finding(where="STARTTLS", found=f"{size} octets"))
        exchange.outcome = Outcome.FAULT
        self._record(exchange, "220 2.0.0 Ready to start TLS", link)

    def handshake_failed(self, operation: str, link: Link, finding: Finding) -> None:
        exchange = self._opened(operation, DEFAULT_WORKSPACE, link)
        exchange.findings.append(finding)
        exchange.outcome, exchange.code = Outcome.REFUSED, finding.rule.id
        self._record(exchange, "", link)

    def _opened(self, operation: str, workspace: str, link: Link) -> Exchange:
        return open_exchange(self._control, operation, workspace, link)

    def _refusal(self, exchange: Exchange, finding: Finding) -> Declined:
        exchange.findings.append(finding)
        return Declined(f"{finding.rule.error_code} {finding.rule.title_en}")

    def _too_big(self, where: str, size: int) -> Finding:
        return rules.SIZE.finding(where=where, expected=f"≤ {self._settings.size_limit}", found=str(size))

    def _record(self, exchange: Exchange, reply: str, link: Link) -> None:
        close_exchange(exchange, reply, link)
        self._journal.record(exchange)

    async def _pass_by(
        self, point: FaultPoint, mail: MailTransaction, operation: str | None = None, **more: str
    ) -> float:
        return await self._hook.pass_by(point, mail.exchange, mail.link, mail.attributes(**more), operation=operation)
