"""Sessions, codes and tokens at rest: one method, one transaction."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, update

from psc_sim.domain.model import Client, Grant
from psc_sim.rows import of, rows
from psc_sim.tables import CLIENT, CODE, FAMILY, METADATA, REFRESH, REVOKED, SESSION
from socle.rules import Finding
from socle.store.port import Store, UnitOfWork
from socle.sweep.scopes import Scope

__all__ = ["METADATA", "MIGRATIONS", "NewCode", "NewRefresh", "PscStore", "Spent"]

MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code to keep: its digest, and what its exchange must fit."""

    digest: str
    redirect_uri: str
    challenge: str | None
    method: str | None
    expires_at: datetime

    @property
    def ends_at(self) -> datetime:
        """When it is good for nothing any more."""
        return self.expires_at


@dataclass(frozen=True, slots=True)
class NewRefresh:
    """A refresh token to keep; the access token beside it ends at ``access_until``."""

    digest: str
    expires_at: datetime
    access_until: datetime

    @property
    def ends_at(self) -> datetime:
        """When nothing of this answer is valid any more."""
        return max(self.expires_at, self.access_until)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a code or a refresh token turned out to be. ``row`` None: unknown. ``reused``: it had served before."""

    row: dict[str, Any] | None
    reused: bool
    grant: Grant | None
    """None: revoked, or its session has ended."""
    revoked: tuple[str, datetime] | None = None
    """The login that was revoked for its being used again, and when the last of it would have ended."""


class PscStore:
    """The provider's state of all workspaces."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def client(self, scope: Scope, client_id: str) -> Client:
        """The client as it was registered, or as anybody."""
        found = await self._store.read(lambda link: rows(link, CLIENT, scope, CLIENT.c.client_id == client_id))
        return _client(found[0]) if found else Client(client_id)

    async def clients(self, scope: Scope) -> list[Client]:
        """All that are registered."""
        return [_client(row) for row in await self._store.read(lambda link: rows(link, CLIENT, scope))]

    async def keep_client(self, scope: Scope, client: Client) -> None:
        """Register a client, in place of one of the same name."""

        def work(uow: UnitOfWork) -> None:
            uow.lock(f"client {client.client_id}")
            uow.execute(delete(CLIENT).where(*of(CLIENT, scope), CLIENT.c.client_id == client.client_id))
            values = {
                "client_id": client.client_id,
                "secret_digest": client.secret_digest,
                "redirect_uris": json.dumps(client.redirect_uris),
            }
            uow.execute(insert(CLIENT), scope._asdict() | values)

        await self._store.write(work)

    async def drop_client(self, scope: Scope, client_id: str) -> bool:
        """Forget a client; whether there was one."""
        statement = delete(CLIENT).where(*of(CLIENT, scope), CLIENT.c.client_id == client_id)
        return await self._store.write(lambda uow: uow.execute(statement).rowcount == 1)

    async def session(self, scope: Scope, sid: str) -> dict[str, Any] | None:
        """A session that was not ended."""
        wanted = (SESSION.c.sid == sid, SESSION.c.ended_at.is_(None))
        found = await self._store.read(lambda link: rows(link, SESSION, scope, *wanted))
        return found[0] if found else None

    async def grant(
        self, scope: Scope, grant: Grant, *, code: NewCode | None = None, refresh: NewRefresh | None = None
    ) -> None:
        """Keep a login, and what it gave: a code, or tokens at once. Its session is opened if it is new."""

        def work(uow: UnitOfWork) -> None:
            uow.lock(f"session {grant.sid}")
            keep_grant(uow, scope, grant, code=code, refresh=refresh)

        await self._store.write(work)

    async def redeem(
        self, scope: Scope, digest: str, now: datetime, *, refresh: NewRefresh, check: Callable[[Spent], Finding | None]
    ) -> tuple[Spent, Finding | None]:
        """Spend a code: whatever comes of it, it has served. ``check`` tells why it gives no tokens, None: it does,
        and ``refresh`` is kept. A code that served before revokes what it gave."""
        return await self._store.write(
            lambda uow: _spend(uow, CODE, scope, digest, now=now, refresh=refresh, check=check)
        )

    async def rotate(
        self, scope: Scope, digest: str, now: datetime, *, refresh: NewRefresh, check: Callable[[Spent], Finding | None]
    ) -> tuple[Spent, Finding | None]:
        """Spend a refresh token, in the same way."""
        return await self._store.write(
            lambda uow: _spend(uow, REFRESH, scope, digest, now=now, refresh=refresh, check=check)
        )

    async def active(self, scope: Scope, family: str, jti: str) -> Grant | None:
        """The grant behind an access token; None: revoked, or its session has ended."""

        def work(link: Connection) -> Grant | None:
            revoked = rows(link, REVOKED, scope, REVOKED.c.jti == jti)
            return None if revoked else _standing(link, scope, family)

        return await self._store.read(work)

    async def refreshable(self, scope: Scope, digest: str) -> tuple[dict[str, Any], Grant] | None:
        """A refresh token that was not used, with its grant; None: it serves no more."""

        def work(link: Connection) -> tuple[dict[str, Any], Grant] | None:
            found = rows(link, REFRESH, scope, REFRESH.c.digest == digest, REFRESH.c.used_at.is_(None))
            grant = _standing(link, scope, found[0]["family"]) if found else None
            return (found[0], grant) if grant is not None else None

        return await self._store.read(work)


