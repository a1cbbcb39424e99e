"""The VIHF an establishment's software sends to feed a DMP: INDIRECTE, signed where it has a seal (dmp.md §2)."""

from datetime import datetime

from sandbox.facts import Author, Patient, Site
from socle.assertions.making.saml import Told, security
from socle.assertions.making.vihf import VihfSaid
from socle.assertions.making.vihf import vihf as written


def vihf(assertion_id: str, issued_at: datetime, *, site: Site, author: Author, patient: Patient) -> str:
    """``wsse:Security`` with its assertion, for one deposit about ``patient``."""
    profession, _, speciality = author.speciality.removeprefix("G15_").partition("/")
    said = VihfSaid(
        structure=site.national_id,
        patient=patient.cx,
        name_id=author.national_id,
        subject_id=f"{author.family} {author.given}",
        sector=site.sector,
        profession=profession,
        speciality=speciality or None,
        speciality_label=author.speciality_label,
    )
    if site.seal is not None:
        return site.seal.by_structure(assertion_id, issued_at, lambda told: written(told, said))
    issuer = f"CN=socles-sandbox,OU={site.national_id},O={site.name},C=FR"
    return security(written(Told(assertion_id, issued_at, issuer), said))
