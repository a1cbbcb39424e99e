"""Stays as the hospital's admission system reports them to the metrics service: POST /api/stays."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.clients.http import Http
from sandbox.facts import Encounter, Site

PATH = "/api/stays"


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay as it is at this moment; ``dischargedAt`` absent while the patient is in."""

    encounter: Encounter
    site: Site
    patient_ref: str
    field: str = "MCO"
    surgery: bool = False

    def as_json(self) -> dict[str, object]:
        discharged = self.encounter.discharged_at
        return {
            "stayId": f"{self.encounter.root}^{self.encounter.extension}",
            "finessEG": self.site.finess_eg,
            "finessEJ": self.site.finess_ej,
            "field": self.field,
            "admittedAt": _utc(self.encounter.admitted_at),
            "dischargedAt": _utc(discharged) if discharged else None,
            "surgery": self.surgery,
            "session": False,
            "patientRef": self.patient_ref,
        }


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def report(http: Http, stays: list[Stay]) -> None:
    """Report stays; raises ``httpx.HTTPStatusError`` when they are refused."""
    await http.post_json(PATH, [stay.as_json() for stay in stays])
