"""Reports as hospitals produce them: denominators of what is not counted per stay. They travel with the stays."""

from typing import ClassVar

from pydantic import AwareDatetime

from socle.events.model import EventData


class ReportProduced(EventData):
    """ORU^R01, MDM^T02 or the API. Subject: ``setId``."""

    TYPE: ClassVar[str] = "report.produced.v1"
    TOPIC: ClassVar[str] = "socles.stays.v1"

    set_id: str
    type_code: str
    stay_id: str | None = None
    patient_ref: str | None = None
    produced_at: AwareDatetime
