"""How this service's rules are written down: sources by short names, one place in a deposit as an XPath."""

from dmp_sim.domain.model import DocumentEntry, SubmissionSet
from socle.rules import REGISTRY, Certainty, Rule, Severity

METADATA_ERROR = "XDSRepositoryMetadataError"
"""ITI TF-3 table 4.2.4.1-2; the French annex of DMP error codes (SEL-MP-037) could not be read."""

LOGICAL = "CI-SIS, modèles logiques du lot de soumission et de la fiche (cardinalités)"
FORMATS = "CI-SIS, formats des métadonnées XDS"
VIHF = "Kit DMP, jetons VIHF d'exemple; volet Transport synchrone du CI-SIS"
ITI41 = "IHE ITI TF-2 §3.41, TF-3 §4.2"
CDA = "CI-SIS, structuration minimale des documents V1.16"
MAPPING = "Correspondance entête CDA / métadonnées XDS (CI-SIS)"
SEEN = "Observé chez un client publié ou dans un exemple officiel"
OURS = "Choix du bac à sable"


def rule(
    rule_id: str,
    fr: str,
    en: str,
    remedy: str,
    *,
    source: str,
    version: str = "",
    certainty: Certainty = Certainty.SIMPLIFIED,
    severity: Severity = Severity.ERROR,
    code: str | None = METADATA_ERROR,
    structural: bool = False,
) -> Rule:
    """Register ``dmp.{rule_id}``; warnings carry no wire code."""
    return REGISTRY.add(
        Rule(
            id=f"dmp.{rule_id}",
            title_fr=fr,
            title_en=en,
            source=source,
            source_version=version,
            certainty=certainty,
            remedy=remedy,
            severity=severity,
            error_code=code if severity is Severity.ERROR else None,
            structural=structural,
        )
    )


def warning(
    rule_id: str,
    fr: str,
    en: str,
    remedy: str,
    *,
    source: str,
    certainty: Certainty = Certainty.OURS,
    version: str = "",
) -> Rule:
    """Register a rule whose breach is told and never refuses."""
    return rule(rule_id, fr, en, remedy, source=source, version=version, certainty=certainty, severity=Severity.WARNING)


def at_entry(entry: DocumentEntry, attribute: str) -> str:
    """Where in the message: one attribute of one document entry."""
    return f"//ExtrinsicObject[@id='{entry.id}']/{attribute}"


def at_lot(lot: SubmissionSet, attribute: str) -> str:
    """Where in the message: one attribute of the submission set."""
    return f"//RegistryPackage[@id='{lot.id}']/{attribute}"
