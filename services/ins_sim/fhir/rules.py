"""What may be wrong with a FHIR request, and the issue that says so."""

from typing import Final

from socle.rules import REGISTRY, Certainty, Rule, Severity

_R4: Final = "FHIR R4, RESTful API et Search"


def _refuse(name: str, kind: str, fr: str, en: str, remedy: str) -> Rule:
    """``kind``: the code of the OperationOutcome's issue."""
    return REGISTRY.add(
        Rule(f"fhir.{name}", fr, en, _R4, Certainty.SIMPLIFIED, remedy, error_code=kind, structural=True)
    )


WORKSPACE: Final = _refuse(
    "workspace",
    "not-found",
    "Espace de travail inconnu",
    "Unknown workspace",
    "Le créer par POST /_sandbox/workspaces, ou corriger l'adresse.",
)
METHOD: Final = _refuse(
    "method",
    "not-supported",
    "Lecture et recherche seulement",
    "Read and search only",
    "Les personnes s'ajoutent par /_sandbox/identities.",
)
INTERACTION: Final = _refuse(
    "interaction",
    "not-supported",
    "Ressource ou opération que ce serveur n'a pas",
    "A resource or operation that this server lacks",
    "GET metadata dit ce qui est servi : Patient, lecture et recherche.",
)
NOT_FOUND: Final = _refuse(
    "not-found",
    "not-found",
    "Aucun Patient de cet identifiant",
    "No Patient of this id",
    "L'id est celui de la population, non le matricule : chercher par identifier.",
)
FORMAT: Final = _refuse(
    "format",
    "not-supported",
    "Seul application/fhir+json est servi",
    "application/fhir+json only",
    "Demander Accept: application/fhir+json, ou _format=json.",
)
VALUE: Final = _refuse(
    "parameter-value",
    "value",
    "Valeur de paramètre que FHIR n'admet pas",
    "A parameter's value that FHIR does not know",
    "Voir les types de recherche token, string et date.",
)
STRICT: Final = _refuse(
    "parameter-refused",
    "not-supported",
    "Paramètre inconnu, et Prefer: handling=strict",
    "Unknown parameter, and Prefer: handling=strict",
    "Ôter le paramètre, ou demander handling=lenient.",
)
BODY: Final = _refuse(
    "search-body",
    "structure",
    "Le corps de _search n'est pas un formulaire",
    "The body of _search is no form",
    "Envoyer application/x-www-form-urlencoded, 16 Ko au plus.",
)
IGNORED: Final = REGISTRY.add(
    Rule(
        "fhir.parameter-ignored",
        "Paramètre de recherche inconnu : ignoré",
        "Unknown search parameter: ignored",
        _R4,
        Certainty.FAITHFUL,
        "Vérifier le lien self de la réponse : il dit ce qui a été entendu.",
        severity=Severity.WARNING,
    )
)
BUSY: Final = _refuse(
    "busy",
    "throttled",
    "Trop de demandes à la fois",
    "Too many requests at once",
    "Réessayer plus tard, avec un délai qui grandit.",
)
