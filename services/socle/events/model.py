"""What every event carries: the CloudEvents context and the common data (source: contract version 1, our own)."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

TYPE_PREFIX = "fr.socles."


class EventModel(BaseModel):
    """Base of everything in an event's data: camelCase on the wire, snake_case here, unknown members ignored."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="ignore")


class EventData(EventModel):
    """Common data of every event. Subclasses set ``TYPE`` and ``TOPIC``.

    No INS, NIR, name or mail address ever stands in an event: ``patientRef`` is a keyed hash.
    """

    TYPE: ClassVar[str]
    """Without prefix: ``dmp.document.registered.v1``."""
    TOPIC: ClassVar[str]
    """``socles.dmp.v1`` …"""

    workspace: str
    epoch: int
    """Raised by a reset or a restore."""
    finess_eg: str | None = None
    finess_ej: str | None = None
    attributed_by: str = "none"
    exchange_id: str | None = None
    """The journal entry that caused the event."""
    revision: int = 1
    """Per logical thing, growing by one: makes any order of arrival give the same result."""
    software: str | None = None
    """What the act says of the calling software."""
    sector: str | None = None

    @property
    def partition_key(self) -> str:
        """The establishment, or ``unattributed:<what the act said of its origin>``."""
        return self.finess_eg or self.finess_ej or f"unattributed:{self.software or self.workspace}"
