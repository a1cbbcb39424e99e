"""What the submission server refuses or remarks, with its reply code (RFC 5321, RFC 3463; domain/mssante.md §1, §8)."""

from typing import Final

from socle.rules import REGISTRY, Certainty, Rule, Severity

_MSS: Final = "MSSanté: comportement attendu d'un opérateur (domaine, §8); textes des réponses: les nôtres"


def _rule(
    name: str,
    code: str | None,
    fr: str,
    en: str,
    remedy: str,
    *,
    source: str = _MSS,
    certainty: Certainty = Certainty.SIMPLIFIED,
    severity: Severity = Severity.ERROR,
) -> Rule:
    return REGISTRY.add(
        Rule(
            f"mss.{name}",
            fr,
            en,
            source,
            certainty,
            remedy=remedy,
            severity=severity,
            error_code=code,
            structural=severity is Severity.ERROR,
        )
    )


AUTH_FAILED = _rule(
    "smtp.auth-failed",
    "535 5.7.8",
    "Identifiants refusés: boîte inconnue ou mot de passe faux",
    "Credentials refused: unknown box or wrong password",
    "S'identifier par l'adresse d'une boîte de la population (/_sandbox/population) et son mot de passe.",
    source="RFC 4954 §6",
    certainty=Certainty.FAITHFUL,
)
SENDER = _rule(
    "smtp.sender",
    "553 5.7.1",
    "L'expéditeur de l'enveloppe n'est pas la boîte du compte",
    "The envelope sender is not the account's box",
    "Donner dans MAIL FROM l'adresse de la boîte authentifiée, ou l'expéditeur vide <>.",
)
UNKNOWN_DOMAIN = _rule(
    "smtp.unknown-domain",
    "550 5.1.2",
    "Le domaine du destinataire n'est pas dans la liste blanche",
    "The recipient's domain is not on the white list",
    "N'écrire qu'à des domaines de l'espace de confiance; le courrier n'est jamais relayé au dehors.",
)
UNKNOWN_RECIPIENT = _rule(
    "smtp.unknown-recipient",
    "550 5.1.1",
    "Destinataire inconnu",
    "Unknown recipient",
    "Vérifier l'adresse dans l'annuaire, ou créer la boîte par l'API de la population.",
    source="RFC 5321 §3.3",
    certainty=Certainty.FAITHFUL,
)
CLOSED = _rule(
    "smtp.closed",
    "550 5.2.1",
    "La boîte du destinataire est fermée",
    "The recipient's box is closed",
    "Retirer ce destinataire, ou choisir son autre boîte.",
)
FULL = _rule(
    "smtp.full",
    "452 4.2.2",
    "La boîte du destinataire est pleine",
    "The recipient's box is full",
    "Renvoyer le message plus tard: le refus est temporaire.",
)
SIZE = _rule(
    "smtp.size",
    "552 5.3.4",
    "Le message dépasse la taille admise",
    "The message exceeds the admitted size",
    "Respecter la limite SIZE annoncée par EHLO; elle est propre à chaque opérateur.",
    source="RFC 1870 §6",
    certainty=Certainty.FAITHFUL,
)
LONE_DOT = _rule(
    "smtp.lone-dot",
    "554 5.6.0",
    "Un point est seul sur une ligne qui ne finit pas par CRLF: tentative de contrebande SMTP",
    "A dot stands alone on a line not ended by CRLF: SMTP smuggling",
    "Terminer toutes les lignes par CRLF et doubler le point en tête de ligne (RFC 5321 §4.5.2).",
    source="RFC 5321 §2.3.8 et §4.1.1.4; attaques « SMTP smuggling » (2023)",
    certainty=Certainty.FAITHFUL,
)
BARE_NEWLINE = _rule(
    "smtp.bare-newline",
    None,
    "Le message contient un CR ou un LF isolé",
    "The message holds a bare CR or LF",
    "Terminer toutes les lignes par CRLF. Le message est gardé tel quel.",
    source="RFC 5321 §2.3.8",
    certainty=Certainty.SIMPLIFIED,
    severity=Severity.WARNING,
)
INJECTION = _rule(
    "smtp.starttls-injection",
    None,
    "Des commandes en clair suivaient STARTTLS: elles ont été ignorées",
    "Commands in clear followed STARTTLS: they were discarded",
    "Attendre la réponse à STARTTLS et négocier TLS avant d'envoyer la suite (RFC 3207 §4.2).",
    source="RFC 3207 §4.2 et §6",
    certainty=Certainty.FAITHFUL,
    severity=Severity.WARNING,
)
MIME_LIMIT = _rule(
    "mail.mime-limit",
    None,
    "Le message a trop de parties ou de niveaux: son contenu n'a pas été analysé",
    "The message has too many parts or levels: its content was not analysed",
    "Réduire l'imbrication du message.",
    source="Socles: protection du bac à sable",
    certainty=Certainty.OURS,
    severity=Severity.WARNING,
)
BUSY = _rule(
    "smtp.busy",
    "451 4.3.2",
    "Le service est saturé, réessayer plus tard",
    "The service is overloaded, try again later",
    "Renvoyer le message après un délai croissant.",
    source="RFC 5321 §4.2.2; Socles D16",
    certainty=Certainty.OURS,
)
NOT_STORED = _rule(
    "smtp.not-stored",
    "451 4.3.0",
    "La base de données n'a pas enregistré le message",
    "The database did not store the message",
    "Renvoyer le message après un délai croissant: la base du bac à sable est absente ou ne peut plus écrire.",
    source="RFC 5321 §4.2.2; Socles D5",
    certainty=Certainty.OURS,
)
WORKSPACE_GONE = _rule(
    "smtp.workspace-gone",
    "451 4.3.0",
    "L'espace de travail a été réinitialisé ou supprimé depuis le début de l'échange",
    "The workspace was reset or deleted since the exchange began",
    "Renvoyer le message; si l'espace a été supprimé, s'identifier dans un autre.",
    source="RFC 5321 §4.2.2; Socles D7",
    certainty=Certainty.OURS,
)


def _bounce(name: str, code: str, fr: str, en: str) -> Rule:
    return _rule(
        f"citizen.{name}",
        code,
        fr,
        en,
        "Lire l'avis de non-distribution reçu dans la boîte de l'expéditeur.",
        source="Mon espace santé – Messagerie v1.3, d'après la documentation d'un éditeur; textes exacts non lus",
        severity=Severity.WARNING,
    )


CITIZEN_INVALID = _bounce("invalid-address", "5.1.3", "L'adresse du patient n'est pas valide", "Invalid address")
CITIZEN_UNKNOWN = _bounce("unknown", "5.1.1", "Patient introuvable", "Patient not found")
CITIZEN_CLOSED = _bounce("closed", "5.2.1", "La messagerie du patient est fermée", "The patient's box is closed")
CITIZEN_FULL = _bounce("full", "5.2.2", "La messagerie du patient est pleine", "The patient's box is full")
CITIZEN_SIZE = _bounce("size", "5.3.4", "Le message dépasse 25 Mo", "The message exceeds 25 MB")
