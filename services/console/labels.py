"""The words of the console: French first, English where it helps."""

from collections.abc import Mapping, Sequence
from typing import Any

SERVICES = {
    "ins_sim": "INSi",
    "dmp_sim": "DMP",
    "mss_sim": "MSSanté",
    "psc_sim": "Pro Santé Connect",
    "metrics": "Indicateurs",
    "tls": "TLS",
}
OPERATIONS = {
    "iti41": "Dépôt (ITI-41)",
    "iti18": "Recherche (ITI-18)",
    "iti43": "Lecture (ITI-43)",
    "rechercherInsAvecTraitsIdentite": "Recherche par traits",
    "rechercherInsAvecCarteVitale": "Recherche par carte Vitale",
    "verifierInsAvecTraitsIdentite": "Vérification unitaire",
    "creerDemandeVerification": "Demande de vérification en masse",
    "recupererResultatVerification": "Résultat de vérification en masse",
    "DATA": "Message",
    "MAIL": "Enveloppe",
    "AUTH": "Authentification",
    "STARTTLS": "Chiffrement",
    "TLS": "Chiffrement d'emblée",
    "wsdl": "WSDL",
    "fhir-read": "Lecture FHIR",
    "fhir-search": "Recherche FHIR",
    "fhir-metadata": "Capacités FHIR",
    "fhir-other": "Autre demande FHIR",
    "discovery": "Découverte",
    "certs": "Clés publiques",
    "authorize": "Demande de connexion",
    "login": "Connexion du professionnel",
    "token": "Jetons",
    "userinfo": "Identité (userinfo)",
    "introspect": "Introspection",
    "revoke": "Révocation",
    "logout": "Déconnexion",
    "ciba": "Connexion sans navigateur (CIBA)",
    "style": "Feuille de style",
    "POST /api/stays": "Séjours déposés",
    "handshake": "Négociation TLS",
    "": "Non reconnue",
}
OUTCOMES = {
    "accepted": "Accepté",
    "refused": "Refusé",
    "fault": "Interrompu",
    "error": "Erreur du bac à sable",
    "overload": "Surcharge",
}
MEASURES = {"num": "numérateur", "den": "dénominateur"}
SEVERITIES = {"error": "Erreur", "warning": "Avertissement", "info": "Remarque"}
CASE_VERDICTS = {
    "passed": "réussi",
    "failed": "échoué",
    "not-played": "pas encore joué",
    "manual": "à vérifier à la main",
}
VERDICT_COUNTS = {
    "passed": ("réussi", "réussis"),
    "failed": ("échoué", "échoués"),
    "not-played": ("à jouer", "à jouer"),
    "manual": ("à vérifier à la main", "à vérifier à la main"),
}
"""One, several."""
ATTEMPT_STATES = {"passed": "réussi", "failed": "échoué", "begun": "commencé", "aside": "ne compte pas"}
AUTHENTICATIONS = {
    "card": "assertion CPS",
    "psc": "assertion Pro Santé Connect",
    "certificate": "certificat du logiciel",
    "": "aucune",
}
CERTAINTIES = {
    "faithful": ("Fidèle", "vue dans une source"),
    "simplified": ("Simplifiée", "la source demande davantage"),
    "ours": ("Notre choix", "aucune source lisible ne le dit"),
}

OFFICIAL = {"refuses": "le service national refuse", "tolerates": "le service national tolère"}
_WOULD_REFUSE = ": the real service would have refused it"


def count(number: int, singular: str, plural: str = "") -> str:
    """``3 erreurs``; ``1 erreur``; the plural takes an s unless given."""
    return f"{number} {singular if number < 2 else plural or singular + 's'}"


def verdict(entry: Mapping[str, Any]) -> tuple[str, str]:
    """One sentence in French, one in English, on how an exchange ended and why."""
    findings: Sequence[Mapping[str, Any]] = entry["findings"]
    errors = [one for one in findings if one["severity"] == "error"]
    first = next(iter(errors or findings), None)
    code = f" avec le code {entry['code']}" if entry["code"] else ""
    coded = f" with code {entry['code']}" if entry["code"] else ""
    if entry["outcome"] == "overload":
        return (
            f"Trop de demandes à la fois : le service l'a dit{code}.",
            f"Too much at once: the service said so{coded}.",
        )
    if entry["outcome"] == "error":
        return (
            "Le bac à sable a échoué : la faute n'est pas à votre message.",
            "The sandbox failed: your message is not to blame.",
        )
    if entry["fault"]:
        answered = f" ; la réponse porte le code {entry['code']}" if entry["code"] else ""
        answered_en = f"; the answer carries code {entry['code']}" if entry["code"] else ""
        return (
            f"Panne provoquée : la règle {_quoted(entry['fault'])} s'est déclenchée{answered}.",
            f"Fault on demand: rule “{entry['fault']}” fired{answered_en}.",
        )
    if entry["outcome"] == "accepted":
        return _accepted(entry, errors)
    said, told = ("Interrompu", "Interrupted") if entry["outcome"] == "fault" else ("Refusé", "Refused")
    if first is None:
        return f"{said}{code}.", f"{told}{coded}."
    more = len(findings) - 1
    also, too = (f", et {count(more, 'autre constat', 'autres constats')}", f", and {more} more") if more else ("", "")
    return (
        f"{said}{code}. Règle non respectée : {_quoted(first['titleFr'])}{also}.",
        f"{told}{coded}. Rule broken: “{first['titleEn']}”{too}.",
    )


def _quoted(text: str) -> str:
    return f"«\N{NARROW NO-BREAK SPACE}{text}\N{NARROW NO-BREAK SPACE}»"


def _accepted(entry: Mapping[str, Any], errors: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    findings: Sequence[Mapping[str, Any]] = entry["findings"]
    if errors:
        # what INSi tells of the real service is more exact
        real = ("", "") if entry.get("official") else (" : le service réel l'aurait refusé", _WOULD_REFUSE)
        return (
            f"Accepté en mode tolérant, avec {count(len(errors), 'erreur')}{real[0]}.",
            f"Accepted (lenient workspace) with {len(errors)} error(s){real[1]}.",
        )
    if findings:
        return (
            f"Accepté, avec {count(len(findings), 'constat')} à lire.",
            f"Accepted, with {len(findings)} finding(s) to read.",
        )
    return "Accepté, sans remarque.", "Accepted, nothing to say."
