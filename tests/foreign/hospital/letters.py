"""What the wards write: documents about a patient's stay."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Template
from uuid import uuid4
from xml.sax.saxutils import escape

FOLDER = Path(__file__).parent
LABELS = {
    "11490-0": "Lettre de liaison à la sortie d'un établissement de soins",
    "34112-3": "Compte rendu hospitalier",
    "11488-4": "CR ou fiche de consultation ou de visite",
}
PDF = "JVBERi0xLjQKJSVFT0YK"  # a PDF of one comment: content is not the point here


def oid() -> str:
    """A new OID without extension."""
    return f"2.25.{uuid4().int}"


@dataclass(frozen=True)
class Patient:
    """As the admission desk knows him."""

    ins: str
    oid: str
    name: str
    given: str
    sex: str
    born: str
    """YYYYMMDD."""
    place: str = "75056"


@dataclass(frozen=True)
class Ward:
    """Who writes, and where."""

    finess: str
    site: str
    rpps: str = "99900000010"
    family: str = "EXEMPLE"
    forename: str = "CAMILLE"


@dataclass(frozen=True)
class Letter:
    """One document."""

    patient: Patient
    ward: Ward
    code: str = "11490-0"
    title: str = "Lettre de liaison à la sortie"
    stay: str = "SEJOUR1"
    document_id: str = field(default_factory=oid)
    written_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def values(self) -> dict[str, str]:
        """For the templates, escaped for XML."""
        told = {
            **vars(self.patient),
            **vars(self.ward),
            "first": self.patient.given.split()[0],
            "code": self.code,
            "label": LABELS.get(self.code, self.title),
            "title": self.title,
            "stay": self.stay,
            "document_id": self.document_id,
            "set_id": self.document_id,
            "now": f"{self.written_at:%Y%m%d%H%M%S}",
            "instant": f"{self.written_at:%Y-%m-%dT%H:%M:%SZ}",
            "admitted": f"{self.written_at - timedelta(days=3):%Y%m%d%H%M%S}",
            "pdf": PDF,
        }
        return {name: escape(value, {'"': "&quot;"}) for name, value in told.items()}

    def cda(self) -> bytes:
        """The document."""
        return filled("letter.xml", self.values)


def filled(template: str, values: dict[str, str]) -> bytes:
    """One of the templates beside this file."""
    return Template((FOLDER / template).read_text("utf-8")).substitute(values).encode()
