"""What tells calls to INSi apart, for fault rules that match on it (D10): read before the handler, as sent."""

from collections.abc import Mapping

from ins_sim.wire.names import BODY_ROOT
from ins_sim.wire.ws_ins2 import parse_traits
from socle.control.port import SEVERAL
from socle.soap.model import Call


def of_search(call: Call) -> Mapping[str, str]:
    """The traits that are searched by."""
    body = call.envelope.body
    if body.tag != BODY_ROOT:
        return {}
    traits = parse_traits(body)
    return {
        "birthName": traits.birth_name,
        "givenName": SEVERAL.join(traits.given_names),
        "birthDate": traits.birth_date,
        "birthPlace": traits.birth_place or "",
    }
