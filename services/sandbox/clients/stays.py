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
    ins: str
    """Matricule and key; the metrics service keeps only a keyed hash of it."""
    field: str = "MCO"
    surgery: bool = False

    def as_json(self) -> dict[str, object]:
        discharged = self.encounter.discharged_at
        return {
            "stayId": f"{self.encounter.root}^{self.encounter.extension}",
            "finess": self.site.finess_eg,
            "field": self.field,
            "admittedAt": _utc(self.encounter.admitted_at),
            "dischargedAt": _utc(discharged) if discharged else None,
            "surgery": self.surgery,
            "ins": self.ins,
        }


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def report(http: Http, stays: list[Stay]) -> None:
    """Report stays; raises ``httpx.HTTPStatusError`` when they are refused."""
    await http.post_json(PATH, [stay.as_json() for stay in stays])
