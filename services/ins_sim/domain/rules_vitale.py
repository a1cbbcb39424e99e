"""The rules of WS_INS1, the search with a Vitale card.

Its schema is public and holds no obligation; no answer of the real service to it was seen. What refuses is therefore
little, and ours by analogy with WS_INS2. That beneficiary and card agree is a check of the client's (CNDA test 1.03):
the sandbox tells it, and answers that nobody was found.
"""

from typing import Final

from ins_sim.domain.erreur import FORBIDDEN
from ins_sim.domain.rules import OWN, SIMPLIFIED, UNKNOWN, WARNING, rule

SCHEMA: Final = "INSiRecVit schema of the public WSDL package DESIR_ICIR_EXP 1.5.0"
_ANALOGY: Final = "no public source: our own choice, by analogy with WS_INS2"
_CLIENT: Final = "what the configuration and code of one real client fill in"
_CNDA: Final = "CNDA test 1.03, known by its subject: the software checks the beneficiary, so the sandbox only tells"
_CARD: Final = "no public source: how a virtual card is searched is our own choice"

MISSING = rule(
    "vitale.missing",
    "Matricule de l'ouvrant droit ou date de naissance absents",
    "The insured person's number or the birth date is missing",
    (_ANALOGY, OWN, UNKNOWN),
    "Envoyer MatriculeOD et DateNaissance, lus sur la carte Vitale.",
    code="insi_19",
    structural=True,
)
NUMBER = rule(
    "vitale.number.form",
    "Matricule mal formé",
    "Malformed number",
    (SCHEMA, SIMPLIFIED, UNKNOWN),
    "NumIdentifiant : 13 caractères, 2A ou 2B pour la Corse ; la clé, si elle est envoyée, dans Cle.",
    code="socles_231",
)
RANK = rule(
    "vitale.rank.form",
    "Rang de naissance qui n'est pas un nombre de 1 à 9",
    "Birth rank that is no number from 1 to 9",
    (_ANALOGY, OWN, UNKNOWN),
    "Envoyer le rang lu sur la carte : 1, ou 2 et plus pour un jumeau.",
    code="socles_232",
)
RANK_MISSING = rule(
    "vitale.rank.missing",
    "Rang de naissance absent",
    "The birth rank is missing",
    (_CLIENT, SIMPLIFIED, UNKNOWN),
    "Envoyer RangNaissance : sans lui, des jumeaux ne se distinguent pas (CodeCR 02).",
    severity=WARNING,
)
COVERAGE_EMPTY = rule(
    "vitale.coverage.empty",
    "COUVERTURE absente ou vide",
    "COUVERTURE is missing or empty",
    (_CLIENT, SIMPLIFIED, UNKNOWN),
    "WS_INS1 : remplir ContexteBAM/COUVERTURE (ASSURE, BENEFICIAIRE) avec ce qui est lu sur la carte.",
    severity=WARNING,
)
COVERAGE_INSURED = rule(
    "vitale.coverage.insured",
    "ASSURE n'est pas l'ouvrant droit du corps",
    "ASSURE is not the insured person of the body",
    (_CLIENT, SIMPLIFIED, UNKNOWN),
    "Le même matricule dans COUVERTURE/ASSURE/Id/Num et dans MatriculeOD/NumIdentifiant.",
    severity=WARNING,
)
COVERAGE_NUMBER = rule(
    "vitale.coverage.number",
    "Le NIR de BENEFICIAIRE n'est pas celui du corps",
    "The NIR of BENEFICIAIRE is not the body's",
    (_CLIENT, SIMPLIFIED, UNKNOWN),
    "Le même matricule dans BENEFICIAIRE/Nir/Num et dans MatriculeIndividu, ou aucun des deux.",
    severity=WARNING,
)
COVERAGE_BIRTH = rule(
    "vitale.coverage.birth-date",
    "La date de naissance de BENEFICIAIRE n'est pas celle du corps",
    "The birth date of BENEFICIAIRE is not the body's",
    (_CLIENT, SIMPLIFIED, UNKNOWN),
    "La même date dans BENEFICIAIRE/DateNai et dans DateNaissance.",
    severity=WARNING,
)
COVERAGE_RANK = rule(
    "vitale.coverage.rank",
    "Le rang de BENEFICIAIRE n'est pas celui du corps",
    "The rank of BENEFICIAIRE is not the body's",
    (_CLIENT, SIMPLIFIED, UNKNOWN),
    "Le même rang dans BENEFICIAIRE/Rang et dans RangNaissance.",
    severity=WARNING,
)
CARD_UNKNOWN = rule(
    "vitale.card.unknown",
    "Aucune carte Vitale virtuelle de cet ouvrant droit",
    "No virtual Vitale card of this insured person",
    (_CARD, OWN, UNKNOWN),
    "Les cartes de l'espace : GET /_sandbox/population/cards ; en ajouter une : POST /_sandbox/population.",
    severity=WARNING,
)
CARD_BENEFICIARY = rule(
    "vitale.card.beneficiary",
    "La carte ne porte pas ce bénéficiaire (date et rang de naissance)",
    "The card does not name this beneficiary (birth date and rank)",
    (_CNDA, SIMPLIFIED, UNKNOWN),
    "Vérifier le bénéficiaire choisi contre la carte avant l'appel ; envoyer la date telle que la carte la porte.",
    severity=WARNING,
)
CARD_PERSON = rule(
    "vitale.card.person",
    "La carte porte cette personne, que l'INSi ne connaît pas",
    "The card names this person, whom INSi does not know",
    (_CARD, OWN, UNKNOWN),
    "Dans la population, lui donner un matricule et knownToInsi ; ou attendre 01 : le nourrisson n'a pas encore d'INS.",
    severity=WARNING,
)
CARD_NUMBER = rule(
    "vitale.card.number",
    "MatriculeIndividu n'est pas un matricule de ce bénéficiaire",
    "MatriculeIndividu is no number of this beneficiary",
    (_CNDA, SIMPLIFIED, UNKNOWN),
    "Envoyer le NIR certifié que la carte porte pour lui, ou ne rien envoyer.",
    severity=WARNING,
)
CARD_NAME = rule(
    "vitale.card.name",
    "NomNaissance n'est pas celui de ce bénéficiaire",
    "NomNaissance is not this beneficiary's",
    (_CNDA, SIMPLIFIED, UNKNOWN),
    "Envoyer le nom de naissance, ou ne rien envoyer : le nom d'usage de la carte ne convient pas.",
    severity=WARNING,
)
KEY = rule(
    "vitale.number.key",
    "La clé ne va pas avec le matricule",
    "The key does not go with the number",
    (_CARD, OWN, UNKNOWN),
    "Envoyer la clé de la carte, 97 moins le reste de la division par 97, ou n'en envoyer aucune.",
    severity=WARNING,
)
UNCERTIFIED = rule(
    "vitale.number.uncertified",
    "MatriculeIndividu envoyé, que la carte ne certifie pas",
    "MatriculeIndividu was sent, which the card does not certify",
    (_CLIENT, SIMPLIFIED, UNKNOWN),
    "N'envoyer MatriculeIndividu et BENEFICIAIRE/Nir que si la carte porte un NIR certifié.",
    severity=WARNING,
)
ASSERTION_ABSENT = rule(
    "vitale.assertion.absent",
    "L'assertion de la carte Vitale manque",
    "The Vitale card's assertion is missing",
    (
        "domain/insi.md §1.5: a second assertion is sent with WS_INS1; the code of the refusal is ours",
        SIMPLIFIED,
        UNKNOWN,
    ),
    "Joindre dans wsse:Security l'assertion de la carte Vitale, à côté de celle du professionnel.",
    code=FORBIDDEN.code,
)
ASSERTION_INSURED = rule(
    "vitale.assertion.insured",
    "L'assertion Vitale est celle d'un autre ouvrant droit",
    "The Vitale assertion is another insured person's",
    ("no public source: only of assertions in the form that the sandbox's signer makes", OWN, UNKNOWN),
    "Lire la carte et faire l'appel avec la même carte Vitale.",
    code=FORBIDDEN.code,
)

REFUSING: Final = (NUMBER, RANK)
"""Those whose breach refuses with a code of ours."""
