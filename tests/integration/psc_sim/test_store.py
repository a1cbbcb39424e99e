"""Codes and refresh tokens at rest: single use also when many come at once, no secret in the database, archives."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from support.psc_served import Asking, Psc, psc


@pytest.fixture
async def served(tmp_path: Path, database: str | None) -> AsyncIterator[Psc]:
    async with psc(tmp_path, database=database) as running:
        yield running


def outcomes(answers: list[httpx.Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


async def test_of_many_at_once_one_gets_the_tokens(served: Psc) -> None:
    asking = Asking()
    code = await served.code(asking)
    assert outcomes(await asyncio.gather(*(served.exchanged(code, asking) for _ in range(8)))) == [200] + [400] * 7
    token = (await served.tokens())["refresh_token"]
    assert outcomes(await asyncio.gather(*(served.refreshed(token) for _ in range(8)))) == [200] + [400] * 7


async def test_an_archive_restores_sessions_into_a_new_epoch(served: Psc) -> None:
    kept = await served.tokens()
    archive = await served.http.get("/_sandbox/workspaces/default/archive")
    assert archive.status_code == 200
    assert kept["refresh_token"].encode() not in archive.content
    restored = await served.http.post("/_sandbox/workspaces/default/archive", content=archive.content)
    assert restored.status_code < 300, restored.text
    assert (await served.userinfo(kept["access_token"])).status_code == 401, "given in another epoch"
    assert (await served.refreshed(kept["refresh_token"])).status_code == 200


async def test_keys_are_the_owners_and_stay(tmp_path: Path) -> None:
    async with psc(tmp_path) as first:
        tokens = await first.tokens()
    assert oct((tmp_path / "pki" / "psc-signing.json").stat().st_mode)[-3:] == "600"
    assert b'"d"' not in (tmp_path / "pki" / "psc-jwks.json").read_bytes()
    for path in tmp_path.rglob("*.db*"):
        for secret in (tokens["refresh_token"], tokens["access_token"].rpartition(".")[2]):
            assert secret.encode() not in path.read_bytes(), path.name
    async with psc(tmp_path) as again:
        assert (await again.userinfo(tokens["access_token"])).status_code == 200
