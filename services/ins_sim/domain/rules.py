"""The rules of INSi: what is checked, what it rests on, and the code that a refusal carries.

``SEL-MP-043`` is the national integration guide; it is not public, so what stands here was read in software and notes
that follow it. The guide's numbers for the lexical controls are unknown: the codes ``socles_2xx`` are ours.
"""

from socle.rules import REGISTRY, Certainty, Rule, Severity

GUIDE = "SEL-MP-043 §2, §3.4.1 (EF_INS01_03, EF_INS10), read through editors' notes"
SCHEMA = "INSiRecSans schema of the public WSDL package DESIR_ICIR_EXP 1.5.0"
CONTEXTS = "CTXBAM_V01_02 and CTXLPS schemas of the public WSDL package"
LIVE = "answers of the qualification server captured by editors"
CLIENT = "a client's test, written after the guide: seen for the birth name only"
OURS = "no public source: our own choice"
INFO, WARNING = Severity.INFO, Severity.WARNING
FAITHFUL, SIMPLIFIED, OWN = Certainty.FAITHFUL, Certainty.SIMPLIFIED, Certainty.OURS


def _rule(
    name: str,
    title_fr: str,
    title_en: str,
    grounds: tuple[str, Certainty],
    remedy: str,
    *,
    severity: Severity = Severity.ERROR,
    code: str | None = None,
    structural: bool = False,
) -> Rule:
    source, certainty = grounds
    rule = Rule(
        id=f"insi.{name}",
        title_fr=title_fr,
        title_en=title_en,
        source=source,
        certainty=certainty,
        remedy=remedy,
        severity=severity,
        source_version="05.00.01" if source is GUIDE else "",
        error_code=code,
        structural=structural,
    )
    return REGISTRY.add(rule)


