"""What tells calls to INSi apart, for fault rules that match on it (D10): read before the handler, as sent."""

from collections.abc import Mapping

from ins_sim.domain.model import Traits
from ins_sim.wire import verification
from ins_sim.wire.names import BODY_ROOT, VITALE_ROOT
from ins_sim.wire.ws_ins1 import parse_asked
from ins_sim.wire.ws_ins2 import parse_traits
from socle.control.port import SEVERAL
from socle.soap.model import Call


def of_search(call: Call) -> Mapping[str, str]:
    """The traits that are searched by."""
    body = call.envelope.body
    if body.tag != BODY_ROOT:
        return {}
    return _traits(parse_traits(body))


def of_verification(call: Call) -> Mapping[str, str]:
    """The traits that are to be verified, not the number."""
    return _traits(verification.traits_of(call))


def _traits(traits: Traits) -> Mapping[str, str]:
    return {
        "birthName": traits.birth_name,
        "givenName": SEVERAL.join(traits.given_names),
        "birthDate": traits.birth_date,
        "birthPlace": traits.birth_place or "",
    }


def of_card(call: Call) -> Mapping[str, str]:
    """What a card is searched by."""
    body = call.envelope.body
    if body.tag != VITALE_ROOT:
        return {}
    asked = parse_asked(body)
    return {
        "insured": asked.insured.number,
        "birthName": asked.birth_name,
        "birthDate": asked.birth_date,
        "birthRank": asked.rank,
    }
