"""What of a WS_INS1 request is mended by rule: COUVERTURE filled in from the body, numbers taken apart.

Which of two contradicting values is right is the sender's to say.
"""

import re
from collections.abc import Iterable
from html import escape

from ins_sim.domain import rules_vitale as rules
from ins_sim.domain.coherence import check_asked
from ins_sim.domain.mending.base import BAM, CONTEXT_BAM, MENDERS, RECVIT, Asked, path_of
from ins_sim.domain.vitale import CardRequest, CardTraits
from socle.identifiers.errors import InvalidIdentifier
from socle.identifiers.ins import ins_key
from socle.mending.model import Do, Edit
from socle.rules import Finding

_FIFTEEN = re.compile(r"([0-9A-Z]{13})([0-9]{2})", re.ASCII)


@MENDERS.mends(
    rules.COVERAGE_EMPTY,
    "COUVERTURE reçoit l'assuré et le bénéficiaire du corps.",
    "COUVERTURE gets the insured person and the beneficiary of the body.",
)
def _coverage(asked: Asked, finding: Finding) -> Iterable[Edit]:
    # what is malformed itself is mended, or left, first: a later round fills COUVERTURE in
    if isinstance(asked.caller, CardRequest) and next(check_asked(asked.caller.asked), None) is None:
        # an empty one is replaced: the removal finds nothing when there is none
        yield Edit(Do.REMOVE, f"{CONTEXT_BAM}/*[local-name()='COUVERTURE']")
        yield Edit(Do.LAST, CONTEXT_BAM, _covered(asked.caller.asked))


@MENDERS.mends(
    rules.NUMBER,
    "Matricule et clé sont séparés, si la clé est juste.",
    "Number and key are put apart, if the key is right.",
)
def _number(asked: Asked, finding: Finding) -> Iterable[Edit]:
    path, whole = path_of(finding.where), _FIFTEEN.fullmatch(finding.found)
    if path is not None and whole is not None and _right(whole[1], whole[2]):
        yield Edit(Do.TEXT, f"{path}/vit:NumIdentifiant", whole[1])
        yield Edit(Do.REMOVE, f"{path}/vit:Cle")
        yield Edit(Do.LAST, path, f'<Cle xmlns="{RECVIT}">{whole[2]}</Cle>')


@MENDERS.mends(
    rules.UNCERTIFIED,
    "MatriculeIndividu et BENEFICIAIRE/Nir sont retirés : la carte ne les certifie pas.",
    "MatriculeIndividu and BENEFICIAIRE/Nir are removed: the card does not certify them.",
)
def _uncertified(asked: Asked, finding: Finding) -> Iterable[Edit]:
    yield Edit(Do.REMOVE, "//vit:RECVITALE/vit:MatriculeIndividu")
    yield Edit(Do.REMOVE, f"{CONTEXT_BAM}/*/*/*[local-name()='Nir']")


def _covered(asked: CardTraits) -> str:
    nir = f"<Nir><Num>{escape(asked.individual.number)}</Num></Nir>" if asked.individual.number else ""
    rank = f"<Rang>{escape(asked.rank)}</Rang>" if asked.rank else ""
    return (
        f'<COUVERTURE xmlns="{BAM}"><ASSURE><Id><Num>{escape(asked.insured.number)}</Num></Id></ASSURE>'
        f"<BENEFICIAIRE>{nir}<DateNai>{escape(asked.birth_date)}</DateNai>{rank}</BENEFICIAIRE></COUVERTURE>"
    )


def _right(number: str, key: str) -> bool:
    try:
        return ins_key(number) == key
    except InvalidIdentifier:
        return False
