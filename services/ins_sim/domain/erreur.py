"""The faults of INSi (``urn:siram`` Erreur) and of the front end that it stands behind ("DESIR").

Codes and texts seen in live answers or in clients' tests are faithful; the ``socles_`` ones are ours, because the full
list of ``insi_*`` codes is not public: no software can take them for official ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Who is to blame, in SOAP 1.2 words."""

    SENDER = "Sender"
    RECEIVER = "Receiver"


REASONS: Mapping[str, str] = {
    "siram_10": "Les données transmises ne respectent pas les contrôles de saisie.",
    "siram_40": (
        "Le service est temporairement inaccessible. Veuillez renouveler votre demande ultérieurement. "
        "Si le problème persiste, contactez l'éditeur du progiciel ou votre responsable informatique."
    ),
    "siram_100": (
        "L'accès par ce progiciel au service n'est pas autorisé. "
        "Contactez l'éditeur du progiciel ou votre responsable informatique."
    ),
}
"""``Reason/Text`` by class of fault. The texts of 40 and 100 were seen live; that of 10 is ours."""


@dataclass(frozen=True, slots=True)
class Erreur:
    """One catalogued fault. ``severity`` is the ``severite`` attribute, as the live service writes it."""

    code: str
    siram: str
    side: Side
    severity: str
    text: str

    @property
    def reason(self) -> str:
        return REASONS[self.siram]

    @property
    def front(self) -> bool:
        """Made by the front end, not by INSi itself: it is laid out differently."""
        return self.code.startswith("desir_")

    @property
    def outcome(self) -> str:
        """As it stands in events and journal: ``siram_40/insi_102``."""
        return f"{self.siram}/{self.code}"


UNKNOWN_SOFTWARE = Erreur("desir_550", "siram_100", Side.SENDER, "erreur", "Numéro d'autorisation du logiciel inconnu.")
FORBIDDEN = Erreur(
    "desir_560",
    "siram_100",
    Side.SENDER,
    "erreur",
    "Niveau d'accès insuffisant : vous ne disposez pas des droits suffisants pour accéder à ce service",
)
UNAVAILABLE = Erreur(
    "desir_1020", "siram_40", Side.SENDER, "fatale", "Le service appelé est temporairement indisponible"
)
TECHNICAL = Erreur(
    "insi_102",
    "siram_40",
    Side.RECEIVER,
    "fatal",  # so written by the live service, though the schema says "fatale"
    "L'appel au service de recherche avec les traits d'identité renvoie une erreur technique.",
)
OUTAGE = Erreur("insi_111", "siram_40", Side.RECEIVER, "fatale", "Indisponibilité des téléservices")

STRANGER = Erreur(
    "socles_240",
    "siram_10",
    Side.SENDER,
    "erreur",
    "Ce matricule pourrait être celui d'une personne réelle : le bac à sable ne connaît que des personnes fictives.",
)
"""Ours (D11)."""


def missing(trait: str) -> Erreur:
    """A mandatory trait is missing. Seen for the birth name only; the other traits get the same code by our choice."""
    return Erreur("insi_19", "siram_10", Side.SENDER, "erreur", f"Le champ {trait} est obligatoire")


def invalid(code: str, text: str) -> Erreur:
    """A trait that breaks a lexical control; ``code`` is one of ours."""
    return Erreur(code, "siram_10", Side.SENDER, "erreur", text)


CATALOGUE: Mapping[str, Erreur] = {
    erreur.code: erreur
    for erreur in (UNKNOWN_SOFTWARE, FORBIDDEN, UNAVAILABLE, TECHNICAL, OUTAGE, missing("nom de naissance"))
}
"""Faults that a person, or a fault rule (D10), can ask for by code."""
