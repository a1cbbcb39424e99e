"""What every event carries: the CloudEvents context and the common data (source: contract version 1, our own)."""

import hashlib
from functools import lru_cache
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

TYPE_PREFIX = "fr.socles."

Revision = Annotated[int, Field(ge=1)]


class EventModel(BaseModel):
    """Base of everything in an event's data: camelCase on the wire, snake_case here, unknown members ignored."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="ignore")


class EventData(EventModel):
    """Common data of every event. Subclasses set ``TYPE`` and ``TOPIC``.

    No INS, NIR, name or mail address ever stands in an event: ``patientRef`` is a keyed hash.
    Each event tells the whole state of its logical thing (the ``subject``), so the one with the highest ``revision``
    is enough: whoever reads them in any order keeps the newest and gets the same result.
    """

    TYPE: ClassVar[str]
    """Without prefix: ``dmp.document.registered.v1``."""
    TOPIC: ClassVar[str]
    """``socles.dmp.v1`` …"""

    workspace: str
    epoch: int
    """Raised by a reset or a restore."""
    finess_eg: str | None = Field(default=None, alias="finessEG")
    """The site that acted; null when only the legal entity, or nothing, is known."""
    finess_ej: str | None = Field(default=None, alias="finessEJ")
    attributed_by: str = "none"
    exchange_id: str | None = None
    """The journal entry that caused the event."""
    revision: Revision = 1
    """Per logical thing, growing by one: makes any order of arrival give the same result."""
    software: str | None = None
    """What the act says of the calling software."""
    sector: str | None = None

    @property
    def partition_key(self) -> str:
        """The establishment, or ``unattributed:<hash of what the act said of its origin>``."""
        known = self.finess_eg or self.finess_ej
        if known:
            return known
        return _unattributed(self.software or self.workspace)


@lru_cache(1024)
def _unattributed(origin: str) -> str:
    return f"unattributed:{hashlib.sha256(origin.encode()).hexdigest()[:16]}"


def stay_id(root: str, extension: str | None) -> str:
    """One text for a stay's identifier: ``root^extension``, or the root alone when it identifies by itself.

    The same text must come from the CDA encounter, from referenceIdList and from the stays API for them to link.
    """
    return f"{root.strip()}^{extension.strip()}" if extension and extension.strip() else root.strip()
