"""From a message that may be accepted to what is stored: the mail, its boxes, its reports, its events."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mss_sim.arrivals import Arrivals
from mss_sim.domain import smtp_rules as rules
from mss_sim.domain.acceptance import Origin, events
from mss_sim.domain.message import description
from mss_sim.domain.patients import inses
from mss_sim.domain.recipients import Recipient
from mss_sim.domain.report import POSTMASTER, Original, build_report, failures, successes
from mss_sim.settings import MssSettings
from mss_sim.store import MailStore, StoredMail
from mss_sim.wire.describe import Described
from mss_sim.wire.mime import parse_mail
from mss_sim.wire.session import MailTransaction
from socle.attribution import Attribution, resolve_mss
from socle.blobs import Blob
from socle.control.port import Control
from socle.exchange import new_id
from socle.rules import Finding


@dataclass(slots=True)
class Outgoing:
    """Stores accepted messages; one transaction each."""

    control: Control
    store: MailStore
    arrivals: Arrivals
    settings: MssSettings

    async def accept(self, mail: MailTransaction, blob: Blob, described: Described, *, delay: float) -> str:
        """Store, deliver and report; returns the message's reference after COMMIT. Raises ``StoreBusy``.

        The reference is the exchange's: one acceptance is one exchange, and one name leads to both. ``delay``: a fault
        rule holds the events back for so many seconds.
        """
        exchange = mail.exchange
        workspace = exchange.workspace
        reference, now = exchange.id, self.control.clock(workspace).now()
        recipients = [self._final(item, blob.size) for item in mail.recipients]
        exchange.findings += _bounces(recipients)
        attribution = self._attribute(mail)
        exchange.subject, exchange.finess = reference, attribution.finess_eg or attribution.finess_ej
        content = described.content
        stored = StoredMail(
            ref=reference,
            workspace=workspace,
            epoch=exchange.epoch,
            kind="mail",
            exchange_id=exchange.id,
            blob=blob,
            mail_from=mail.sender,
            recipients=[_as_dict(item) for item in recipients],
            boxes=[item.address for item in recipients if item.failure is None],
            subject=content.subject,
            message_id=content.message_id,
            nil=content.nil,
            accepted_at=now,
            description=description(content),
            findings=[finding.as_dict() for finding in exchange.findings],
        )
        series = events(
            reference,
            self._origin(mail, attribution),
            content,
            recipients,
            size=blob.size,
            at=now,
            findings=exchange.findings,
            patients=self._patients(described),
        )
        reports = self._reports(mail, stored, recipients, described.returned, now)
        exchange.events += await self.store.accept([stored, *reports], series, delay=delay)
        exchange.request.body = (blob.ref,)
        self.arrivals.tell(workspace)
        return reference

    def _final(self, recipient: Recipient, size: int) -> Recipient:
        """A citizen's box takes less than the server does; that too comes back by mail (domain/mssante.md §1.4)."""
        if recipient.citizen and recipient.failure is None and size > self.settings.citizen_size_limit:
            return replace(recipient, failure=rules.CITIZEN_SIZE)
        return recipient

    def _attribute(self, mail: MailTransaction) -> Attribution:
        population = self.control.population(mail.account.workspace)
        return resolve_mss(population, sending_box=mail.account.box.address)

    def _origin(self, mail: MailTransaction, found: Attribution) -> Origin:
        population = self.control.population(mail.account.workspace)
        site = population.establishment(found.finess_eg) if found.finess_eg else None
        return Origin(
            mail.exchange.workspace,
            mail.exchange.epoch,
            mail.exchange.id,
            found.finess_eg,
            found.finess_ej,
            found.attributed_by.value,
            site.sector if site is not None else None,
        )

    def _patients(self, described: Described) -> list[str | None]:
        references: list[str | None] = []
        for document in described.content.documents:
            found = inses(document.cda) if document.cda is not None else []
            references.append(self.control.patient_ref(found[0].matricule) if found else None)
        return references

    def _reports(
        self,
        mail: MailTransaction,
        stored: StoredMail,
        recipients: Sequence[Recipient],
        returned: bytes,
        now: datetime,
    ) -> list[StoredMail]:
        """Reports for the sender's box, failures and successes apart; none to the null sender (RFC 3461 §5)."""
        groups = [group for group in (failures(recipients), successes(recipients)) if group]
        box = self.control.population(stored.workspace).box(mail.sender) if groups and mail.sender else None
        if box is None or box.state != "open":
            return []
        headers_only = mail.params.ret == "HDRS" or len(returned) < stored.blob.size
        original = Original(stored.ref, mail.sender, mail.params.envid, headers_only, returned)
        return [self._report(stored, original, group, now) for group in groups]

    def _report(self, stored: StoredMail, original: Original, group: Sequence[Recipient], now: datetime) -> StoredMail:
        reference = new_id()
        raw = build_report(original, group, reference=reference, hostname=self.settings.hostname, at=now)
        content = parse_mail(raw)
        return replace(
            stored,
            ref=reference,
            kind="report",
            blob=Blob.of(raw),
            mail_from="",
            recipients=[{"address": original.sender, "citizen": False, "state": "delivered"}],
            boxes=[original.sender],
            subject=content.subject,
            message_id=content.message_id,
            nil=None,
            description={**description(content), "from": POSTMASTER, "about": original.reference},
            findings=[],
        )


def _bounces(recipients: Sequence[Recipient]) -> list[Finding]:
    return [item.failure.finding(where="RCPT TO") for item in recipients if item.failure is not None]


def _as_dict(item: Recipient) -> dict[str, object]:
    failure = item.failure
    return {
        "address": item.address,
        "citizen": item.citizen,
        "state": "failed" if failure is not None else "delivered",
        "rule": failure.id if failure is not None else None,
    }
