"""What may happen to any service: overload, cuts, slowness. Ours: how a network and a busy server behave."""

from typing import Any, Final

from socle.control.port import FaultEffect, FaultPoint
from socle.faults.advice import INCOMPLETE, RETRY, UNSURE, Advice
from socle.faults.register import register
from socle.rules import Certainty

SOURCE: Final = "Socles D10, D16; réseau et serveurs en général"
FIELD: Final = (
    "domain/mssante.md §1.1 (APPEND de 8 s, lectures de 58 s vues en 2026); §6 (coupures, lenteurs demandées)"
)


def _entry(name: str, effect: FaultEffect, fr: str, en: str, wire: str, *, advice: Advice, **more: Any) -> None:
    values = {"source": SOURCE, "certainty": Certainty.OURS} | more
    word = f"any-{name}"
    magic = f"PANNE {word.upper()} · [socles:any.{name}] · panne.{word}@… · client_id panne.{word}"
    register(f"any.{name}", fr, en, wire, advice=advice, magic=magic, effect=effect, **values)


_entry(
    "overload",
    FaultEffect.OVERLOAD,
    "Le service est saturé",
    "The service is overloaded",
    "As admission control answers: INSi HTTP 500 with desir_1020; DMP HTTP 200, Failure with XDSRegistryBusy or "
    "XDSRepositoryBusy; SMTP 451 4.3.2; Pro Santé Connect HTTP 503, temporarily_unavailable; FHIR HTTP 503, throttled",
    advice=RETRY,
    source="Socles D16; domain/dmp.md §1.9, §7; domain/mssante.md §8",
)
_entry(
    "cut",
    FaultEffect.CUT,
    "La connexion tombe sans réponse, avant l'acte",
    "The connection drops without an answer, before the act",
    "No byte of an answer; the connection is reset",
    advice=UNSURE,
)
_entry(
    "cut-after-commit",
    FaultEffect.CUT,
    "La connexion tombe sans réponse, l'acte enregistré",
    "The connection drops without an answer, the act stored",
    "No byte of an answer; the connection is reset; the act is in the sandbox",
    advice=UNSURE.then(
        "Un dépôt renvoyé avec le même uniqueId est refusé comme déjà connu : c'est alors un succès.",
        "A deposit sent again with the same uniqueId is refused as already known: that is then a success.",
    ),
    point=FaultPoint.BEFORE_ANSWER,
)
_entry(
    "cut-answer",
    FaultEffect.CUT_ANSWER,
    "La connexion tombe au milieu de la réponse",
    "The connection drops in the middle of the answer",
    "Status line, headers and half of the body promised by Content-Length, then the connection is reset; "
    "SMTP: half of the reply line",
    advice=UNSURE,
    point=FaultPoint.BEFORE_ANSWER,
    share=0.5,
)
_entry(
    "truncate",
    FaultEffect.TRUNCATE,
    "Réponse tronquée dans un HTTP bien formé",
    "Truncated answer in well-formed HTTP",
    "Half of the body under a Content-Length that agrees: XML that does not end, a multipart without its closing "
    "boundary; SMTP: the reply line without CRLF, held, then closed",
    advice=INCOMPLETE,
    point=FaultPoint.BEFORE_ANSWER,
    share=0.5,
    seconds=3.0,
)
_entry(
    "drip",
    FaultEffect.DRIP,
    "La réponse arrive au compte-gouttes",
    "The answer trickles in",
    "The whole answer, 512 bytes a second",
    advice=Advice(
        "Attendre avec un délai global par appel, et non par lecture seulement ; laisser l'utilisateur abandonner.",
        "Wait with a time-out for the whole call, not for each read alone; let the user give up.",
    ),
    point=FaultPoint.BEFORE_ANSWER,
    bytes_per_second=512,
    source=FIELD,
)
_entry(
    "latency",
    FaultEffect.LATENCY,
    "Le service tarde",
    "The service is late",
    "The right answer after 3 s",
    advice=Advice(
        "Attendre sans bloquer l'écran ; n'abandonner qu'après un délai réglable, et ne pas envoyer deux fois.",
        "Wait without blocking the screen; give up only after a delay that can be set, and do not send twice.",
    ),
    latency_ms=3_000,
    source=FIELD,
)
_entry(
    "silence",
    FaultEffect.LATENCY,
    "Le service a enregistré l'acte et ne répond pas avant une minute",
    "The service stored the act and does not answer within a minute",
    "The right answer after 60 s",
    advice=UNSURE,
    point=FaultPoint.BEFORE_ANSWER,
    latency_ms=60_000,
    source=FIELD,
)
_entry(
    "delay-event",
    FaultEffect.DELAY_EVENT,
    "L'événement de l'acte paraît avec retard",
    "The act's event appears late",
    "The right answer at once; the act's events are published 30 s later",
    advice=Advice(
        "Attendre l'événement par son identifiant, sans supposer qu'il suit la réponse.",
        "Wait for the event by its id, without supposing that it follows the answer.",
    ),
    point=FaultPoint.BEFORE_COMMIT,
    seconds=30.0,
)
