"""What the menders of INSi are told of a call."""

from collections.abc import Mapping

from ins_sim.domain.batch import where
from ins_sim.domain.lexical import ROOT as SEARCH
from ins_sim.domain.mending import Asked
from ins_sim.domain.model import Caller, Traits
from ins_sim.domain.verification import ROOT as VERIFIED
from ins_sim.domain.verification import Claimed
from ins_sim.domain.vitale import ROOT as CARD
from ins_sim.wire import batch, verification, ws_ins1, ws_ins2
from socle.mending.soap import Received
from socle.soap.model import Call


async def asked(call: Call, received: Received) -> Asked:
    """Of another service's call nothing is told: no rule that a mender knows is broken by its body."""
    caller, names = _read(call)
    return Asked(caller, call.clock.now(), received.fresh, names)


def _read(call: Call) -> tuple[Caller, Mapping[str, str]]:
    search = ws_ins2.parse(call.envelope)
    if search is not None:
        return search, _names(search.traits)
    card = ws_ins1.parse(call.envelope)
    if card is not None:
        return card, {f"{CARD}/NomNaissance": card.asked.birth_name}
    demand = batch.parse_demand(call.envelope, "", call.clock.now())
    if demand is not None:
        return demand, {
            place: name
            for number, line in enumerate(demand.lines, 1)
            for place, name in _claimed(line.claimed, where(number)).items()
        }
    one = verification.parse(call.envelope)
    return (one, _claimed(one.claimed, VERIFIED)) if one is not None else (Caller(), {})


def _names(traits: Traits) -> Mapping[str, str]:
    given = {f"{SEARCH}/Prenom[{position}]": name for position, name in enumerate(traits.given_names, 1)}
    return {f"{SEARCH}/NomNaissance": traits.birth_name, **given}


def _claimed(claimed: Claimed, root: str) -> Mapping[str, str]:
    traits, place = claimed.traits, f"{root}/TraitsIdentiteIndividu"
    return {f"{place}/NomNaissance": traits.birth_name, f"{place}/ListePrenom": " ".join(traits.given_names)}
