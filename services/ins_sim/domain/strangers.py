"""Numbers that may be a real person's (D11), wherever a request that was read holds some."""

from collections.abc import Iterable, Iterator
from itertools import chain

from ins_sim.domain.coverage import Matricule
from ins_sim.domain.model import Caller
from socle.identifiers.errors import InvalidIdentifier
from socle.identifiers.ins import INS_OIDS, OID_NIR, Ins, ins_key


def may_be_real(sent: Matricule, where: str, oid: str = OID_NIR) -> Iterator[tuple[Ins, str]]:
    """The number as an INS, with where it stands, for the worst where key or OID do not say. Nothing of no number."""
    # 15 characters in one are malformed, and somebody's number all the same
    matricule, key = sent.number[:13], sent.key or sent.number[13:]
    try:
        right = ins_key(matricule)
    except InvalidIdentifier:
        return
    said = key if len(key) == 2 and key.isascii() and key.isdigit() else right
    yield Ins(matricule, said, oid if oid in INS_OIDS else OID_NIR), where


def in_coverage(caller: Caller) -> Iterable[tuple[Ins, str]]:
    """Those in COUVERTURE, which only WS_INS1 wants filled."""
    covered = caller.bam.covered
    if covered is None:
        return ()
    insured = may_be_real(covered.insured, "ContexteBAM/COUVERTURE/ASSURE")
    return chain(insured, may_be_real(covered.number, "ContexteBAM/COUVERTURE/BENEFICIAIRE/Nir"))
