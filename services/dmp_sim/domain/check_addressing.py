"""Rule of the WS-Addressing headers that every transaction with the DMP carries."""

from collections.abc import Iterator

from dmp_sim.domain.ruling import rule
from socle.rules import Certainty, Finding

REQUIRED = rule(
    "addressing.required",
    "A required header representing a Message Addressing Property is not present",
    "The request has a wsa:MessageID",
    "Ajouter wsa:MessageID (urn:uuid:…) à l'en-tête SOAP.",
    source="Texte relevé sur le service; W3C WS-Addressing 1.0 SOAP Binding §6.4.2",
    certainty=Certainty.FAITHFUL,
    code="MessageAddressingHeaderRequired",
)


def check_addressing(message_id: str | None) -> Iterator[Finding]:
    """Without a MessageID no answer can name its request. Other headers may be absent: Action is told by the body."""
    if message_id is None:
        yield REQUIRED.finding(where="//wsa:MessageID", expected="urn:uuid:…", found="(absent)")
