"""The rules of INSi: what is checked, what it rests on, and the code that a refusal carries.

``SEL-MP-043`` is the national integration guide; it is not public, so what stands here was read in software and notes
that follow it. The guide's numbers for the lexical controls are unknown: the codes ``socles_2xx`` are ours.
"""

from socle.rules import REGISTRY, Certainty, Official, Rule, Severity

GUIDE = "SEL-MP-043 §2, §3.4.1 (EF_INS01_03, EF_INS10), read through editors' notes"
SCHEMA = "INSiRecSans schema of the public WSDL package DESIR_ICIR_EXP 1.5.0"
CONTEXTS = "CTXBAM_V01_02 and CTXLPS schemas of the public WSDL package"
LIVE = "answers of the qualification server captured by editors"
CLIENT = "a client's test, written after the guide: seen for the birth name only"
OURS = "no public source: our own choice"
INFO, WARNING = Severity.INFO, Severity.WARNING
FAITHFUL, SIMPLIFIED, OWN = Certainty.FAITHFUL, Certainty.SIMPLIFIED, Certainty.OURS
REFUSES, TOLERATES, UNKNOWN = Official.REFUSES, Official.TOLERATES, Official.UNKNOWN
"""What the real service does with a breach."""


def rule(
    name: str,
    title_fr: str,
    title_en: str,
    grounds: tuple[str, Certainty, Official],
    remedy: str,
    *,
    severity: Severity = Severity.ERROR,
    code: str | None = None,
    structural: bool = False,
) -> Rule:
    """Register ``insi.{name}``."""
    source, certainty, official = grounds
    version = "05.00.01" if source is GUIDE else ""
    return REGISTRY.add(
        Rule(
            f"insi.{name}", title_fr, title_en, source, certainty, remedy, severity, version, code, structural, official
        )
    )


