"""What a search gives, and what the server says of itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from ins_sim.fhir.search import MOST, Search, page_of
from socle.control.model import Person
from socle.identities.fhir.names import PROFILE_INS, StatusCodes
from socle.identities.fhir.outcome import operation_outcome
from socle.identities.fhir.writing import patient

UNOFFICIAL: Final = (
    "Bac à sable : ce n'est pas un téléservice national. INSi n'a pas d'interface FHIR publiée ; celle-ci est une "
    "commodité de Socles, sur des personnes fictives. / Sandbox: no national service. INSi has no published FHIR "
    "interface; this one is a convenience of Socles, about fictitious persons."
)
_PARAMETERS: Final = (
    ("identifier", "token", "urn:oid:<OID>|<matricule et clé>, ancien ou actif"),
    ("family", "string", "Nom de naissance ; :exact, :contains"),
    ("given", "string", "L'un des prénoms ; :exact, :contains"),
    ("name", "string", "Nom ou prénom"),
    ("birthdate", "date", "eq, ne, lt, le, gt, ge ; AAAA, AAAA-MM ou AAAA-MM-JJ"),
    ("gender", "token", "male, female"),
    ("_id", "token", "Identifiant de la population"),
)


def searchset(
    search: Search, found: Sequence[Person], base: str, codes: StatusCodes, issues: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """A page of a search, with its links; ``issues``: parameters that were passed over."""
    page = found[search.offset : search.offset + search.count]
    links = [("self", search.offset)]
    if search.offset:
        links.append(("previous", max(0, search.offset - search.count)))
    if search.count and search.offset + search.count < len(found):
        links.append(("next", search.offset + search.count))
    entries: list[dict[str, Any]] = [
        {
            "fullUrl": f"{base}/Patient/{quote(person.id)}",
            "resource": patient(person, codes),
            "search": {"mode": "match"},
        }
        for person in page
    ]
    if issues:
        entries.append({"resource": operation_outcome(issues), "search": {"mode": "outcome"}})
    whole: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(found),
        "link": [
            {"relation": name, "url": f"{base}/Patient?{urlencode(page_of(search, offset))}"} for name, offset in links
        ],
    }
    return whole | ({"entry": entries} if entries else {})


def capability(base: str, now: datetime) -> dict[str, Any]:
    """The CapabilityStatement of this one server."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "experimental": True,
        "date": now.isoformat(timespec="seconds"),
        "description": UNOFFICIAL,
        "kind": "instance",
        "software": {"name": "Socles"},
        "implementation": {"description": UNOFFICIAL, "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "documentation": UNOFFICIAL,
                "security": {"description": "Aucune : personnes fictives / none: fictitious persons"},
                "resource": [
                    {
                        "type": "Patient",
                        "supportedProfile": [PROFILE_INS],
                        "documentation": f"_count au plus {MOST} / _count {MOST} at most",
                        "interaction": [{"code": "read"}, {"code": "search-type"}],
                        "versioning": "no-version",
                        "searchParam": [
                            {"name": name, "type": kind, "documentation": text} for name, kind, text in _PARAMETERS
                        ],
                    }
                ],
            }
        ],
    }
