"""Every rule of the verifications, unitary and by batch, with a message that breaks it; in this order."""

from ins_sim.domain import rules_batch as batch
from ins_sim.domain import rules_verification as rules
from socle.control.population.published import published
from socle.rules import Rule
from support.ins_verified import claim, demand, result, unitary

PIERRE = next(one.person for one in published() if one.person.id == "insi-ecetinsi")
SOUND = unitary(claim(PIERRE))
SOUND_DEMAND = demand([("1", claim(PIERRE))], "sound")
ANOTHER_DEMAND = demand([("1", claim(PIERRE))], "another")
_NOTHING = dict.fromkeys(claim(PIERRE))


def _unitary(**change: str | None) -> bytes:
    return unitary(claim(PIERRE, **change))


BROKEN_VERIFICATION: dict[Rule, bytes] = {
    rules.MISSING: _unitary(oid=None),
    rules.NUMBER: _unitary(number="109076322083489", key=None),
    rules.OID: _unitary(oid="1.2.250.1.213.1.4.2"),
    rules.NO_KEY: _unitary(key=None),
    rules.NO_PLACE: _unitary(place=None),
    rules.UNKNOWN_NUMBER: _unitary(number="1850578006084", key="00"),
    rules.FORMER_NUMBER: _unitary(number="2090763220834", key="39"),
    rules.OTHER_KEY: _unitary(key="88"),
    rules.OTHER_OID: _unitary(oid="1.2.250.1.213.1.4.10"),
    rules.OTHER_NAME: _unitary(name="ECETINSY"),
    rules.OTHER_GIVEN: _unitary(given="PIERRE-ALAIN"),
    rules.OTHER_SEX: _unitary(sex="F"),
    rules.OTHER_DATE: _unitary(born="2009-07-15"),
    rules.OTHER_PLACE: _unitary(place="63113"),
    batch.REFERENCE: demand([("1", claim(PIERRE))], None),
    batch.TOO_LARGE: demand([(str(rank), _NOTHING) for rank in range(1, 502)]),
    batch.EMPTY: demand([]),
    batch.RANK: demand([("0", claim(PIERRE))]),
    batch.MORE: demand([(str(rank), _NOTHING) for rank in range(1, 102)], "more"),
    batch.OTHER_CONTENT: demand([("1", claim(PIERRE))], "more"),
    batch.UNKNOWN_DEMAND: result("nobody's"),
}
