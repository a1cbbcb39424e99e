"""The kinds of documents the simulated hospitals produce (dmp.md §3.5, §3.6; indicators.md §5.3)."""

from dataclasses import dataclass

N1_FORMAT = ("urn:ihe:iti:xds-sd:pdf:2008", "1.3.6.1.4.1.19376.1.2.3", "Document à corps non structuré en Pdf/A-1")
N1_TEMPLATE = ("1.3.6.1.4.1.19376.1.2.20", "")


@dataclass(frozen=True, slots=True)
class Kind:
    """One document type: its codes, and what its level 3 form says it is."""

    code: str
    label: str
    class_code: str
    class_label: str
    title: str
    sections: tuple[tuple[str, str, str], ...] = ()
    """(LOINC code, title, sentence) of each section; empty: level 1 only."""
    templates: tuple[tuple[str, str], ...] = ()
    """(root, extension) of the document model, level 3."""
    format: tuple[str, str, str] = ("", "", "")
    """(code, coding scheme, label), level 3."""

    @property
    def levels(self) -> tuple[str, ...]:
        return ("N1", "N3") if self.sections else ("N1",)

    def format_of(self, level: str) -> tuple[str, str, str]:
        """The XDS formatCode of this kind at ``level``."""
        return self.format if level == "N3" else N1_FORMAT

    def templates_of(self, level: str) -> tuple[tuple[str, str], ...]:
        return self.templates if level == "N3" else (N1_TEMPLATE,)


_TRE_A06 = "1.2.250.1.213.1.1.4.2.282"
_IHE_FORMATS = "1.3.6.1.4.1.19376.1.2.3"

_ALL = (
    Kind(
        "11490-0",
        "Lettre de liaison à la sortie d'un établissement de soins",
        "10",
        "Compte rendu",
        "Lettre de liaison à la sortie de l'établissement de santé",
        (
            ("42349-1", "Motif de l'hospitalisation", "Dyspnée fébrile évoluant depuis quatre jours."),
            ("42545-4", "Synthèse médicale du séjour", "Évolution favorable sous traitement, apyrexie à 48 heures."),
            ("10183-2", "Traitements à la sortie", "Poursuite de l'antibiothérapie pendant cinq jours."),
            ("18776-5", "Suite à donner", "Consultation de contrôle chez le médecin traitant sous dix jours."),
        ),
        (("1.2.250.1.213.1.1.1.29", "2022.01"),),
        ("urn:asip:ci-sis:ldl-ses:2017", _TRE_A06, "Lettre de Liaison à la sortie de l'établissement de santé"),
    ),
    Kind("34112-3", "CR hospitalier (séjour)", "10", "Compte rendu", "Compte rendu d'hospitalisation"),
    Kind("34874-8", "CR opératoire", "10", "Compte rendu", "Compte rendu opératoire"),
    Kind(
        "11502-2",
        "CR d'examens biologiques",
        "10",
        "Compte rendu",
        "Compte rendu d'examens biologiques",
        (("18719-5", "Biochimie", "Sodium 139 mmol/L ; potassium 4,1 mmol/L ; créatinine 78 µmol/L."),),
        (("1.3.6.1.4.1.19376.1.3.3", ""), ("1.2.250.1.213.1.1.1.55", "2024.01")),
        ("urn:ihe:lab:xd-lab:2008", _IHE_FORMATS, "CR d'examens de biologie médicale"),
    ),
    Kind(
        "18748-4",
        "CR d'imagerie médicale",
        "31",
        "Imagerie médicale",
        "Compte rendu d'imagerie médicale",
        (
            ("18785-6", "Indication", "Bilan d'une dyspnée fébrile."),
            ("18782-3", "Résultats", "Opacité alvéolaire du lobe inférieur droit, sans épanchement."),
            ("19005-8", "Conclusion", "Aspect compatible avec une pneumopathie lobaire."),
        ),
        (("1.2.250.1.213.1.1.1.45", "2024.01"),),
        (
            "urn:ihe:rad:CDA:ImagingReportStructuredHeadings:2013",
            _IHE_FORMATS,
            "CR d'imagerie médicale",
        ),
    ),
    Kind(
        "57833-6",
        "Prescription de produits de santé",
        "42",
        "Prescription",
        "Prescription de produits de santé",
        (("57828-6", "Prescription de médicaments", "Paracétamol 1 g, trois fois par jour pendant cinq jours."),),
        (("1.2.250.1.213.1.1.1.39", "2024.01"),),
        ("urn:ihe:pharm:pre:2010", _IHE_FORMATS, "Prescription de produits de santé"),
    ),
)

KINDS = {kind.code: kind for kind in _ALL}
"""By typeCode."""
