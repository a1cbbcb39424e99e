"""Secure health mail as hospital software sends it: one patient, an IHE_XDM.zip and a PDF/A (mssante.md §1.3)."""

import smtplib
import ssl
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from sandbox.cda import KINDS, pdf
from sandbox.clients.lot import Lot
from sandbox.xdm import archive, pdf_name

NIL = "SOCLES-SANDBOX"
"""X-MSS-NIL: the product's number; ours is invented and looks it."""


@dataclass(frozen=True, slots=True)
class Mailing:
    """One mail: who writes to whom about which lot."""

    message_id: str
    sender: str
    password: str
    recipients: Sequence[str]
    lot: Lot


@dataclass(frozen=True, slots=True)
class Sent:
    """What the server answered; refused recipients with their SMTP code."""

    accepted: bool
    refused: dict[str, int] = field(default_factory=dict)


def plain(name: str) -> str:
    """A name in capitals without accents, as the subject carries it (ECO 2.1.3)."""
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).upper()


def subject(lot: Lot) -> str:
    """``XDM/1.0/DDM+<label> <NAME> <given name> <birth date>``."""
    count = len(lot.entries)
    label = KINDS[lot.entries[0].facts.kind].label[:40] if count == 1 else f"{count} documents"
    patient = lot.patient
    return (
        f"XDM/1.0/DDM+{label} {plain(patient.birth_name)} {patient.given_names[0].capitalize()} "
        f"{patient.birth_date:%d/%m/%Y}"
    )


def message(mailing: Mailing) -> EmailMessage:
    """The mail, ready to be sent."""
    lot, patient = mailing.lot, mailing.lot.patient
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f'"{lot.author.family}" <{mailing.sender}>'
    mail["To"] = ", ".join(mailing.recipients)
    mail["Subject"] = subject(lot)
    mail["Date"] = format_datetime(lot.submitted_at)
    mail["Message-ID"] = mailing.message_id
    mail["X-MSS-NIL"] = NIL
    mail["X-MSS-INS"] = "O"
    mail["X-MSS-CODECDA"] = ",".join(entry.facts.kind for entry in lot.entries)
    mail.set_content(f"Veuillez trouver ci-joint {len(lot.entries)} document(s).\nMessage fictif, {lot.site.name}.\n")
    mail.add_attachment(archive(lot), maintype="application", subtype="zip", filename="IHE_XDM.ZIP")
    for entry in lot.entries:
        facts = entry.facts
        name = pdf_name(
            KINDS[facts.kind].title,
            plain(patient.birth_name),
            patient.given_names[0].capitalize(),
            facts.created_at,
            patient.local_id,
        )
        mail.add_attachment(pdf(facts.kind), maintype="application", subtype="pdf", filename=plain_ascii(name))
    return mail


def plain_ascii(name: str) -> str:
    """File names without accents: receivers of all ages open them."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()


def trusting_context() -> ssl.SSLContext:
    """TLS without checking the server's certificate: the sandbox makes its own, and speaks on this machine only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Mailer:
    """A connection kept open per sender, as hospital gateways do. Blocking: run it in a thread."""

    def __init__(self, host: str, port: int, *, workspace: str | None = None) -> None:
        """``workspace`` is written before the login: mail has no other place for it."""
        self._host, self._port = host, port
        self._prefix = f"{workspace}/" if workspace else ""
        self._context = trusting_context()
        self._open: dict[str, smtplib.SMTP] = {}

    def send(self, mailing: Mailing) -> Sent:
        """Send one mail; refusals are answers, a lost connection is an ``OSError``."""
        connection = self._connection(mailing.sender, mailing.password)
        content = message(mailing).as_bytes()
        try:
            refused = connection.sendmail(mailing.sender, list(mailing.recipients), content)
        except smtplib.SMTPRecipientsRefused as error:
            return Sent(False, {address: code for address, (code, _text) in error.recipients.items()})
        except smtplib.SMTPResponseException as error:
            return Sent(False, dict.fromkeys(mailing.recipients, error.smtp_code))
        return Sent(True, {address: code for address, (code, _text) in refused.items()})

    def _connection(self, sender: str, password: str) -> smtplib.SMTP:
        """The sender's connection; a new one when the server has closed it meanwhile."""
        kept = self._open.pop(sender, None)
        if kept is not None:
            try:
                kept.noop()
            except (OSError, smtplib.SMTPServerDisconnected):
                kept.close()
            else:
                self._open[sender] = kept
                return kept
        connection = smtplib.SMTP(self._host, self._port, timeout=30)
        connection.starttls(context=self._context)
        connection.login(self._prefix + sender, password)
        self._open[sender] = connection
        return connection

    def close(self) -> None:
        """Say QUIT everywhere."""
        for connection in self._open.values():
            try:
                connection.quit()
            except (OSError, smtplib.SMTPException):
                connection.close()
        self._open.clear()
