"""Faults as INSi writes them, in the two dialects that were seen live.

*A* (back end, JAX-WS): prefix ``S:``, ``xml:lang="en"``. *B* (front end "DESIR" since 2026): prefix ``soap:``,
``xml:lang="fr"``. ``auto`` is the service of 2026: the front end's own faults in B, those of INSi in A. Only
``insi_102`` was seen in A without ``messageID``; the other ``insi_*`` follow it by our choice.
"""

from enum import StrEnum

from ins_sim.domain.erreur import UNAVAILABLE, Erreur
from ins_sim.wire.names import SIRAM
from ins_sim.wire.ws_ins2 import text


class Dialect(StrEnum):
    """The workspace's option ``insi.dialect``."""

    AUTO = "auto"
    A = "A"
    B = "B"

    @classmethod
    def of(cls, option: str | None) -> "Dialect":
        """The option's value, whatever its case; ``auto`` for what is unset or unknown."""
        wanted = (option or "").lower()
        return next((dialect for dialect in cls if dialect.lower() == wanted), cls.AUTO)


def erreur_element(erreur: Erreur, message_id: str | None, dialect: Dialect) -> str:
    """``siram:Erreur``, its attributes on one line in double quotes, in the order that the dialect writes them."""
    named = _resolve(erreur, dialect)
    code, severity = f' code="{erreur.code}"', f' severite="{erreur.severity}"'
    message = f' messageID="{_attribute(message_id)}"' if message_id else ""
    if named is Dialect.A and not erreur.front:
        attributes = severity + code
    elif named is Dialect.B and erreur.code == UNAVAILABLE.code:
        attributes = code + severity + message
    else:
        attributes = code + message + severity
    return f'<siram:Erreur xmlns:siram="{SIRAM}"{attributes}>{text(erreur.text)}</siram:Erreur>'


def render_fault(erreur: Erreur, message_id: str | None, dialect: Dialect) -> bytes:
    """The SOAP 1.2 Fault element; its prefix is declared by the envelope of its dialect."""
    named = _resolve(erreur, dialect)
    p, lang = ("S", "en") if named is Dialect.A else ("soap", "fr")
    return (
        f"<{p}:Fault><{p}:Code><{p}:Value>{p}:{erreur.side}</{p}:Value>"
        f"<{p}:Subcode><{p}:Value>{p}:{erreur.siram}</{p}:Value></{p}:Subcode></{p}:Code>"
        f'<{p}:Reason><{p}:Text xml:lang="{lang}">{text(erreur.reason)}</{p}:Text></{p}:Reason>'
        f"<{p}:Detail>{erreur_element(erreur, message_id, dialect)}</{p}:Detail></{p}:Fault>"
    ).encode()


def render_fault11(erreur: Erreur, message_id: str | None, dialect: Dialect) -> bytes:
    """The SOAP 1.1 Fault element, for who called in SOAP 1.1: our choice, the real service is in 1.2 only."""
    code = "Client" if erreur.side == "Sender" else "Server"
    return (
        f"<soap:Fault><faultcode>soap:{code}.{erreur.siram}</faultcode>"
        f'<faultstring xml:lang="fr">{text(erreur.reason)}</faultstring>'
        f"<detail>{erreur_element(erreur, message_id, dialect)}</detail></soap:Fault>"
    ).encode()


def _resolve(erreur: Erreur, dialect: Dialect) -> Dialect:
    if dialect is Dialect.AUTO:
        return Dialect.B if erreur.front else Dialect.A
    return dialect


def _attribute(value: str) -> str:
    return text(value).replace('"', "&quot;")
