"""All event types of the contract, by name."""

from collections.abc import Mapping
from types import MappingProxyType

from socle.events import dmp, insi, mss, reference, reports, stays
from socle.events.model import TYPE_PREFIX, EventData

ALL: tuple[type[EventData], ...] = (
    insi.InsiCallCompleted,
    insi.InsiBatchCompleted,
    dmp.DmpDocumentSubmitted,
    dmp.DmpDocumentRegistered,
    dmp.DmpDocumentRejected,
    dmp.DmpDocumentReplaced,
    dmp.DmpDocumentUpdated,
    dmp.DmpDocumentDeleted,
    dmp.DmpRecordConsulted,
    mss.MssMessageAccepted,
    mss.MssMessageDelivered,
    mss.MssMessageFailed,
    mss.MssMessageRead,
    stays.StayAdmitted,
    stays.StayUpdated,
    stays.StayDischarged,
    stays.StayReopened,
    stays.StayCancelled,
    stays.IdentityStatusChanged,
    reports.ReportProduced,
    reference.EstablishmentChanged,
)

TYPES: Mapping[str, type[EventData]] = MappingProxyType({TYPE_PREFIX + model.TYPE: model for model in ALL})
"""``fr.socles.dmp.document.registered.v1`` → model."""
