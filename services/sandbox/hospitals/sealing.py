"""Hospitals that sign: the sandbox's authorities issue to each a certificate and a card."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sandbox.clients.http import Http
from sandbox.hospitals.hospital import Hospital
from sandbox.seal import Seal

_PATH = "/_sandbox/pki/certificates"
OPTION, LOTS, STRICT = "assertions", "assertions.lots", "strict"
"""The workspace's options, and the value under which only what is signed passes."""


async def sealed(http: Http, hospitals: Sequence[Hospital], at: datetime | None = None) -> list[Hospital]:
    """The same hospitals with seals; making keys takes some 100 ms for each. ``at``: see ``sandbox.seal.Seal``.

    Raises ``httpx.HTTPError``.
    """
    return [await _sealed(http, hospital, at) for hospital in hospitals]


async def _sealed(http: Http, hospital: Hospital, at: datetime | None) -> Hospital:
    site, doctor = hospital.site, hospital.authors[0]
    structure = await http.make(
        _PATH, {"kind": "org-sign", "structure": site.national_id, "organisation": site.name[:64]}
    )
    card = await http.make(
        _PATH, {"kind": "cps-sign", "nationalId": doctor.national_id, "family": doctor.family, "given": doctor.given}
    )
    return replace(hospital, site=replace(site, seal=Seal(structure, card, doctor.national_id, at)))
