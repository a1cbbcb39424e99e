"""What the menders of INSi are told, where they edit, and the set that they all stand in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from ins_sim.domain.model import Caller
from socle.mending.model import Edit, Menders

RECSANS, RECVIT = "http://www.cnamts.fr/INSiRecSans", "http://www.cnamts.fr/INSiRecVit"
BAM, LPS = "urn:siram:bam:ctxbam", "urn:siram:lps:ctxlps"
WSA = "http://www.w3.org/2005/08/addressing"

MENDERS: "Menders[Asked, Edit]" = Menders({"ins": RECSANS, "vit": RECVIT, "bam": BAM, "lps": LPS, "wsa": WSA})
HEADER: Final = "/*/*[local-name()='Header']"
CONTEXT_BAM: Final = f"{HEADER}/bam:ContexteBAM"
ORDER: Final[Mapping[str, str]] = {
    "RECSANSVITALE": "NomNaissance Prenom Sexe DateNaissance LieuNaissance",
    "RECVITALE": "MatriculeIndividu MatriculeOD NomNaissance DateNaissance RangNaissance",
}
"""Body → its elements in the order of the schema."""
_PREFIXES = {"RECSANSVITALE": "ins", "RECVITALE": "vit"}
_ANY_NAMESPACE = ("IndividuVerifie", "CREERDEMANDE")
"""Bodies of verifications, which are read by local names."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the menders are told of a call."""

    caller: Caller
    now: datetime
    """By the workspace's clock."""
    fresh: Callable[[str], UUID]
    """A new identifier for a purpose."""
    names: Mapping[str, str] = field(default_factory=dict)
    """As they were sent, by the place that findings give: ``RECSANSVITALE/Prenom[1]``."""


def path_of(where: str) -> str | None:
    """XPath of the place that a finding gives in a body; None: not in a body whose traits are mended."""
    root, _, element = where.partition("/")
    prefix = _PREFIXES.get(root)
    if prefix is not None:
        return f"//{prefix}:{root}/{prefix}:{element}" if element else f"//{prefix}:{root}"
    if root not in _ANY_NAMESPACE:
        return None
    steps = (step.partition("[") for step in where.split("/"))
    return "//" + "/".join(f"*[local-name()='{name}']{mark}{position}" for name, mark, position in steps)
