"""Requests to confirm a login on one's phone, without a browser (CIBA)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, update

from psc_sim.domain import token_rules as rules
from psc_sim.domain.model import Grant
from psc_sim.rows import of, rows
from psc_sim.store import NewRefresh, keep_grant
from psc_sim.tables import CIBA
from socle.exchange import new_id
from socle.rules import Finding
from socle.store.port import Store, UnitOfWork
from socle.sweep.scopes import Scope

CONFIRMED_AFTER: Final = timedelta(seconds=1)
"""Real time: how long the simulated professional takes."""
Said = tuple[str, str]
"""An OAuth error and its description."""
_PENDING: Final = ("authorization_pending", "The authorization request is still pending")
_DENIED: Final = ("access_denied", "The professional refused on the phone")


class CibaStore:
    """All workspaces' requests."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def ask(self, scope: Scope, digest: str, values: Mapping[str, Any]) -> None:
        """Keep a request; ``values``: the other columns but ``asked_at``."""
        row = scope._asdict() | {"digest": digest, "asked_at": datetime.now(UTC), **values}
        await self._store.write(lambda uow: uow.execute(insert(CIBA), row).rowcount)

    async def pending(self, scope: Scope, now: datetime) -> list[dict[str, Any]]:
        """Those that wait for an answer, newest first."""
        wanted = (CIBA.c.decision.is_(None), CIBA.c.used_at.is_(None), CIBA.c.expires_at > now)
        found = await self._store.read(lambda link: rows(link, CIBA, scope, *wanted))
        return sorted(found, key=lambda row: row["asked_at"], reverse=True)

    async def decide(self, scope: Scope, rpps: str, decision: str, now: datetime) -> int:
        """Answer all that wait for a professional; gives how many."""
        statement = (
            update(CIBA)
            .where(*of(CIBA, scope), CIBA.c.rpps == rpps)
            .where(CIBA.c.decision.is_(None), CIBA.c.expires_at > now)
        )
        return await self._store.write(lambda uow: uow.execute(statement.values(decision=decision)).rowcount)

    async def collect(
        self, scope: Scope, digest: str, *, now: datetime, refresh: NewRefresh, manual: bool
    ) -> tuple[Grant | None, Finding | Said | None]:
        """The grant of a confirmed request, once; else why not (yet). ``manual``: nothing is confirmed by itself."""

        def work(uow: UnitOfWork) -> tuple[Grant | None, Finding | Said | None]:
            grant = new_id()
            uow.lock(f"ciba {digest}", f"session {grant}")
            found = rows(uow.connection, CIBA, scope, CIBA.c.digest == digest)
            problem = _problem(found[0] if found else None, now, manual=manual)
            if problem is not None:
                return None, problem
            row = found[0]
            uow.execute(update(CIBA).where(*of(CIBA, scope), CIBA.c.digest == digest).values(used_at=now))
            made = Grant(grant, grant, row["client_id"], row["rpps"], row["scope"], None, now, row["channel"])
            keep_grant(uow, scope, made, refresh=refresh)
            return made, None

        return await self._store.write(work)


def _problem(row: dict[str, Any] | None, now: datetime, *, manual: bool) -> Finding | Said | None:
    if row is None or row["used_at"] is not None:
        return rules.CIBA_UNKNOWN.finding(where="auth_req_id")
    if row["decision"] == "refuse":
        return _DENIED
    if row["expires_at"] <= now:
        return rules.CIBA_EXPIRED.finding(where="auth_req_id")
    by_itself = not manual and datetime.now(UTC) >= row["asked_at"] + CONFIRMED_AFTER
    return None if row["decision"] == "accept" or by_itself else _PENDING
