"""Where a call to INSi may ask for a fault: its identity (``domain/magic.py``)."""

import re

from ins_sim.domain.magic import BIRTH_NAME, magic_id
from ins_sim.wire.names import RECSANS, RECVIT
from socle.soap.model import Call

_HOLDS = re.compile(BIRTH_NAME.encode()).search  # in half the time that ``in`` takes
_NAME, _GIVEN = f"{{{RECSANS}}}NomNaissance", f"{{{RECSANS}}}Prenom"
_CARD_NAME = f"{{{RECVIT}}}NomNaissance"


def magic_of(call: Call) -> str | None:
    """The id of the fault asked for; a request that does not hold the name is not looked into."""
    if _HOLDS(call.envelope.raw) is None:
        return None
    body = call.envelope.body
    both = body.findtext(_CARD_NAME)
    if both is not None:  # a card is asked for without first names: the id stands behind the birth name
        name, _, given = both.partition(" ")
        return magic_id(name, given)
    return magic_id(body.findtext(_NAME) or "", body.findtext(_GIVEN) or "")