MISSING = rule(
    "trait.missing",
    "Trait obligatoire absent",
    "A mandatory trait is missing",
    (CLIENT, SIMPLIFIED, REFUSES),
    "Envoyer le nom de naissance, au moins un prénom, le sexe et la date de naissance.",
    code="insi_19",
    structural=True,
)
BODY = rule(
    "body.root",
    "Le corps n'est pas l'élément que l'opération attend",
    "The body is not the element that the operation wants",
    (SCHEMA, FAITHFUL, UNKNOWN),
    "Accorder l'action et le corps ; pour WS_INS2, {http://www.cnamts.fr/INSiRecSans}RECSANSVITALE.",
    code="socles_200",
    structural=True,
)
LOWER_CASE = rule(
    "name.lower-case",
    "Minuscules dans un nom",
    "Lower case in a name",
    (GUIDE, FAITHFUL, REFUSES),
    "Passer le nom en majuscules.",
    code="socles_201",
)
ACCENT = rule(
    "name.accent",
    "Signe diacritique dans un nom",
    "Diacritic in a name",
    (GUIDE, FAITHFUL, REFUSES),
    "Translittérer : É devient E, Ç devient C.",
    code="socles_202",
)
LIGATURE = rule(
    "name.ligature",
    "Ligature dans un nom",
    "Ligature in a name",
    (GUIDE, FAITHFUL, REFUSES),
    "Translittérer : Æ devient AE, Œ devient OE.",
    code="socles_203",
)
APOSTROPHE = rule(
    "name.apostrophe",
    "Apostrophe typographique dans un nom",
    "Typographic apostrophe in a name",
    (GUIDE, FAITHFUL, REFUSES),
    "Envoyer l'apostrophe droite (ASCII 39).",
    code="socles_204",
)
CHARSET = rule(
    "name.charset",
    "Caractère interdit dans un nom",
    "Forbidden character in a name",
    (GUIDE, FAITHFUL, REFUSES),
    "Seuls A à Z, l'espace, l'apostrophe droite et le tiret sont admis ; refuser la saisie plutôt que l'effacer.",
    code="socles_205",
)
FIRST = rule(
    "name.first-character",
    "Nom commençant par un espace ou un tiret",
    "Name beginning with a space or a hyphen",
    (GUIDE, FAITHFUL, REFUSES),
    "Commencer par une lettre ou une apostrophe.",
    code="socles_206",
)
SEPARATORS = rule(
    "name.separators",
    "Séparateurs doublés ou combinés",
    "Doubled or combined separators",
    (GUIDE, SIMPLIFIED, REFUSES),
    "Ne doubler ni ne combiner espace et apostrophe ; deux tirets de suite au plus.",
    code="socles_207",
)
GIVEN = rule(
    "given-name.form",
    "Forme de prénom interdite",
    "Forbidden form of a first name",
    (GUIDE, FAITHFUL, REFUSES),
    "Pas de double tiret dans un prénom, ni de tiret ou d'apostrophe à la fin.",
    code="socles_208",
)
SEX = rule(
    "sex.value",
    "Sexe autre que M ou F",
    "Sex other than M or F",
    (SCHEMA, FAITHFUL, UNKNOWN),
    "Envoyer M ou F ; la valeur I reste locale.",
    code="socles_209",
)
DATE = rule(
    "birth-date.format",
    "Date de naissance mal formée",
    "Malformed birth date",
    (SCHEMA, FAITHFUL, UNKNOWN),
    "Envoyer AAAA-MM-JJ.",
    code="socles_210",
)
CALENDAR = rule(
    "birth-date.calendar",
    "Date de naissance hors du calendrier",
    "Birth date not in the calendar",
    (OURS, OWN, UNKNOWN),
    "Corriger la date : ce jour, ou ce mois, n'existe pas.",
    severity=WARNING,
)
PLACE = rule(
    "birth-place.form",
    "Lieu de naissance qui n'est pas un code COG",
    "Birth place that is no COG code",
    (SCHEMA, OWN, UNKNOWN),
    "Envoyer les cinq caractères du code officiel géographique (2A, 2B pour la Corse, 99 pour l'étranger).",
    severity=WARNING,
)
SURPLUS = rule(
    "body.surplus",
    "Élément inconnu dans le corps",
    "Unknown element in the body",
    (SCHEMA, SIMPLIFIED, UNKNOWN),
    "Retirer l'élément, ou corriger son espace de noms.",
    severity=WARNING,
)
ORDER = rule(
    "body.order",
    "Éléments hors de l'ordre du schéma",
    "Elements out of the schema's order",
    (SCHEMA, SIMPLIFIED, UNKNOWN),
    "RECSANSVITALE : NomNaissance, Prenom (répété), Sexe, DateNaissance, LieuNaissance ; RECVITALE : "
    "MatriculeIndividu, MatriculeOD, NomNaissance, DateNaissance, RangNaissance.",
    severity=WARNING,
)
IDAM = rule(
    "idam.unknown",
    "Numéro d'autorisation du logiciel inconnu",
    "Unknown authorisation number of the software",
    (LIVE, SIMPLIFIED, REFUSES),
    "Mettre dans ContexteLPS/LPS/IDAM le numéro délivré par le CNDA.",
    code="desir_550",
)
BAM_MISSING = rule(
    "context.bam",
    "ContexteBAM absent",
    "ContexteBAM is missing",
    (CONTEXTS, SIMPLIFIED, UNKNOWN),
    "Joindre l'en-tête ContexteBAM (urn:siram:bam:ctxbam) : Version, Id, Temps, COUVERTURE.",
    severity=WARNING,
)
LPS_MISSING = rule(
    "context.lps",
    "ContexteLPS absent",
    "ContexteLPS is missing",
    (CONTEXTS, SIMPLIFIED, UNKNOWN),
    "Joindre l'en-tête ContexteLPS (urn:siram:lps:ctxlps) : Version, Id, Temps, LPS.",
    severity=WARNING,
)
FIELDS = rule(
    "context.fields",
    "Version, Id ou Temps absent d'un contexte, ou Temps mal formé",
    "A context lacks Version, Id or Temps, or its Temps is malformed",
    (CONTEXTS, FAITHFUL, UNKNOWN),
    "Renseigner l'attribut Version, Id (UUID) et Temps (UTC).",
    severity=WARNING,
)
VERSION = rule(
    "context.version",
    "Version de contexte inhabituelle",
    "Unusual context version",
    (CONTEXTS, FAITHFUL, TOLERATES),
    "01_02 pour ContexteBAM, 01_00 pour ContexteLPS ; toléré.",
    severity=INFO,
)
COVERAGE = rule(
    "context.coverage",
    "COUVERTURE absente, ou non vide",
    "COUVERTURE is missing, or not empty",
    (CONTEXTS, FAITHFUL, UNKNOWN),
    "WS_INS2 : un élément COUVERTURE présent et vide.",
    severity=INFO,
)
MESSAGE_ID = rule(
    "message-id.form",
    "MessageID sans préfixe uuid:",
    "MessageID without prefix uuid:",
    (LIVE, FAITHFUL, TOLERATES),
    "Envoyer uuid:<UUID> ; toléré.",
    severity=INFO,
)
SOAP12 = rule(
    "soap.version",
    "Enveloppe SOAP 1.1",
    "SOAP 1.1 envelope",
    ("binding of the public WSDL package", FAITHFUL, UNKNOWN),
    "Le service est en SOAP 1.2.",
    severity=WARNING,
)
NOT_SIMULATED = rule(
    "operation.not-simulated",
    "Téléservice AMO non simulé",
    "AMO service that is not simulated",
    (OURS, OWN, UNKNOWN),
    "/lps ne simule ici que les opérations d'INSi.",
    code="desir_1020",
    structural=True,
)
