"""The assertion that a hospital's software puts into its calls to INSi: signed by a card (insi.md §1.5)."""

from datetime import datetime

from sandbox.facts import Site
from socle.assertions.making.insi import InsiSaid, insi_assertion


def card_assertion(assertion_id: str, issued_at: datetime, site: Site) -> str:
    """``wsse:Security``; empty for a hospital that signs nothing: INSi is then called without assertion."""
    seal = site.seal
    if seal is None:
        return ""
    said = InsiSaid(national_id=seal.card_id, billing_id=site.finess_eg, sector=site.sector)
    return seal.by_card(assertion_id, issued_at, lambda told: insi_assertion(told, said))
