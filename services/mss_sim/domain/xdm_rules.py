"""What a receiver finds wrong in an IHE_XDM archive. Reported, not a reason to refuse the mail; attacks are (ours).

The outcomes are those of a real receiver (domain/mssante.md §2): unreadable archive, METADATA missing, document named
by ``URI`` missing, not a CDA, size or hash differs. Its seventh, a storage failure, is the receiver's own.
"""

from typing import Final

from socle.rules import REGISTRY, Certainty, Rule, Severity

_RECEIVER: Final = "Comportement d'un récepteur réel (OpenXtrem Mediboard), lu dans son code"
_OURS: Final = "Socles: protection du bac à sable"


def _rule(name: str, fr: str, en: str, remedy: str, *, source: str = _RECEIVER) -> Rule:
    return REGISTRY.add(
        Rule(f"mss.xdm.{name}", fr, en, source, Certainty.FAITHFUL, remedy=remedy, severity=Severity.WARNING)
    )


def _attack(name: str, fr: str, en: str, remedy: str) -> Rule:
    """Refused in every strictness: no receiver could open the archive safely."""
    return REGISTRY.add(Rule(f"mss.xdm.{name}", fr, en, _OURS, Certainty.OURS, remedy=remedy, structural=True))


UNREADABLE = _rule(
    "unreadable",
    "L'archive IHE_XDM est vide ou illisible",
    "The IHE_XDM archive is empty or unreadable",
    "Vérifier que la pièce jointe est un zip complet, non chiffré, encodé en base64.",
)
METADATA_MISSING = _rule(
    "metadata-missing",
    "METADATA.XML est absent de l'archive",
    "METADATA.XML is missing from the archive",
    "Placer METADATA.XML dans IHE_XDM/SUBSET01/.",
)
METADATA_UNREADABLE = _rule(
    "metadata-unreadable",
    "METADATA.XML n'est pas un SubmitObjectsRequest lisible",
    "METADATA.XML is not a readable SubmitObjectsRequest",
    "Écrire un lcm:SubmitObjectsRequest (ebRIM 3.0) bien formé, sans DOCTYPE.",
    source="IHE ITI TF-3 §4.2, XDM",
)
DOCUMENT_MISSING = _rule(
    "document-missing",
    "Un document nommé par URI est absent de l'archive",
    "A document named by URI is missing from the archive",
    "Donner au slot URI le nom exact du fichier, placé à côté de METADATA.XML.",
)
NOT_CDA = _rule(
    "not-cda",
    "Un document de l'archive n'est pas un CDA",
    "A document of the archive is not a CDA",
    "Placer dans l'archive des documents CDA R2 (racine ClinicalDocument, urn:hl7-org:v3).",
)
SIZE_DIFFERS = _rule(
    "size-differs",
    "La taille annoncée n'est pas celle du document",
    "The declared size is not the document's",
    "Calculer le slot size sur les octets du fichier tel qu'il est dans l'archive.",
)
HASH_DIFFERS = _rule(
    "hash-differs",
    "L'empreinte SHA-1 annoncée n'est pas celle du document",
    "The declared SHA-1 hash is not the document's",
    "Calculer le slot hash (SHA-1, hexadécimal) sur les octets du fichier tel qu'il est dans l'archive.",
)
UNSAFE_PATH = _attack(
    "unsafe-path",
    "L'archive contient un chemin qui sort de son dossier",
    "The archive holds a path that leaves its folder",
    "N'employer que des chemins relatifs, sans « .. », ni lettre de lecteur.",
)
BOMB = _attack(
    "bomb",
    "L'archive se décompresse au-delà des limites: elle n'a pas été ouverte",
    "The archive expands beyond the limits: it was not opened",
    "Réduire le nombre, la taille ou le taux de compression des fichiers de l'archive.",
)