def keep_grant(
    uow: UnitOfWork, scope: Scope, grant: Grant, *, code: NewCode | None = None, refresh: NewRefresh | None = None
) -> None:
    """Within a transaction that has locked the session: see ``PscStore.grant``."""
    here = scope._asdict()
    if not rows(uow.connection, SESSION, scope, SESSION.c.sid == grant.sid):
        values = {"sid": grant.sid, "rpps": grant.rpps, "channel": grant.channel, "auth_time": grant.auth_time}
        uow.execute(insert(SESSION), here | values)
    values = {"family": grant.family, "sid": grant.sid, "client_id": grant.client_id, "scope": grant.scope}
    ends = max(given.ends_at for given in (code, refresh) if given is not None)
    uow.execute(insert(FAMILY), here | values | {"nonce": grant.nonce, "ends_at": ends})
    if code is not None:
        values = {"digest": code.digest, "family": grant.family, "redirect_uri": code.redirect_uri}
        more = {"challenge": code.challenge, "method": code.method, "expires_at": code.expires_at}
        uow.execute(insert(CODE), here | values | more)
    if refresh is not None:
        _keep_refresh(uow, scope, grant.family, refresh)


def login(link: Connection, scope: Scope, family: str) -> tuple[str, datetime] | None:
    """A login by its name, and when the last of it ends."""
    found = rows(link, FAMILY, scope, FAMILY.c.family == family)
    return (family, found[0]["ends_at"]) if found else None


def _keep_refresh(uow: UnitOfWork, scope: Scope, family: str, refresh: NewRefresh) -> None:
    values = {"digest": refresh.digest, "family": family, "expires_at": refresh.expires_at}
    uow.execute(insert(REFRESH), scope._asdict() | values)


def _spend(
    uow: UnitOfWork,
    table: Table,
    scope: Scope,
    digest: str,
    *,
    now: datetime,
    refresh: NewRefresh,
    check: Callable[[Spent], Finding | None],
) -> tuple[Spent, Finding | None]:
    uow.lock(f"spend {digest}")
    found = rows(uow.connection, table, scope, table.c.digest == digest)
    row = found[0] if found else None
    grant = _standing(uow.connection, scope, row["family"]) if row is not None else None
    spent = Spent(row, row is not None and row["used_at"] is not None, grant)
    problem = check(spent)
    if row is None:
        return spent, problem
    if spent.reused:
        revoke(uow, scope, row["family"], now)
        spent = replace(spent, revoked=login(uow.connection, scope, row["family"]))
    else:
        uow.execute(update(table).where(*of(table, scope), table.c.digest == digest).values(used_at=now))
    if problem is None:
        _keep_refresh(uow, scope, row["family"], refresh)
        later = (FAMILY.c.family == row["family"], FAMILY.c.ends_at < refresh.ends_at)
        uow.execute(update(FAMILY).where(*of(FAMILY, scope), *later).values(ends_at=refresh.ends_at))
    return spent, problem


def revoke(uow: UnitOfWork, scope: Scope, family: str, now: datetime) -> None:
    """Revoke all that a login gave."""
    statement = update(FAMILY).where(*of(FAMILY, scope), FAMILY.c.family == family, FAMILY.c.revoked_at.is_(None))
    uow.execute(statement.values(revoked_at=now))


def _standing(link: Connection, scope: Scope, family: str) -> Grant | None:
    found = rows(link, FAMILY, scope, FAMILY.c.family == family, FAMILY.c.revoked_at.is_(None))
    return _grant(link, scope, found[0]) if found else None


def _grant(link: Connection, scope: Scope, row: dict[str, Any]) -> Grant | None:
    sessions = rows(link, SESSION, scope, SESSION.c.sid == row["sid"], SESSION.c.ended_at.is_(None))
    if not sessions:
        return None
    one = sessions[0]
    return Grant(
        row["family"],
        row["sid"],
        row["client_id"],
        one["rpps"],
        row["scope"],
        row["nonce"],
        one["auth_time"],
        one["channel"],
    )


def _client(row: dict[str, Any]) -> Client:
    return Client(row["client_id"], True, row["secret_digest"], tuple(json.loads(row["redirect_uris"])))
