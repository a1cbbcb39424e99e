"""Names of FR Core that Patients carry, with the versions that were seen (FR Core 2.1 and 2.2.0, FSH and examples)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from socle.identifiers.ins import OID_DEMO, OID_NIA, OID_NIR, OID_TEST

_CORE: Final = "https://hl7.fr/ig/fhir/core"
PROFILE_INS: Final = f"{_CORE}/StructureDefinition/fr-core-patient-ins"
PROFILE: Final = f"{_CORE}/StructureDefinition/fr-core-patient"
"""Of patients without an INS."""
RELIABILITY: Final = f"{_CORE}/StructureDefinition/fr-core-identity-reliability"
BIRTH_LIST: Final = f"{_CORE}/StructureDefinition/fr-core-patient-birth-list-given-name"
INSEE_CODE: Final = f"{_CORE}/StructureDefinition/fr-core-address-insee-code"
BIRTH_PLACE: Final = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace"
TYPES: Final = f"{_CORE}/CodeSystem/fr-core-cs-v2-0203"
COMMUNES: Final = "https://mos.esante.gouv.fr/NOS/TRE_R13-CommuneOM/FHIR/TRE-R13-CommuneOM"
COUNTRIES: Final = "https://mos.esante.gouv.fr/NOS/TRE_R20-Pays/FHIR/TRE-R20-Pays"
"""For codes that begin with 99: our inference, the profile's examples are born in communes."""
OID_SYSTEM: Final = "urn:oid:"
TAG_SYSTEM: Final = "urn:socles:simulated"


@dataclass(frozen=True, slots=True)
class Slice:
    """An INS identifier of the profile."""

    oid: str
    type: str
    use: str
    """Of the present number; a former one is ``old``."""


SLICES: Final = {
    one.oid: one
    for one in (
        Slice(OID_NIR, "INS-NIR", "official"),
        Slice(OID_NIA, "INS-NIA", "temp"),
        Slice(OID_TEST, "INS-NIR-TEST", "official"),
        Slice(OID_DEMO, "INS-NIR-DEMO", "official"),
    )
}


class StatusCodes(StrEnum):
    """Which code system tells how far an identity is trusted: FR Core changed it, and the meaning of VALI with it."""

    V2_0445 = "v2-0445"
    """Up to 2.1: an identity with its INS is ``VALI``, as in PID-32 and as fr-core-1 and fr-core-2 have it."""
    IDENTITY_STATUS = "identity-status"
    """2.2.0, after the RNIV: it is ``QUAL``, and ``VALI`` means checked, without INSi."""

    @property
    def system(self) -> str:
        return f"{_CORE}/CodeSystem/fr-core-cs-{self.value}"

    @property
    def qualified(self) -> str:
        return "VALI" if self is StatusCodes.V2_0445 else "QUAL"


STATUS_SYSTEMS: Final = {
    **{one.system: one for one in StatusCodes},
    f"{_CORE}/CodeSystem/fr-core-v2-0445": StatusCodes.V2_0445,
}
"""By every address under which they were seen."""
STATUSES: Final = frozenset({"PROV", "VALI", "RECUP", "QUAL"})
SUSPECT: Final = frozenset({"DOUT", "FICT"})
"""Comments that go with PROV only (RNIV EXI SI 09)."""
