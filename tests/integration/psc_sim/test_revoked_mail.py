"""What Pro Santé Connect takes back opens no box of MSSanté any more, be the provider there or not."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from psc_sim.domain import names
from socle.control import revoked
from socle.control.database import ControlUnavailable
from socle.control.model import BoxType
from support.mss_served import Mss, mss
from support.psc_served import Asking, Psc, psc
from support.signed import pki_folder
from support.xoauth2 import shown

CLIENT = {"client_id": "mon-lps", "client_secret": "secret"}
Tokens = dict[str, Any]


@pytest.fixture
async def both(tmp_path: Path, database: str | None) -> AsyncIterator[tuple[Psc, Mss]]:
    """Two processes' worth of services: each has its own control plane, on one database."""
    async with (
        psc(tmp_path, database=database, keys=pki_folder()) as provider,
        mss(tmp_path, database=database) as mail,
    ):
        yield provider, mail


async def refused(mail: Mss, address: str, token: str) -> str:
    """The rule by which the token is refused; it may take others' word 200 ms to arrive, here much longer."""
    until = time.monotonic() + 30
    while (await shown(mail, address, token)).startswith("235"):
        assert time.monotonic() < until, "still taken"
        await asyncio.sleep(0.05)
    return mail.journal.last.findings[0].rule.id


async def revoke(provider: Psc, tokens: Tokens, what: str) -> None:
    answer = await provider.http.post(names.REVOKE, data=CLIENT | {"token": tokens[what]})
    assert answer.status_code == 200


async def access(provider: Psc, tokens: Tokens) -> None:
    await revoke(provider, tokens, "access_token")


async def refresh(provider: Psc, tokens: Tokens) -> None:
    await revoke(provider, tokens, "refresh_token")


async def logged_out(provider: Psc, tokens: Tokens) -> None:
    answer = await provider.http.get(names.LOGOUT, params={"id_token_hint": tokens["id_token"]})
    assert answer.status_code == 200


async def by_professional(provider: Psc, tokens: Tokens) -> None:
    answer = await provider.http.post("/_sandbox/psc_sim/revoke", json={"rpps": tokens["rpps"]})
    assert answer.json()["count"] >= 1


async def refreshed_twice(provider: Psc, tokens: Tokens) -> None:
    assert (await provider.refreshed(tokens["refresh_token"])).status_code == 200
    assert (await provider.refreshed(tokens["refresh_token"])).status_code == 400


async def exchanged_twice(provider: Psc, tokens: Tokens) -> None:
    assert (await provider.exchanged(tokens["code"], tokens["asking"])).status_code == 400


WAYS: tuple[Callable[[Psc, Tokens], Awaitable[None]], ...] = (
    access,
    refresh,
    logged_out,
    by_professional,
    refreshed_twice,
    exchanged_twice,
)


async def logged_in(provider: Psc, rpps: str) -> Tokens:
    asking = Asking()
    code = await provider.code(asking, rpps)
    tokens: Tokens = (await provider.exchanged(code, asking)).json()
    return tokens | {"rpps": rpps, "code": code, "asking": asking}


async def test_every_way_of_taking_back_is_noticed(both: tuple[Psc, Mss]) -> None:
    provider, mail = both
    box, other = mail.boxes(BoxType.PER)[0], mail.boxes(BoxType.PER)[-1]
    assert box.rpps
    assert other.rpps
    bystander = await logged_in(provider, other.rpps)
    for way in WAYS:
        tokens = await logged_in(provider, box.rpps)
        assert (await shown(mail, box.address, tokens["access_token"])).startswith("235"), way.__name__
        await way(provider, tokens)
        assert await refused(mail, box.address, tokens["access_token"]) == "mss.smtp.token-revoked", way.__name__
    assert (await shown(mail, other.address, bystander["access_token"])).startswith("235")
    wrong = await provider.http.post("/_sandbox/psc_sim/tokens", json={"rpps": box.rpps, "flaw": "revoked"})
    assert await refused(mail, box.address, wrong.json()["access_token"]) == "mss.smtp.token-revoked"
    again = await logged_in(provider, box.rpps)
    assert (await shown(mail, box.address, again["access_token"])).startswith("235"), "a new login is a new login"
    (await provider.http.post("/_sandbox/reset")).raise_for_status()
    assert await refused(mail, box.address, again["access_token"]) == "mss.smtp.token", "of another epoch"


async def test_one_access_token_goes_and_its_login_stands(both: tuple[Psc, Mss]) -> None:
    provider, mail = both
    box = mail.boxes(BoxType.PER)[0]
    assert box.rpps
    tokens = await logged_in(provider, box.rpps)
    await access(provider, tokens)
    assert await refused(mail, box.address, tokens["access_token"]) == "mss.smtp.token-revoked"
    fresh = (await provider.refreshed(tokens["refresh_token"])).json()["access_token"]
    assert (await shown(mail, box.address, fresh)).startswith("235")


async def test_without_the_provider_tokens_are_taken_and_revoked_ones_refused(tmp_path: Path) -> None:
    async with mss(tmp_path) as mail:
        box = mail.boxes(BoxType.PER)[0]
        assert box.rpps
        async with psc(tmp_path, keys=pki_folder()) as provider:
            kept, gone = await logged_in(provider, box.rpps), await logged_in(provider, box.rpps)
            await refresh(provider, gone)
        assert (await shown(mail, box.address, kept["access_token"])).startswith("235")
        assert await refused(mail, box.address, gone["access_token"]) == "mss.smtp.token-revoked"


async def test_what_cannot_be_told_to_the_others_is_not_done(
    both: tuple[Psc, Mss], monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, _ = both
    tokens = await provider.tokens()

    def away(*_: object) -> None:
        raise ControlUnavailable("the control database is away")

    monkeypatch.setattr(revoked, "add", away)
    for token in (tokens["access_token"], tokens["refresh_token"]):
        answer = await provider.http.post(names.REVOKE, data=CLIENT | {"token": token})
        assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
        assert provider.rules == ["psc.busy"]
    people = await provider.http.post("/_sandbox/psc_sim/revoke", json={"rpps": provider.people[0].rpps})
    assert (people.status_code, people.json()["error"]["code"]) == (503, "database.away")
    assert (await provider.userinfo(tokens["access_token"])).status_code == 200
    monkeypatch.undo()
    await revoke(provider, tokens, "refresh_token")
    assert (await provider.userinfo(tokens["access_token"])).status_code == 401
