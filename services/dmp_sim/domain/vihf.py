"""The VIHF: the SAML 2.0 assertion that says who acts, for whom and with what. Whether it may: ``check_signer``."""

from dataclasses import dataclass, field
from typing import NamedTuple

from socle.assertions.freshness import Instants


class Role(NamedTuple):
    """One ``Role`` of the assertion: code and codeSystem."""

    code: str
    system: str


@dataclass(slots=True)
class Vihf:
    """The attributes of a VIHF; absent ones are empty."""

    assertion_id: str = ""
    issuer: str = ""
    name_id: str = ""
    instants: Instants = field(default_factory=Instants)
    authn_instant: str = ""
    context_class: str = ""
    signed: bool = False
    version: str = ""
    mode: str = ""
    """DIRECTE, INDIRECTE or INDIRECTE_RENFORCEE."""
    structure: str = ""
    """Identifiant_Structure (Struct_IdNat)."""
    sector: str = ""
    roles: list[Role] = field(default_factory=list)
    subject_id: str = ""
    patient_id: str = ""
    """resource-id, a CX."""
    resource_urn: str = ""
    purpose: str = ""
    purpose_system: str = ""
    lps_id: str = ""
    lps_name: str = ""
    lps_version: str = ""
    lps_approval: str = ""
    """LPS_ID_HOMOLOGATION_DMP."""
    doubled: list[str] = field(default_factory=list)
    """Names of attributes that are there more than once, the two spellings of the mode's counted as one."""
    misspelt: list[str] = field(default_factory=list)
    """Names in other letters than the national ones, large for small."""
    line: int | None = None

    @property
    def software(self) -> str | None:
        """Name and version of the calling software, as events carry it."""
        return f"{self.lps_name} {self.lps_version}".strip() or None

    @property
    def sector_code(self) -> str | None:
        """``SA07`` of ``SA07^1.2.250.1.71.4.2.4``."""
        return self.sector.split("^", 1)[0] or None
