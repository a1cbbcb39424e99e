"""Each rule of Pro Santé Connect, broken alone by one client and satisfied by another."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from psc_sim.acts.discovery import discovery
from psc_sim.domain import names
from psc_sim.settings import PscSettings
from psc_sim.wire.endpoint import Endpoint, Gate
from socle.admission import Admission
from socle.control.port import Control
from socle.journal.port import Journal
from support.psc_served import BACK, Asking, Psc, psc
from support.rule_table import RuleTable
from support.wire import when_full

Play = Callable[[Psc], Awaitable[object]]
CLIENT = {"clientId": "mon-lps", "secret": "un-secret", "redirectUris": [BACK]}


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Psc]:
    async with psc(tmp_path) as running:
        yield running


def asks(**change: str | None) -> Play:
    return lambda served: served.ask(Asking(more=change))


def exchanges(**change: str | None) -> Play:
    async def play(served: Psc) -> None:
        asking = Asking()
        await served.exchanged(await served.code(asking), asking, **change)

    return play


def shows(flaw: str) -> Play:
    async def play(served: Psc) -> None:
        made = (await served.http.post("/_sandbox/psc_sim/tokens", json={"flaw": flaw})).json()
        await served.userinfo(made["access_token"])

    return play


def later(seconds: int) -> Play:
    async def play(served: Psc) -> None:
        asking = Asking()
        code = await served.code(asking)
        await served.advance(seconds)
        await served.exchanged(code, asking)

    return play


async def code_twice(served: Psc) -> None:
    asking = Asking()
    code = await served.code(asking)
    for _ in range(2):
        await served.exchanged(code, asking)


async def refresh_twice(served: Psc) -> None:
    tokens = await served.tokens()
    for _ in range(2):
        await served.refreshed(tokens["refresh_token"])


async def refresh_late(served: Psc) -> None:
    tokens = await served.tokens()
    await served.advance(1801)
    await served.refreshed(tokens["refresh_token"])


async def poll(served: Psc, key: str) -> None:
    await served.http.post(names.TOKEN, data={"grant_type": names.CIBA_GRANT, "auth_req_id": key})


async def poll_late(served: Psc) -> None:
    await served.options(psc_ciba="manual")
    form = {
        "client_id": "mon-lps",
        "client_secret": "secret",
        "scope": "openid scope_all",
        "acr_values": "eidas1",
        "login_hint": served.people[0].rpps,
        "binding_message": "42",
        "channel": "CARD",
    }
    asked = (await served.http.post(names.CIBA, data=form)).json()
    await served.advance(121)
    await poll(served, asked["auth_req_id"])


async def registered(served: Psc) -> None:
    await served.http.post("/_sandbox/psc_sim/clients", json=CLIENT)


async def of_a_registered_client(served: Psc) -> None:
    await registered(served)
    await served.ask(Asking(more={"redirect_uri": f"{BACK}/ailleurs"}))


async def with_another_secret(served: Psc) -> None:
    await registered(served)
    asking = Asking()
    await served.token(
        secret="un-autre",
        grant_type="authorization_code",
        code=await served.code(asking),
        redirect_uri=BACK,
        code_verifier=asking.verifier,
    )


async def by_nobody_known(served: Psc) -> None:
    await served.options(psc_clients="registered")
    await served.ask(Asking())


async def without_pkce(served: Psc) -> None:
    await served.options(psc_pkce="required")
    await served.ask(Asking(more={"code_challenge": None, "code_challenge_method": None}))


async def without_secret(served: Psc) -> None:
    asking = Asking()
    await served.exchanged(await served.code(asking), asking, client_secret=None)


def one_path(control: Control, journal: Journal, admission: Admission) -> Endpoint:
    return Endpoint(Gate(control, journal, admission, PscSettings().policy), "discovery", ("GET",), discovery)


BROKEN: list[tuple[str, Play]] = [
    ("psc.acr-values", asks(acr_values=None)),
    ("psc.ciba.expired", poll_late),
    ("psc.ciba.unknown", lambda served: poll(served, "inconnu")),
    ("psc.client.no-secret", without_secret),
    ("psc.client.secret", with_another_secret),
    ("psc.client.unknown", by_nobody_known),
    ("psc.code.client", exchanges(client_id="un-autre")),
    ("psc.code.expired", later(61)),
    ("psc.code.reused", code_twice),
    ("psc.code.unknown", exchanges(code="inconnu")),
    ("psc.grant-type", lambda served: served.token(grant_type="password", username="a", password="b")),
    ("psc.login-required", asks(prompt="none")),
    ("psc.logout.hint", lambda served: served.http.get(names.LOGOUT, params={"id_token_hint": "a.b.c"})),
    ("psc.nonce", asks(nonce=None)),
    ("psc.person.unknown", asks(prompt="none", login_hint="899999999999")),
    ("psc.pkce.absent", asks(code_challenge=None, code_challenge_method=None)),
    ("psc.pkce.challenge", asks(code_challenge="court")),
    ("psc.pkce.plain", asks(code_challenge="x" * 43, code_challenge_method="plain")),
    ("psc.pkce.required", without_pkce),
    ("psc.pkce.verifier", exchanges(code_verifier="x" * 43)),
    ("psc.redirect.mismatch", exchanges(redirect_uri=f"{BACK}/")),
    ("psc.redirect.shape", asks(redirect_uri="javascript:alert(1)")),
    ("psc.redirect.unknown", of_a_registered_client),
    ("psc.refresh.expired", refresh_late),
    ("psc.refresh.reused", refresh_twice),
    ("psc.refresh.unknown", lambda served: served.refreshed("inconnu")),
    ("psc.request.malformed", asks(client_id=None)),
    ("psc.request.unsupported", asks(response_mode="form_post")),
    ("psc.response-type", asks(response_type="token")),
    ("psc.scope.openid", asks(scope="scope_all")),
    ("psc.state", asks(state=None)),
    ("psc.token.alg", shows("alg-none")),
    ("psc.token.expired", shows("expired")),
    ("psc.token.form", lambda served: served.userinfo("x")),
    ("psc.token.revoked", shows("revoked")),
    ("psc.token.signature", shows("wrong-signature")),
    ("psc.workspace.unknown", lambda served: served.http.get(f"/w/nulle-part{names.DISCOVERY[0]}")),
]


async def test_each_rule_is_broken_alone_and_satisfied(
    served: Psc, record_property: Callable[[str, object], None]
) -> None:
    table = RuleTable("Pro Santé Connect")
    for rule, play in BROKEN:
        await served.http.post("/_sandbox/reset")
        await served.http.patch("/_sandbox/workspaces/default", json={"options": {}})
        await play(served)
        table.case(f"breaks {rule}", served.rules, rule)
    busy, content = await when_full(one_path)
    assert json.loads(content)["error"] == "temporarily_unavailable"
    table.case("no place left", busy, "psc.busy")
    await served.http.post("/_sandbox/reset")
    tokens = await served.tokens()
    table.case("a login", served.rules)
    await served.userinfo(tokens["access_token"])
    table.case("its token", served.rules, satisfies=("psc.token.",))
    table.close(record_property)
