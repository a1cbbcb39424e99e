"""What nothing can come of any more is removed, by the workspace's clock.

Whatever goes was refused before it went, and is refused after: a code, a token or a session that is not there is
unknown, which revokes nothing and opens nothing. A clock that is put back finds it gone.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, delete, or_, select

from psc_sim.rows import of
from psc_sim.tables import CIBA, CODE, FAMILY, REFRESH, REVOKED, SESSION
from socle.clock import Clock
from socle.store.port import UnitOfWork
from socle.sweep.scopes import Scope, steps

KEPT: Final = timedelta(hours=1)
"""By the workspace's clock: a late client is told what is wrong (expired, used, revoked); later it is unknown."""
AT_ONCE: Final = 50
"""Logins of one transaction; each has the refresh tokens of four hours at most."""
WORKSPACES: Final = 50
"""Looked at in one transaction: acts wait for it on SQLite."""


class Sweeping:
    """One small step for each call; see ``socle.ground.Ground.forget_also``."""

    def __init__(self, clock_of: Callable[[str], Clock], session: timedelta) -> None:
        """``session``: how long a login stands."""
        self._clock_of = clock_of
        self._session = session
        self._left: list[Scope] = []
        """Of the round under way."""

    def step(self, uow: UnitOfWork, never_again: Callable[[str], bool]) -> bool:
        """Remove some of what is over; whether there may be more. What is of no living workspace goes elsewhere."""
        self._left = self._left or _scopes(uow)
        for scope in self._left[:WORKSPACES]:
            over = self._clock_of(scope.workspace).now() - KEPT
            if _sweep(uow, scope, over, over - self._session):
                return True
            self._left = self._left[1:]
        return bool(self._left)


def _scopes(uow: UnitOfWork) -> list[Scope]:
    """Those with a session or a request; everything else hangs on a session."""
    found, link = set(), uow.connection
    for table in (SESSION, CIBA):
        for workspace in steps(link, table.c.workspace, ()):
            within = (table.c.workspace == workspace,)
            found |= {Scope(workspace, epoch) for epoch in steps(link, table.c.epoch, within)}
    return sorted(found)


def _sweep(uow: UnitOfWork, scope: Scope, over: datetime, begun: datetime) -> bool:
    """``over``: what ended by then may go; ``begun``: a session that began by then is over."""
    ended = or_(SESSION.c.ended_at <= over, SESSION.c.auth_time <= begun)
    dead = select(SESSION.c.sid).where(*of(SESSION, scope), SESSION.c.ended_at <= over)
    none_left = or_(FAMILY.c.ends_at <= over, FAMILY.c.revoked_at <= over, FAMILY.c.sid.in_(dead))
    some = select(FAMILY.c.family).where(*of(FAMILY, scope), none_left).limit(AT_ONCE)
    families = uow.execute(some).scalars().all()
    if families:
        for table in (CODE, REFRESH, REVOKED, FAMILY):  # all of a login at once: a used code must be known until then
            uow.execute(delete(table).where(*of(table, scope), table.c.family.in_(families)))
    serving = and_(*of(FAMILY, scope), FAMILY.c.sid == SESSION.c.sid)
    idle = select(SESSION.c.sid).where(*of(SESSION, scope), ended, ~select(FAMILY.c.family).where(serving).exists())
    sessions = uow.execute(idle.limit(AT_ONCE)).scalars().all()
    if sessions:
        uow.execute(delete(SESSION).where(*of(SESSION, scope), SESSION.c.sid.in_(sessions)))
    asked = select(CIBA.c.digest).where(*of(CIBA, scope), CIBA.c.expires_at <= over).limit(AT_ONCE)
    requests = uow.execute(asked).scalars().all()
    if requests:
        uow.execute(delete(CIBA).where(*of(CIBA, scope), CIBA.c.digest.in_(requests)))
    return AT_ONCE in (len(families), len(sessions), len(requests))
