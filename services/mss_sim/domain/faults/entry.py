"""How an entry of MSSanté is registered."""

from typing import Final

from socle.control.port import FaultEffect, FaultPoint
from socle.faults.advice import Advice
from socle.faults.catalogue import CATALOGUE, CatalogueEntry
from socle.rules import Certainty

SERVICE: Final = "mss_sim"
SMTP: Final = "domain/mssante.md §1.3 (SMTPERRORCODE) ; RFC 5321 §4.2"
LISTED: Final = "domain/mssante.md §1.3 (SMTPERRORCODE) ; code étendu et texte : les nôtres"
OWN: Final = "domain/mssante.md §8 ; texte : le nôtre"


def add(
    name: str,
    code: str,
    text: str,
    fr: str,
    *,
    operations: tuple[str, ...],
    advice: Advice,
    source: str,
    certainty: Certainty,
    wire: str = "",
    where: str = "to",
) -> None:
    """Register ``mss.{name}``. ``text`` is the reply's, and the English title; ``where``: what carries the magic word.

    What is refused at DATA is refused once the content has come: its subject may then ask for it.
    """
    word = f"mss-{name}"
    CATALOGUE.add(
        CatalogueEntry(
            id=f"mss.{name}",
            service=SERVICE,
            operations=operations,
            effect=FaultEffect.REFUSE,
            point=FaultPoint.BEFORE_COMMIT if operations == ("DATA",) else FaultPoint.RECEIVED,
            code=code,
            reason=text,
            title_fr=fr,
            title_en=text,
            wire=wire or f"SMTP {'/'.join(operations)}: `{code} {text}`",
            client_fr=advice.fr,
            client_en=advice.en,
            source=source,
            certainty=certainty,
            magic=f"{where}: panne.{word}" if where == "helo" else f"{where}: panne.{word}@…",
        )
    )
