"""Writing to colleagues and patients through MSSanté."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import make_msgid

from hospital.settings import Settings


def send(settings: Settings, sender: str, receiver: str, subject: str, text: str, context: ssl.SSLContext) -> bool:
    """One mail; False when the server refuses the receiver or the message."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, receiver, subject
    mail["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
    mail["X-MSS-NIL"] = "LOGICIEL-ESSAI"
    mail.set_content(text)
    with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=30) as server:
        server.starttls(context=context)
        server.login(settings.smtp_login_prefix + sender, settings.smtp_password)
        try:
            server.sendmail(sender, [receiver], mail.as_bytes())
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError):
            return False
    return True
