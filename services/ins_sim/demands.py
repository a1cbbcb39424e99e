"""Demands of batch verification at rest: what is done inside the transaction of a call, or of the sweeper."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, Select, delete, func, insert, select, tuple_, update

from ins_sim.domain import rules_batch as rules
from ins_sim.domain.batch import Demand, DemandRequest, Outcome, fingerprint
from ins_sim.store import Keep
from ins_sim.tables import DEMAND
from socle.clock import Clock
from socle.rules import Finding
from socle.store.port import UnitOfWork
from socle.sweep.scopes import Scope, steps
from socle.sweep.sweeper import Also

_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(list[Outcome]).decode
_C = DEMAND.c
_KEY = tuple_(_C.workspace, _C.epoch, _C.number)
AT_ONCE: Final = 50
"""Demands that one transaction of the sweeper forgets; acts wait for it on SQLite."""


def keep(scope: Scope, request: DemandRequest) -> Keep[Demand]:
    """Store the demand, or give the one that the client made before under the same reference.

    A finding refuses: the reference stands for another content, or the workspace has as many demands as it may.
    """

    def work(uow: UnitOfWork, demand: Demand) -> tuple[Demand, Finding | None]:
        uow.lock(f"demand {scope.workspace} {scope.epoch}")
        uow.execute(delete(DEMAND).where(*_of(scope), _C.reference == demand.reference, _C.forgotten_at <= demand.at))
        known = _find(uow, scope, _C.reference == demand.reference, demand.at)
        if known is None:
            kept = uow.execute(select(func.count()).where(*_of(scope), _C.expires_at > demand.at)).scalar_one()
            if kept >= demand.among:
                where, most = "CREERDEMANDE", f"{demand.among} au plus"
                return demand, rules.TOO_MANY.finding(where=where, expected=most, found=str(kept + 1))
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


def forget(clock_of: Callable[[str], Clock]) -> Also:
    """For ``socle.ground.Ground.forget_also``: the outcomes of what expired by its workspace's clock go, and later on
    that there was a demand at all. A clock that is put back finds them gone."""

    def step(uow: UnitOfWork, never_again: Callable[[str], bool]) -> bool:
        """Some of it; whether there may be more. What is of no living workspace goes elsewhere."""
        for workspace in list(steps(uow.connection, _C.workspace, ())):
            now = clock_of(workspace).now()
            expired = (_C.workspace == workspace, _C.expires_at <= now, _C.outcomes.is_not(None))
            ended = (_C.workspace == workspace, _C.forgotten_at <= now)
            gone = uow.execute(update(DEMAND).where(_KEY.in_(_some(*expired))).values(outcomes=None)).rowcount
            gone += uow.execute(delete(DEMAND).where(_KEY.in_(_some(*ended)))).rowcount
            if gone:
                return True
        return False

    return step


def _some(*which: ColumnElement[bool]) -> Select[tuple[str, int, str]]:
    return select(_C.workspace, _C.epoch, _C.number).where(*which).limit(AT_ONCE)


def _find(uow: UnitOfWork, scope: Scope, which: ColumnElement[bool], at: datetime) -> Demand | None:
    row = uow.execute(select(DEMAND).where(*_of(scope), which, _C.forgotten_at > at)).first()
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
