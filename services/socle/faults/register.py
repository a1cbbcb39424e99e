"""One entry of the catalogue from its words: how the services write theirs down."""

from typing import Any

from socle.control.port import FaultEffect
from socle.faults.advice import Advice
from socle.faults.catalogue import CATALOGUE, CatalogueEntry


def register(entry_id: str, fr: str, en: str, wire: str, *, advice: Advice, magic: str, **more: Any) -> None:
    """Add it; a refusal, unless ``more``, which holds the entry's other attributes, says otherwise."""
    values = {"effect": FaultEffect.REFUSE} | more
    CATALOGUE.add(
        CatalogueEntry(
            id=entry_id,
            title_fr=fr,
            title_en=en,
            wire=wire,
            client_fr=advice.fr,
            client_en=advice.en,
            magic=magic,
            **values,
        )
    )
