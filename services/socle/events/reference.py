"""Topic ``socles.reference.v1`` (compacted): establishments."""

from typing import ClassVar

from pydantic import AwareDatetime, Field

from socle.events.model import EventData


class EstablishmentChanged(EventData):
    """One row of the FINESS dimension, as it is from ``validFrom`` on. Subject and key: workspace and FINESS EG."""

    TYPE: ClassVar[str] = "establishment.changed.v1"
    TOPIC: ClassVar[str] = "socles.reference.v1"

    finess_eg: str = Field(alias="finessEG")
    finess_ej: str = Field(alias="finessEJ")
    name: str
    kind: str
    """``sanitary`` or ``medico-social``."""
    category: str
    """FINESS category code: 355 …"""
    siret: str | None = None
    fields: tuple[str, ...] = ()
    """Among MCO, HAD, SMR, PSY."""
    ght: str | None = None
    region: str | None = None
    city: str | None = None
    valid_from: AwareDatetime
    valid_to: AwareDatetime | None = None

    @property
    def partition_key(self) -> str:
        """Compaction keeps one event per key: two workspaces may know the same establishment differently."""
        return f"{self.workspace}:{self.finess_eg}"
