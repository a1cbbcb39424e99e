"""What the DMP looks at in the header of a CDA R2 document (CI-SIS, structuration minimale)."""

from dataclasses import dataclass, field
from typing import NamedTuple


class Identifier(NamedTuple):
    """An HL7 II: root and extension, either may be empty."""

    root: str
    extension: str = ""

    def __str__(self) -> str:
        return f"{self.root}^{self.extension}" if self.extension else self.root


NO_ID = Identifier("")


@dataclass(slots=True)
class CdaHeader:
    """A CDA header; absent elements are empty. Times as written (HL7 TS)."""

    stylesheet_root: bool = False
    """The document is "auto-présentable": an XSLT whose content embeds the ClinicalDocument."""
    template_ids: list[str] = field(default_factory=list)
    id: Identifier = NO_ID
    type_code: str = ""
    type_scheme: str = ""
    title: str = ""
    effective_time: str = ""
    confidentiality: str = ""
    language: str = ""
    set_id: Identifier = NO_ID
    version: str = ""
    patient_ids: list[Identifier] = field(default_factory=list)
    family_qualifiers: list[str] = field(default_factory=list)
    authors: list[Identifier] = field(default_factory=list)
    author_institutions: list[Identifier] = field(default_factory=list)
    custodians: list[Identifier] = field(default_factory=list)
    legal_authenticator: Identifier = NO_ID
    legal_institutions: list[Identifier] = field(default_factory=list)
    service_start: str = ""
    service_stop: str = ""
    practice: str = ""
    facility: str = ""
    encounter_ids: list[Identifier] = field(default_factory=list)
    admitted: str = ""
    discharged: str = ""
    replaces: list[Identifier] = field(default_factory=list)
    """Documents that ``relatedDocument[@typeCode='RPLC']`` names."""
    body_media_type: str = ""
    level: str = ""
    """``N1`` (nonXMLBody) or ``N3`` (structuredBody)."""
    line: int | None = None
