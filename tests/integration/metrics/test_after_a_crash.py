"""Metrics while PostgreSQL crashes under it."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import httpx
import psycopg
import pytest
from psycopg.sql import SQL

from metrics.settings import Role
from support.metrics_events import call
from support.metrics_replicas import listening, replicas, until
from support.metrics_served import NOW, Served
from support.postgres import PostgresServer, fresh_database

pytestmark = pytest.mark.postgres


async def test_after_a_restart_of_the_database_clients_take_a_snapshot_and_changes_come_again(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    with fresh_database(postgres_server.url()) as url:
        async with replicas(tmp_path, url, {Role.CONSUMER, Role.API}, {Role.API}) as (reads, shows):
            async with listening(shows) as events:
                await until(events, "event: snapshot")
                await reads.emit([call("1", at=NOW)])
                last = await until(events, "event: change")
                await asyncio.to_thread(postgres_server.restart, crash=True)
                again = await until(events, "event: snapshot")
                assert again.splitlines()[0] != last.splitlines()[0]
                await reads.emit([call("2", at=NOW)])
                await until(events, "event: change")
            await counted(shows, 2)


async def test_a_count_that_a_crash_of_the_database_undid_is_made_again_though_nothing_else_comes(
    tmp_path: Path, postgres_server: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    with fresh_database(postgres_server.url()) as url, lazy_writing(url):
        async with replicas(tmp_path, url, {Role.CONSUMER, Role.API}) as (run,):
            for crash in range(1, 4):
                await run.emit([call(str(crash), at=NOW)])
                await counted(run, crash)
                await asyncio.to_thread(postgres_server.restart, crash=True)
                await counted(run, crash)
            assert "not at the expected position" in caplog.text, "no crash undid anything"


@contextlib.contextmanager
def lazy_writing(url: str) -> Iterator[None]:
    """COMMITs that nobody waits for stay in the server's memory for long."""

    def let(setting: LiteralString) -> None:
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(SQL("ALTER SYSTEM {}").format(SQL(setting)))
            admin.execute("SELECT pg_reload_conf()")

    let("SET wal_writer_delay = 10000")
    try:
        yield
    finally:
        let("RESET wal_writer_delay")


async def counted(run: Served, calls: int) -> None:
    async with asyncio.timeout(20):
        while True:
            with contextlib.suppress(httpx.HTTPError, KeyError, TypeError):
                if (await run.cell("INSI-SUCCES"))["den"] == calls:
                    return
            await asyncio.sleep(0.02)
