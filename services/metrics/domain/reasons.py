"""Why something counts or does not, in words."""

from enum import StrEnum


class Reason(StrEnum):
    """Codes of the explain API; :data:`TEXTS` has the words."""

    FULFILLED = "fulfilled"
    COUNTED = "counted"
    NO_EVIDENCE = "no-evidence"
    NOT_DISCHARGED = "not-discharged"
    OUTSIDE_WINDOW = "outside-window"
    LEFT_OUT = "left-out"
    EXIT_MODE = "exit-mode"
    CANCELLED = "cancelled"
    WRONG_TYPE = "wrong-type"
    WRONG_KIND = "wrong-kind"
    DELETED = "deleted"
    REJECTED = "rejected"
    LATE = "late"
    AMBIGUOUS = "ambiguous"
    ORPHAN = "orphan"
    OTHER_STAY = "other-stay"
    FAILED = "failed"
    NOT_TO_PATIENT = "not-to-patient"
    NOT_DELIVERED = "not-delivered"
    CONDITIONS = "conditions"
    TWIN = "twin"
    STAY_NOT_COUNTED = "stay-not-counted"


TEXTS: dict[Reason, tuple[str, str]] = {
    Reason.FULFILLED: ("Compté : une pièce convient", "Counted: fulfilled"),
    Reason.COUNTED: ("Compté", "Counted"),
    Reason.NO_EVIDENCE: ("Aucune pièce rattachée au séjour ne convient", "Nothing linked to the stay qualifies"),
    Reason.NOT_DISCHARGED: ("Le patient n'est pas sorti", "Not discharged"),
    Reason.OUTSIDE_WINDOW: ("Hors de la période", "Outside the window"),
    Reason.LEFT_OUT: ("Séjour exclu par la définition (séance)", "Left out by the definition (session)"),
    Reason.EXIT_MODE: ("Mode de sortie exclu par la définition", "Exit mode left out by the definition"),
    Reason.CANCELLED: ("Séjour annulé", "Stay cancelled"),
    Reason.WRONG_TYPE: ("Le type de document n'est pas de ceux attendus", "Not one of the expected document types"),
    Reason.WRONG_KIND: ("Cette pièce relève d'un autre canal", "Of another channel"),
    Reason.DELETED: ("Document supprimé du DMP", "Deleted from the DMP"),
    Reason.REJECTED: ("Dépôt refusé", "Deposit refused"),
    Reason.LATE: ("Arrivé après le délai", "Came after the horizon"),
    Reason.AMBIGUOUS: ("Plusieurs séjours possibles : non rattaché", "Several stays possible: not linked"),
    Reason.ORPHAN: ("Aucun séjour connu ne correspond", "No known stay matches"),
    Reason.OTHER_STAY: ("Rattaché à un autre séjour", "Linked to another stay"),
    Reason.FAILED: ("Message rejeté pour tous ses destinataires", "Failed for all recipients"),
    Reason.NOT_TO_PATIENT: ("Message non adressé au patient", "Not addressed to the patient"),
    Reason.NOT_DELIVERED: ("Message non remis au patient", "Not delivered to the patient"),
    Reason.CONDITIONS: ("Ne remplit pas les conditions de la définition", "Does not meet the definition's conditions"),
    Reason.STAY_NOT_COUNTED: ("Conviendrait, mais le séjour n'est pas compté", "Would do, but the stay is not counted"),
    Reason.TWIN: ("Même document logique qu'un autre (setId)", "Same logical document as another (setId)"),
}
