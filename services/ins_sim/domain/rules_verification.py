"""The rules of the unitary verification: an INS and the traits of him who is said to own it.

Of the real operation only names of elements were read, in the commented code of one client (domain/insi.md §1.6): every
control and every outcome here is our own choice. The lexical controls are those of WS_INS2.
"""

from typing import Final

from ins_sim.domain.rules import INFO, OWN, UNKNOWN, WARNING, rule
from socle.rules import Rule

_OURS: Final = "no public source: the verification is our own choice, on names of elements that a client has"


def _differs(name: str, fr: str, en: str, remedy: str) -> Rule:
    """What is told in the journal, and never to the client: the answer is KO."""
    return rule(f"verification.{name}", fr, en, (_OURS, OWN, UNKNOWN), remedy, severity=WARNING)


MISSING = rule(
    "verification.missing",
    "Matricule ou OID absent",
    "The number or its OID is missing",
    (_OURS, OWN, UNKNOWN),
    "Un matricule ne voyage jamais seul : envoyer NumIdentifiant, Cle et OID.",
    code="insi_19",
    structural=True,
)
NUMBER = rule(
    "verification.number.form",
    "Matricule mal formé",
    "Malformed number",
    (_OURS, OWN, UNKNOWN),
    "NumIdentifiant : 13 caractères, 2A ou 2B pour la Corse ; Cle : 2 chiffres, à part.",
    code="socles_241",
    structural=True,
)
OID = rule(
    "verification.oid.form",
    "OID qui n'est pas celui d'un INS",
    "An OID that is none of an INS",
    (_OURS, OWN, UNKNOWN),
    "1.2.250.1.213.1.4.8 (NIR), .9 (NIA), .10 (test) ou .11 (démonstration).",
    code="socles_242",
    structural=True,
)
NO_KEY = rule(
    "verification.key.absent",
    "Clé absente : vérifié sur les 13 caractères",
    "No key: verified on the 13 characters",
    (_OURS, OWN, UNKNOWN),
    "Envoyer Cle.",
    severity=INFO,
)
NO_PLACE = rule(
    "verification.birth-place.absent",
    "Lieu de naissance absent : vérifié sans lui",
    "No birth place: verified without it",
    (_OURS, OWN, UNKNOWN),
    "Envoyer LieuNaissance (code COG) : c'est l'un des traits stricts.",
    severity=INFO,
)
UNKNOWN_NUMBER = _differs(
    "number.unknown",
    "Personne n'a ce matricule",
    "Nobody has this number",
    "Chercher la personne par ses traits (WS_INS2).",
)
FORMER_NUMBER = _differs(
    "number.former",
    "Matricule d'historique : ce n'est plus le matricule actif",
    "A former number: it is no longer the active one",
    "Remplacer le matricule par l'actif, que WS_INS2 rend dans INSACTIF.",
)
OTHER_KEY = _differs(
    "key.differs", "La clé n'est pas celle du matricule", "The key is not that of the number", "Corriger la clé."
)
OTHER_OID = _differs(
    "oid.differs",
    "L'OID n'est pas celui du matricule",
    "The OID is not that of the number",
    "Reprendre l'OID rendu par INSi.",
)
OTHER_NAME = _differs(
    "birth-name.differs",
    "Le nom de naissance est autre",
    "The birth name is another one",
    "Comparer le nom de naissance, lettre à lettre, à celui que WS_INS2 rend.",
)
OTHER_GIVEN = _differs(
    "given-names.differs",
    "La liste des prénoms est autre",
    "The list of first names is another one",
    "Envoyer dans ListePrenom tous les prénoms de naissance, dans leur ordre.",
)
OTHER_SEX = _differs("sex.differs", "Le sexe est autre", "The sex is another one", "Corriger le sexe.")
OTHER_DATE = _differs(
    "birth-date.differs",
    "La date de naissance est autre",
    "The birth date is another one",
    "Corriger la date de naissance.",
)
OTHER_PLACE = _differs(
    "birth-place.differs",
    "Le lieu de naissance est autre",
    "The birth place is another one",
    "Corriger le code COG du lieu de naissance.",
)
