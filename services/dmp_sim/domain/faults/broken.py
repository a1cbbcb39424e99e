"""Answers that are no refusal: a warning, broken MTOM, a wrong addressing header, old data, a gateway's page.

The codes ``socles:…`` are ours: they name answers that no code names.
"""

from typing import Any, Final

from dmp_sim.domain.faults.entry import DEPOSIT, QUERY, RETRIEVE, SERVICE, add
from socle.control.port import FaultEffect, FaultPoint
from socle.faults.advice import INCOMPLETE, RETRY_SOON, UNSURE, Advice
from socle.faults.gateway import gateway_entries
from socle.rules import Certainty

MISSING_PART: Final = "socles:missing-part"
EMPTY_DOCUMENT: Final = "socles:empty-document"
NOT_SAVED: Final = "XDSExtraMetadataNotSaved"
WRONG_RELATES_TO: Final = "socles:wrong-relates-to"

add(
    "extra-metadata-not-saved",
    NOT_SAVED,
    "Dépôt accepté, attributs inconnus non gardés (avertissement)",
    "Deposit accepted, unknown attributes not kept (a warning)",
    'HTTP 200; `ResponseStatusType:Success"`, `errorCode="XDSExtraMetadataNotSaved"`, `ErrorSeverityType:Warning"`',
    advice=Advice(
        "Traiter comme un succès ; garder l'avertissement dans la trace.",
        "Treat it as a success; keep the warning in the trace.",
    ),
    operations=DEPOSIT,
    point=FaultPoint.BEFORE_ANSWER,
    reason="Des attributs supplémentaires n'ont pas été enregistrés",
    source="domain/dmp.md §1.9 ; IHE ITI TF-3 §4.2.4 ; texte : le nôtre",
    certainty=Certainty.SIMPLIFIED,
)
_BROKEN: Final[dict[str, Any]] = {
    "operations": RETRIEVE,
    "point": FaultPoint.BEFORE_ANSWER,
    "certainty": Certainty.OURS,
}
add(
    "mtom-missing-part",
    MISSING_PART,
    "MTOM : xop:Include vise une partie absente",
    "MTOM: xop:Include points at a part that is not there",
    'HTTP 200; `ResponseStatusType:Success"`, `href="cid:absente%40socles"` and no MIME part of that id',
    advice=INCOMPLETE,
    source="domain/dmp.md §0.5, §0.6 ; réponse fautive : la nôtre",
    **_BROKEN,
)
add(
    "mtom-empty-document",
    EMPTY_DOCUMENT,
    "MTOM : le document rendu est vide",
    "MTOM: the document given back is empty",
    'HTTP 200; `ResponseStatusType:Success"`, a MIME part of zero bytes',
    advice=INCOMPLETE.then("Comparer hash et taille à ceux de la fiche.", "Compare hash and size with the entry's."),
    source="domain/dmp.md §0.6 : contenus vides vus avec des fins de ligne LF",
    **_BROKEN,
)
add(
    "mtom-truncated",
    None,
    "MTOM tronqué : pas de séparateur final",
    "Truncated MTOM: no closing boundary",
    "HTTP 200, Content-Length of what is sent; nine tenths of the multipart, without its closing boundary",
    advice=INCOMPLETE,
    effect=FaultEffect.TRUNCATE,
    share=0.9,
    source="issue « truncated MTOM » ; domain/dmp.md §0.5 ; la nôtre",
    **_BROKEN,
)
add(
    "wrong-relates-to",
    WRONG_RELATES_TO,
    "La réponse nomme une autre requête (RelatesTo)",
    "The answer names another request (RelatesTo)",
    'HTTP 200; `ResponseStatusType:Success"`, `urn:uuid:00000000-0000-4000-8000-000000000000</RelatesTo>`',
    advice=UNSURE,
    operations=DEPOSIT,
    point=FaultPoint.BEFORE_ANSWER,
    source="domain/dmp.md §0.6 : un RelatesTo faux fait échouer l'appel de clients CXF",
    certainty=Certainty.OURS,
)
add(
    "stale-read",
    None,
    "Lecture en retard : l'état d'il y a dix minutes",
    "Stale read: the state of ten minutes ago",
    "A well-formed answer without what was deposited in the last 600 s",
    advice=RETRY_SOON.then(
        "Une absence dans la liste ne prouve pas que le dépôt a échoué.",
        "Absence from the list does not prove that the deposit failed.",
    ),
    effect=FaultEffect.STALE,
    operations=QUERY + RETRIEVE,
    point=FaultPoint.RECEIVED,
    seconds=600.0,
    source="Socles D10 ; registre et entrepôt distincts : la nôtre",
    certainty=Certainty.OURS,
)
gateway_entries("dmp", SERVICE, lambda name: f"[socles:dmp.{name}]")
