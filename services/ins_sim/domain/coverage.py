"""What ContexteBAM's COUVERTURE says: whose rights are claimed, and for whom (domain/insi.md §1.4)."""

from dataclasses import dataclass, field


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


@dataclass(slots=True)
class Coverage:
    """Empty strings for what is not there."""

    insured: Matricule = field(default_factory=Matricule)
    """``ASSURE/Id``."""
    number: Matricule = field(default_factory=Matricule)
    """``BENEFICIAIRE/Nir``: only a NIR that the card certifies."""
    birth_date: str = ""
    rank: str = ""
