"""What was taken back before its end: tokens, logins, sessions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, and_, func, insert, select, update

from psc_sim.rows import of, rows
from psc_sim.store import login, revoke
from psc_sim.tables import FAMILY, REFRESH, REVOKED, SESSION
from socle.store import Instant
from socle.store.port import Store, UnitOfWork
from socle.sweep.scopes import Scope

_AT_ONCE: Final = 500


class RevocationStore:
    """Of all workspaces."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def login_of(self, scope: Scope, digest: str) -> tuple[str, datetime] | None:
        """The login that a refresh token came of, used or not, and when the last of it ends; None: unknown."""

        def work(link: Connection) -> tuple[str, datetime] | None:
            found = rows(link, REFRESH, scope, REFRESH.c.digest == digest)
            return login(link, scope, found[0]["family"]) if found else None

        return await self._store.read(work)

    async def revoke(self, scope: Scope, family: str, now: datetime) -> None:
        """Revoke all that one login gave to one client."""
        await self._store.write(lambda uow: revoke(uow, scope, family, now))

    async def revoke_access(self, scope: Scope, family: str, jti: str) -> None:
        """Revoke one access token of a login."""

        def work(uow: UnitOfWork) -> None:
            uow.lock(f"jti {jti}")
            if not rows(uow.connection, REVOKED, scope, REVOKED.c.jti == jti):
                uow.execute(insert(REVOKED), scope._asdict() | {"jti": jti, "family": family})

        await self._store.write(work)

    async def standing(self, scope: Scope, *, sid: str | None = None, rpps: str | None = None) -> dict[str, datetime]:
        """The session of this name, or all of a professional, unless ended: each with when the last of it ends."""
        which = SESSION.c.sid == sid if sid is not None else SESSION.c.rpps == rpps
        last = func.max(FAMILY.c.ends_at, type_=Instant)
        found = (
            select(SESSION.c.sid, SESSION.c.auth_time, last)
            .outerjoin(FAMILY, and_(*of(FAMILY, scope), FAMILY.c.sid == SESSION.c.sid))
            .where(*of(SESSION, scope), which, SESSION.c.ended_at.is_(None))
            .group_by(SESSION.c.sid, SESSION.c.auth_time)
        )
        known = await self._store.read(lambda link: link.execute(found).all())
        return {sid: ends or since for sid, since, ends in known}

    async def end(self, scope: Scope, now: datetime, sids: Sequence[str]) -> None:
        """End sessions."""

        def work(uow: UnitOfWork) -> None:
            for start in range(0, len(sids), _AT_ONCE):
                some = SESSION.c.sid.in_(sids[start : start + _AT_ONCE])
                statement = update(SESSION).where(*of(SESSION, scope), some, SESSION.c.ended_at.is_(None))
                uow.execute(statement.values(ended_at=now))

        await self._store.write(work)
