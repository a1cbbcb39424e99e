"""What ContexteBAM's COUVERTURE says: whose rights are claimed, and for whom (domain/insi.md §1.4)."""

import re
from dataclasses import dataclass, field

from socle.identifiers.ins import is_matricule

_KEY = re.compile(r"(?:[0-9]{2})?", re.ASCII)


@dataclass(slots=True)
class Matricule:
    """A number as it was sent: in the body (``NumIdentifiant``, ``Cle``) or in COUVERTURE (``Num``, ``Cle``)."""

    number: str = ""
    key: str = ""
    kind: str = ""
    """``TypeMatricule``; the body only."""

    @property
    def sent(self) -> bool:
        return bool(self.number or self.key)

    @property
    def well_formed(self) -> bool:
        """13 characters, and two digits of a key if one was sent, whether it is right or wrong."""
        return is_matricule(self.number) and _KEY.fullmatch(self.key) is not None


@dataclass(slots=True)
class Coverage:
    """Empty strings for what is not there."""

    insured: Matricule = field(default_factory=Matricule)
    """``ASSURE/Id``."""
    number: Matricule = field(default_factory=Matricule)
    """``BENEFICIAIRE/Nir``: only a NIR that the card certifies."""
    birth_date: str = ""
    rank: str = ""
