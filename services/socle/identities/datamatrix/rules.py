"""What may be wrong with the content of an INS datamatrix."""

from typing import Final

from socle.rules import REGISTRY, Certainty, Rule, Severity

_SOURCE: Final = "ANS, INS : format datamatrix (domain/insi.md §5)"


def _rule(
    name: str,
    fr: str,
    en: str,
    remedy: str,
    *,
    certainty: Certainty = Certainty.SIMPLIFIED,
    severity: Severity = Severity.ERROR,
) -> Rule:
    rule = Rule(f"datamatrix.{name}", fr, en, _SOURCE, certainty, remedy, severity=severity, source_version="2.2")
    return REGISTRY.add(rule)


SQUARE: Final = _rule(
    "square",
    "Le symbole n'est pas carré",
    "The symbol is not square",
    "Imprimer un Data Matrix ECC 200 carré : l'encodeur a une option pour l'imposer.",
)
HEADER: Final = _rule(
    "header",
    "L'en-tête n'est pas IS, 01 et 22 zéros",
    "The header is not IS, 01 and 22 zeros",
    "Commencer par « IS01 » et 22 zéros : 26 caractères.",
)
UNKNOWN: Final = _rule(
    "unknown-block",
    "Ni S1 à S7 là où un bloc commence",
    "Neither S1 to S7 where a block begins",
    "Les blocs sont S1 à S7 ; un séparateur ou une longueur fausse décale tout ce qui suit.",
)
ORDER: Final = _rule(
    "order",
    "Les blocs ne sont pas dans l'ordre S1 à S7, une fois chacun",
    "Blocks are not in the order S1 to S7, once each",
    "Écrire S1, S2, S3, S4, S5, S6 puis S7.",
)
MISSING: Final = _rule(
    "missing-block",
    "Un bloc obligatoire manque",
    "A mandatory block is missing",
    "S1 à S6 sont obligatoires ; seul S7 (lieu de naissance) peut manquer.",
)
GS_MISSING: Final = _rule(
    "missing-gs",
    "Séparateur GS absent après un champ variable plus court que son maximum",
    "No GS after a variable field shorter than its maximum",
    "Terminer S2, S3 et S4 par <GS> (ASCII 29), sauf longueur maximale ou fin du message.",
)
GS_SURPLUS: Final = _rule(
    "surplus-gs",
    "Séparateur GS de trop",
    "A GS where none belongs",
    "Pas de <GS> après un champ fixe, un champ de longueur maximale, ni à la fin.",
)
LENGTH: Final = _rule(
    "length",
    "Longueur de champ hors des bornes",
    "A field's length is out of bounds",
    "S1 : 15 ; S2 : 19 à 20 ; S3 et S4 : 1 à 100 ; S5 : 1 ; S6 : 10 ; S7 : 5.",
)
NUMBER: Final = _rule(
    "matricule",
    "S1 n'est pas un matricule de 13 caractères et sa clé",
    "S1 is no matricule of 13 characters with its key",
    "15 caractères : des chiffres, 2A ou 2B pour la Corse.",
)
KEY: Final = _rule(
    "key",
    "La clé du matricule est fausse",
    "The key of the matricule is wrong",
    "97 moins le reste par 97, 2A valant 19 et 2B valant 18.",
)
OID: Final = _rule(
    "oid",
    "S2 n'est pas un OID de l'INS",
    "S2 is no OID of the INS",
    "1.2.250.1.213.1.4.8 (NIR), .9 (NIA), .10 (test) ou .11 (démonstration).",
)
NAME: Final = _rule(
    "name",
    "Nom ou prénoms hors de l'alphabet d'INSi",
    "A name outside INSi's alphabet",
    "Capitales A-Z, espace, apostrophe droite et tiret.",
)
SEX: Final = _rule("sex", "S5 n'est ni M ni F", "S5 is neither M nor F", "INSi ne délivre que M et F.")
DATE: Final = _rule(
    "date",
    "S6 n'est pas une date JJ-MM-AAAA",
    "S6 is no date DD-MM-YYYY",
    "Écrire 28-03-1979, et non 1979-03-28 ni 28/03/1979.",
)
PLACE: Final = _rule(
    "place",
    "S7 n'est pas un code COG de 5 caractères",
    "S7 is no COG code of 5 characters",
    "63220, 2A004, 99350 … ; sans lieu, omettre S7.",
)
TEST: Final = _rule(
    "fictitious-oid",
    "OID de test ou de démonstration : un logiciel en production doit refuser cette identité",
    "OID of tests or demonstrations: software in production must refuse it",
    "Rien à changer ici ; vérifier que le logiciel lit bien S2.",
    certainty=Certainty.OURS,
    severity=Severity.INFO,
)
