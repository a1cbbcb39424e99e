"""Demands of batch verification at rest: what is done inside the transaction of a call."""

from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, delete, insert, select, update

from ins_sim.domain import rules_batch as rules
from ins_sim.domain.batch import Demand, DemandRequest, Outcome, fingerprint
from ins_sim.store import Keep
from ins_sim.tables import DEMAND
from socle.rules import Finding
from socle.store.port import UnitOfWork
from socle.sweep.scopes import Scope

_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(list[Outcome]).decode
_C = DEMAND.c


def keep(scope: Scope, request: DemandRequest) -> Keep[Demand]:
    """Store the demand, or give the one that the client made before under the same reference.

    A finding refuses: the reference stands for another content.
    """

    def work(uow: UnitOfWork, demand: Demand) -> tuple[Demand, Finding | None]:
        uow.lock(f"demand {scope.workspace} {scope.epoch} {demand.reference}")
        _forget(uow, scope, demand.at)
        known = _find(uow, scope, _C.reference == demand.reference, demand.at)
        if known is None:
            row = {
                **scope._asdict(),
                "number": demand.number,
                "reference": demand.reference,
                "fingerprint": demand.fingerprint,
                "lines": demand.lines,
                "ready_at": demand.ready_at,
                "expires_at": demand.expires_at,
                "forgotten_at": demand.expires_at + (demand.expires_at - demand.ready_at),
                "outcomes": _ENCODE(demand.outcomes),
            }
            uow.execute(insert(DEMAND).values(row))
            return demand, None
        if known.fingerprint != fingerprint(request, known.number):
            return known, rules.OTHER_CONTENT.finding(where="CREERDEMANDE/IdDemande", found=known.number)
        return known, None

    return work


def fetch(scope: Scope) -> Keep[Demand]:
    """The demand asked for, as it is now; a finding refuses: this workspace has none of that number."""

    def work(uow: UnitOfWork, asked: Demand) -> tuple[Demand, Finding | None]:
        found = _find(uow, scope, _C.number == asked.number, asked.at)
        if found is None:
            where = "RECUPERERRESULTAT/NumeroDemande"
            return asked, rules.UNKNOWN_DEMAND.finding(where=where, found=asked.number[:80])
        return found, None

    return work


def _of(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return _C.workspace == scope.workspace, _C.epoch == scope.epoch


def _forget(uow: UnitOfWork, scope: Scope, now: datetime) -> None:
    """The outcomes of what expired; later on that there was a demand at all."""
    uow.execute(delete(DEMAND).where(*_of(scope), _C.forgotten_at <= now))
    expired = (*_of(scope), _C.expires_at <= now, _C.outcomes.is_not(None))
    uow.execute(update(DEMAND).where(*expired).values(outcomes=None))


def _find(uow: UnitOfWork, scope: Scope, which: ColumnElement[bool], at: datetime) -> Demand | None:
    row = uow.execute(select(DEMAND).where(*_of(scope), which)).first()
    if row is None:
        return None
    return Demand(
        row.number,
        row.reference,
        row.fingerprint,
        row.lines,
        row.ready_at,
        row.expires_at,
        None if row.outcomes is None else _DECODE(bytes(row.outcomes)),
        at,
    )