MISSING = _rule(
    "trait.missing",
    "Trait obligatoire absent",
    "A mandatory trait is missing",
    (CLIENT, SIMPLIFIED),
    "Envoyer le nom de naissance, au moins un prénom, le sexe et la date de naissance.",
    code="insi_19",
    structural=True,
)
BODY = _rule(
    "body.root",
    "Le corps n'est pas RECSANSVITALE",
    "The body is not RECSANSVITALE",
    (SCHEMA, FAITHFUL),
    "Envoyer {http://www.cnamts.fr/INSiRecSans}RECSANSVITALE avec l'action de WS_INS2.",
    code="socles_200",
    structural=True,
)
LOWER_CASE = _rule(
    "name.lower-case",
    "Minuscules dans un nom",
    "Lower case in a name",
    (GUIDE, FAITHFUL),
    "Passer le nom en majuscules.",
    code="socles_201",
)
ACCENT = _rule(
    "name.accent",
    "Signe diacritique dans un nom",
    "Diacritic in a name",
    (GUIDE, FAITHFUL),
    "Translittérer : É devient E, Ç devient C.",
    code="socles_202",
)
LIGATURE = _rule(
    "name.ligature",
    "Ligature dans un nom",
    "Ligature in a name",
    (GUIDE, FAITHFUL),
    "Translittérer : Æ devient AE, Œ devient OE.",
    code="socles_203",
)
APOSTROPHE = _rule(
    "name.apostrophe",
    "Apostrophe typographique dans un nom",
    "Typographic apostrophe in a name",
    (GUIDE, FAITHFUL),
    "Envoyer l'apostrophe droite (ASCII 39).",
    code="socles_204",
)
CHARSET = _rule(
    "name.charset",
    "Caractère interdit dans un nom",
    "Forbidden character in a name",
    (GUIDE, FAITHFUL),
    "Seuls A à Z, l'espace, l'apostrophe droite et le tiret sont admis ; refuser la saisie plutôt que l'effacer.",
    code="socles_205",
)
FIRST = _rule(
    "name.first-character",
    "Nom commençant par un espace ou un tiret",
    "Name beginning with a space or a hyphen",
    (GUIDE, FAITHFUL),
    "Commencer par une lettre ou une apostrophe.",
    code="socles_206",
)
SEPARATORS = _rule(
    "name.separators",
    "Séparateurs doublés ou combinés",
    "Doubled or combined separators",
    (GUIDE, SIMPLIFIED),
    "Ne doubler ni ne combiner espace et apostrophe ; deux tirets de suite au plus.",
    code="socles_207",
)
GIVEN = _rule(
    "given-name.form",
    "Forme de prénom interdite",
    "Forbidden form of a first name",
    (GUIDE, FAITHFUL),
    "Pas de double tiret dans un prénom, ni de tiret ou d'apostrophe à la fin.",
    code="socles_208",
)
SEX = _rule(
    "sex.value",
    "Sexe autre que M ou F",
    "Sex other than M or F",
    (SCHEMA, FAITHFUL),
    "Envoyer M ou F ; la valeur I reste locale.",
    code="socles_209",
)
DATE = _rule(
    "birth-date.format",
    "Date de naissance mal formée",
    "Malformed birth date",
    (SCHEMA, FAITHFUL),
    "Envoyer AAAA-MM-JJ.",
    code="socles_210",
)
CALENDAR = _rule(
    "birth-date.calendar",
    "Date de naissance hors du calendrier",
    "Birth date not in the calendar",
    (OURS, OWN),
    "Le type DateLunaire admet 00 ; compléter le jour ou le mois inconnu selon le RNIV avant l'appel.",
    severity=WARNING,
)
PLACE = _rule(
    "birth-place.form",
    "Lieu de naissance qui n'est pas un code COG",
    "Birth place that is no COG code",
    (SCHEMA, OWN),
    "Envoyer les cinq caractères du code officiel géographique (2A, 2B pour la Corse, 99 pour l'étranger).",
    severity=WARNING,
)
SURPLUS = _rule(
    "body.surplus",
    "Élément inconnu dans RECSANSVITALE",
    "Unknown element in RECSANSVITALE",
    (SCHEMA, SIMPLIFIED),
    "Retirer l'élément, ou corriger son espace de noms.",
    severity=WARNING,
)
ORDER = _rule(
    "body.order",
    "Éléments hors de l'ordre du schéma",
    "Elements out of the schema's order",
    (SCHEMA, SIMPLIFIED),
    "NomNaissance, Prenom (répété), Sexe, DateNaissance, LieuNaissance.",
    severity=WARNING,
)
IDAM = _rule(
    "idam.unknown",
    "Numéro d'autorisation du logiciel inconnu",
    "Unknown authorisation number of the software",
    (LIVE, SIMPLIFIED),
    "Mettre dans ContexteLPS/LPS/IDAM le numéro délivré par le CNDA.",
    code="desir_550",
)
BAM_MISSING = _rule(
    "context.bam",
    "ContexteBAM absent",
    "ContexteBAM is missing",
    (CONTEXTS, SIMPLIFIED),
    "Joindre l'en-tête ContexteBAM (urn:siram:bam:ctxbam) : Version, Id, Temps, COUVERTURE.",
    severity=WARNING,
)
LPS_MISSING = _rule(
    "context.lps",
    "ContexteLPS absent",
    "ContexteLPS is missing",
    (CONTEXTS, SIMPLIFIED),
    "Joindre l'en-tête ContexteLPS (urn:siram:lps:ctxlps) : Version, Id, Temps, LPS.",
    severity=WARNING,
)
FIELDS = _rule(
    "context.fields",
    "Version, Id ou Temps absent d'un contexte",
    "A context lacks Version, Id or Temps",
    (CONTEXTS, FAITHFUL),
    "Renseigner l'attribut Version, Id (UUID) et Temps (UTC).",
    severity=WARNING,
)
VERSION = _rule(
    "context.version",
    "Version de contexte inhabituelle",
    "Unusual context version",
    (CONTEXTS, FAITHFUL),
    "01_02 pour ContexteBAM, 01_00 pour ContexteLPS ; toléré.",
    severity=INFO,
)
COVERAGE = _rule(
    "context.coverage",
    "COUVERTURE absente, ou non vide",
    "COUVERTURE is missing, or not empty",
    (CONTEXTS, FAITHFUL),
    "WS_INS2 : un élément COUVERTURE présent et vide.",
    severity=INFO,
)
MESSAGE_ID = _rule(
    "message-id.form",
    "MessageID absent ou sans préfixe uuid:",
    "MessageID missing or without prefix uuid:",
    (LIVE, FAITHFUL),
    "Envoyer uuid:<UUID> ; toléré.",
    severity=INFO,
)
SOAP12 = _rule(
    "soap.version",
    "Enveloppe SOAP 1.1",
    "SOAP 1.1 envelope",
    ("binding of the public WSDL package", FAITHFUL),
    "Le service est en SOAP 1.2.",
    severity=WARNING,
)
NOT_SIMULATED = _rule(
    "operation.not-simulated",
    "Téléservice AMO non simulé",
    "AMO service that is not simulated",
    (OURS, OWN),
    "/lps ne simule ici que WS_INS2 (rechercherInsAvecTraitsIdentite).",
    code="desir_1020",
    structural=True,
)
