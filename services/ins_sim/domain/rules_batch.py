"""The rules of batch verification. No source tells how the real one is asked: everything here is our own choice."""

from typing import Final

from ins_sim.domain.rules import INFO, OWN, UNKNOWN, rule
from socle.rules import Rule

_OURS: Final = "no public source: batch verification is our own choice throughout"


def _refused(name: str, code: str, fr: str, en: str, remedy: str) -> Rule:
    return rule(f"batch.{name}", fr, en, (_OURS, OWN, UNKNOWN), remedy, code=code, structural=True)


REFERENCE = _refused(
    "reference",
    "socles_250",
    "IdDemande absent ou mal formé",
    "IdDemande is missing or malformed",
    "Donner à chaque demande un identifiant à vous : 1 à 64 lettres, chiffres, points, tirets ou soulignés.",
)
TOO_LARGE = _refused(
    "too-large",
    "socles_251",
    "Trop de lignes pour une demande",
    "Too many lines for one demand",
    "Partager la demande ; plafond réglable par l'option insi.batch.lines.",
)
EMPTY = _refused(
    "empty",
    "socles_252",
    "Demande sans ligne",
    "A demand without a line",
    "Envoyer au moins une LIGNE avec son IndividuVerifie.",
)
RANK = _refused(
    "rank",
    "socles_253",
    "Rang absent, répété ou hors de 1 à 999999",
    "Rang is missing, repeated or outside 1 to 999999",
    "Numéroter les lignes : le résultat de chacune est rendu sous son rang.",
)
OTHER_CONTENT = _refused(
    "other-content",
    "socles_254",
    "IdDemande déjà employé pour un autre contenu",
    "IdDemande was used for another content already",
    "Renvoyer la même demande telle quelle, ou en faire une nouvelle sous un autre IdDemande.",
)
UNKNOWN_DEMAND = _refused(
    "unknown",
    "socles_255",
    "Demande inconnue de cet espace, ou oubliée",
    "A demand unknown to this workspace, or forgotten",
    "Reprendre NumeroDemande tel que la création l'a rendu, dans le même espace de travail.",
)
TOO_MANY = _refused(
    "too-many",
    "socles_256",
    "Trop de demandes dans cet espace",
    "Too many demands in this workspace",
    "Attendre que d'anciens résultats expirent, ou remettre l'espace à zéro ; plafond réglable par l'option "
    "insi.batch.demands.",
)
MORE = rule(
    "batch.more",
    "D'autres constats sur les lignes ne sont pas gardés",
    "Further findings on the lines are not kept",
    (_OURS, OWN, UNKNOWN),
    "Corriger ceux-ci, et renvoyer les lignes.",
    severity=INFO,
)
