"""Replies of a mail transaction: what a hospital's gateway must be able to report (SMTPERRORCODE), and our own.

101, 111 (no connection) are ``any.cut``; 251, 252 refuse nothing.
"""

from typing import Final

from mss_sim.domain import smtp_rules
from mss_sim.domain.faults.entry import LISTED, OWN, SMTP, add
from socle.faults.advice import CORRECT, RETRY, SETTINGS, TELL, UNSURE, Advice
from socle.rules import Certainty, Rule

_F, _S, _O = Certainty.FAITHFUL, Certainty.SIMPLIFIED, Certainty.OURS
MAIL, RCPT, DATA, ANY = ("MAIL",), ("RCPT",), ("DATA",), ("MAIL", "RCPT", "DATA")
_SPLIT: Final = Advice(
    "Envoyer aux destinataires acceptés, puis le même message aux autres dans une autre transaction.",
    "Send to the recipients that were taken, then the same message to the others in another transaction.",
)
_ADDRESS: Final = TELL.then(
    "Montrer l'adresse refusée ; proposer de la chercher dans l'Annuaire Santé.",
    "Show the refused address; offer to look it up in the directory.",
)
_SMALLER: Final = TELL.then(
    "Dire la limite annoncée par EHLO (SIZE) ; alléger ou diviser l'envoi.",
    "Tell the limit that EHLO announces (SIZE); lighten or split the mail.",
)

for _name, _code, _text, _fr, _where, _advice in (
    ("closing", "421 4.3.2", "Service closing transmission channel", "Le service ferme la connexion", ANY, RETRY),
    ("mailbox-busy", "450 4.2.1", "mailbox unavailable", "Boîte momentanément indisponible", RCPT, RETRY),
    ("local-error", "451 4.3.0", "local error in processing", "Erreur de traitement", DATA, RETRY),
    ("storage", "452 4.3.1", "insufficient system storage", "Le serveur manque de place", DATA, RETRY),
    ("command-unknown", "500 5.5.2", "Syntax error, command unrecognized", "Commande inconnue", ANY, CORRECT),
    ("arguments", "501 5.5.4", "Syntax error in parameters or arguments", "Paramètre mal formé", ANY, CORRECT),
    ("not-implemented", "502 5.5.1", "Command not implemented", "Commande non réalisée", ANY, CORRECT),
    ("bad-sequence", "503 5.5.1", "Bad sequence of commands", "Commandes dans le désordre", ANY, CORRECT),
    ("parameter", "504 5.5.4", "Command parameter not implemented", "Paramètre non réalisé", ANY, CORRECT),
    ("mail-parameter", "555 5.5.4", "parameters not recognized or not implemented", "Paramètre inconnu", MAIL, CORRECT),
    ("auth-required", "530 5.7.0", "Authentication required", "Authentification exigée", MAIL, SETTINGS),
    ("mailbox-unavailable", "550 5.2.0", "mailbox unavailable", "Boîte indisponible", RCPT, _ADDRESS),
    ("user-not-local", "551 5.1.6", "User not local", "Le destinataire a changé d'adresse", RCPT, _ADDRESS),
    ("storage-exceeded", "552 5.2.2", "exceeded storage allocation", "Quota dépassé", DATA, TELL),
    ("mailbox-name", "553 5.1.3", "mailbox name not allowed", "Forme d'adresse refusée", RCPT, _ADDRESS),
    ("transaction-failed", "554 5.0.0", "Transaction failed", "Transaction refusée", DATA, TELL),
    ("too-many-recipients", "452 4.5.3", "Too many recipients", "Trop de destinataires", RCPT, _SPLIT),
):
    place = "from" if _where == MAIL else "to"
    add(_name, _code, _text, _fr, operations=_where, advice=_advice, source=SMTP, certainty=_F, where=place)
add(
    "greylisted",
    "450 4.7.1",
    "Greylisted, try again later",
    "Liste grise : revenir plus tard",
    operations=RCPT,
    advice=Advice(
        "Réessayer tel quel, même expéditeur et même destinataire, après quelques minutes.",
        "Try again unchanged, same sender and same recipient, after some minutes.",
    ),
    source="RFC 6647 §2, §5 ; texte : le nôtre. Par règle avec times=1, le second essai passe",
    certainty=_S,
)
for _name, _code, _text, _fr, _where, _advice in (
    (
        "timeout",
        "420 4.4.1",
        "Timeout connection problem",
        "Délai dépassé vers le serveur du destinataire",
        RCPT,
        RETRY,
    ),
    ("recipient-over-quota", "422 4.2.2", "Recipient over quota", "Boîte du destinataire pleine (422)", RCPT, RETRY),
    ("disk-full", "431 4.3.1", "Not enough space on the disk", "Disque du serveur plein", DATA, RETRY),
    ("server-silent", "441 4.4.1", "Recipient server not responding", "Serveur du destinataire muet", RCPT, RETRY),
    ("transfer-dropped", "442 4.4.2", "Connection dropped in transfer", "Transfert interrompu", DATA, UNSURE),
    ("bad-address", "510 5.1.1", "Bad address", "Adresse fausse (510)", RCPT, _ADDRESS),
    ("host-unknown", "512 5.1.2", "Host unknown", "Domaine du destinataire introuvable (512)", RCPT, _ADDRESS),
    ("address-type", "513 5.1.3", "Address type is incorrect", "Type d'adresse faux", RCPT, _ADDRESS),
    (
        "recipient-size",
        "523 5.3.4",
        "Size exceeds the recipient limit",
        "Trop gros pour ce destinataire",
        RCPT,
        _SMALLER,
    ),
    ("rejected", "541 5.7.1", "Rejected by the recipient", "Refusé par le destinataire", RCPT, TELL),
):
    add(_name, _code, _text, _fr, operations=_where, advice=_advice, source=LISTED, certainty=_S)


def _ours(name: str, rule: Rule, operations: tuple[str, ...], advice: Advice, *, where: str = "to") -> None:
    """A refusal of the sandbox in its own words, whatever was sent."""
    code = rule.error_code or ""
    source, seen = f"{rule.source} ; {OWN}", rule.certainty
    add(
        name,
        code,
        rule.title_en,
        rule.title_fr,
        operations=operations,
        advice=advice,
        source=source,
        certainty=seen,
        where=where,
    )


_ours("sender", smtp_rules.SENDER, MAIL, SETTINGS, where="from")
_ours("unknown-domain", smtp_rules.UNKNOWN_DOMAIN, RCPT, _ADDRESS)
_ours("unknown-recipient", smtp_rules.UNKNOWN_RECIPIENT, RCPT, _ADDRESS)
_ours("box-closed", smtp_rules.CLOSED, RCPT, _ADDRESS)
_ours("box-full", smtp_rules.FULL, RCPT, RETRY)
_ours("too-big", smtp_rules.SIZE, DATA, _SMALLER)
_ours("lone-dot", smtp_rules.LONE_DOT, DATA, CORRECT)
_ours("busy", smtp_rules.BUSY, DATA, RETRY)
_ours("not-stored", smtp_rules.NOT_STORED, DATA, RETRY)
_ours("workspace-gone", smtp_rules.WORKSPACE_GONE, DATA, TELL)
