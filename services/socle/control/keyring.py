"""Which key an installation's patient references are made with, and that every process has the same one."""

from socle.control import records
from socle.control.database import ControlDatabase
from socle.control.keys import PatientKey
from socle.control.settings import ControlSettings
from socle.settings import GroundSettings

_KEY, _FINGERPRINT = "patient-ref-key", "patient-ref-fingerprint"


class OtherPatientKey(RuntimeError):
    """The installation's references were made with another key than the one at hand."""


def patient_key(ground: GroundSettings, settings: ControlSettings, database: ControlDatabase) -> PatientKey:
    """The key that was given, else the one that was made; safe when processes start together. Blocking.

    Raises :class:`OtherPatientKey` when the database remembers another one: the same patient would get a second
    reference, and counts of distinct patients would be wrong.
    """
    with database.writing() as connection:
        if settings.patient_ref_key is not None:
            key = PatientKey.of(settings.patient_ref_key.get_secret_value())
        elif ground.database_url is None:
            key = PatientKey.load(ground.data_dir)
        else:
            stored = records.get_setting(connection, _KEY)
            if stored is None:
                stored = PatientKey.draw()
                records.keep_setting(connection, _KEY, stored)
            key = PatientKey.of(stored)
        known = records.get_setting(connection, _FINGERPRINT)
        if known is None:
            records.keep_setting(connection, _FINGERPRINT, key.fingerprint())
        elif known != key.fingerprint():
            raise OtherPatientKey(
                "the control database was made with another key for patient references: give the same "
                "SOCLES_CONTROL_PATIENT_REF_KEY (or the same patient-ref.key in the data folder) as before, or begin "
                "with an empty database"
            )
    return key
