"""Batch verification on the wire: names, namespace and form are ours."""

from datetime import UTC, datetime
from typing import Final

from lxml import etree

from ins_sim.domain.batch import CREATE_ROOT, FETCH_ROOT, Demand, DemandRequest, Line, ResultRequest, State
from ins_sim.domain.verification import Claimed
from ins_sim.wire.caller import told
from ins_sim.wire.verification import find_claimed, parse_claimed
from ins_sim.wire.ws_ins2 import text
from socle.soap.model import Envelope
from socle.soap.text import text_of

NAMESPACE: Final = "urn:socles:insi:verification:1"
CREATE: Final = "creerDemandeVerification"
FETCH: Final = "recupererResultatVerification"
CREATE_ACTION: Final = f"{NAMESPACE}:{CREATE}"
FETCH_ACTION: Final = f"{NAMESPACE}:{FETCH}"
CREATE_TAG: Final = f"{{{NAMESPACE}}}{CREATE_ROOT}"
FETCH_TAG: Final = f"{{{NAMESPACE}}}{FETCH_ROOT}"
_LINE, _REFERENCE, _NUMBER = (f"{{{NAMESPACE}}}{name}" for name in ("LIGNE", "IdDemande", "NumeroDemande"))


def parse_demand(envelope: Envelope, number: str, at: datetime) -> DemandRequest | None:
    """The demand, or None when the body is no CREERDEMANDE. ``number``: what it is called if it is a new one."""
    if envelope.body.tag != CREATE_TAG:
        return None
    demand = DemandRequest(
        reference=text_of(envelope.body.find(_REFERENCE)),
        lines=[_line(element) for element in envelope.body.iterchildren(_LINE)],
        number=number,
        at=at,
    )
    return told(demand, envelope)


def parse_result(envelope: Envelope, at: datetime) -> ResultRequest | None:
    """The question, or None when the body is no RECUPERERRESULTAT."""
    if envelope.body.tag != FETCH_TAG:
        return None
    return told(ResultRequest(number=text_of(envelope.body.find(_NUMBER)), at=at), envelope)


def render(demand: Demand) -> bytes:
    """DEMANDE: its state, and once it is ready the outcome of each line under its rank."""
    lines = ""
    if demand.state is State.READY:
        lines = "".join(
            f'<LIGNE Rang="{one.rank}"><CR><CodeCR>{one.code}</CodeCR>'
            f"<LibelleCR>{text(one.label)}</LibelleCR></CR></LIGNE>"
            for one in demand.outcomes or ()
        )
    return (
        f'<DEMANDE xmlns="{NAMESPACE}"><CR><CodeCR>{demand.code}</CodeCR><LibelleCR>OK</LibelleCR></CR>'
        f"<NumeroDemande>{demand.number}</NumeroDemande><Etat>{demand.state}</Etat><Lignes>{demand.lines}</Lignes>"
        f"<DisponibleLe>{_utc(demand.ready_at)}</DisponibleLe><ExpireLe>{_utc(demand.expires_at)}</ExpireLe>"
        f"{lines}</DEMANDE>"
    ).encode()


def _line(element: etree._Element) -> Line:
    claimed = find_claimed(element)
    return Line(element.get("Rang", "").strip(), Claimed() if claimed is None else parse_claimed(claimed))


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
