"""Introspection, revocation, CIBA, faults, and what the journal keeps."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from psc_sim.domain import names
from support.psc_served import BACK, Asking, Psc, psc, told


@pytest.fixture
async def served(tmp_path: Path, database: str | None) -> AsyncIterator[Psc]:
    async with psc(tmp_path, database=database) as running:
        yield running


async def introspected(served: Psc, token: str) -> dict[str, object]:
    answer = await served.http.post(names.INTROSPECT, auth=("mon-lps", "secret"), data={"token": token})
    assert answer.status_code == 200
    found: dict[str, object] = answer.json()
    return found


async def test_introspection(served: Psc) -> None:
    tokens = await served.tokens()
    access = await introspected(served, tokens["access_token"])
    assert (access["active"], access["client_id"], access["typ"]) == (True, "mon-lps", "Bearer")
    assert access["SubjectNameID"] == f"8{served.people[0].rpps}"
    refresh = await introspected(served, tokens["refresh_token"])
    assert refresh["active"] is True
    assert "SubjectNameID" not in refresh
    assert await introspected(served, "inconnu") == {"active": False}
    await served.advance(1801)
    assert await introspected(served, tokens["access_token"]) == {"active": False}
    assert await introspected(served, tokens["refresh_token"]) == {"active": False}
    anybody = await served.http.post(names.INTROSPECT, data={"token": "x"})
    assert (anybody.status_code, anybody.json()["error"]) == (401, "invalid_client")


async def test_revocation(served: Psc) -> None:
    tokens = await served.tokens()
    client = {"client_id": "mon-lps", "client_secret": "secret"}
    assert (await served.http.post(names.REVOKE, data=client | {"token": tokens["access_token"]})).status_code == 200
    assert (await served.userinfo(tokens["access_token"])).status_code == 401
    assert (await served.http.post(names.REVOKE, data=client | {"token": tokens["access_token"]})).status_code == 200
    second = (await served.refreshed(tokens["refresh_token"])).json()
    stranger = client | {"client_id": "un-autre", "token": second["refresh_token"]}
    assert (await served.http.post(names.REVOKE, data=stranger)).status_code == 400
    assert (await served.http.post(names.REVOKE, data=client | {"token": second["refresh_token"]})).status_code == 200
    assert (await served.userinfo(second["access_token"])).status_code == 401
    assert (await served.refreshed(second["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await served.http.post(names.REVOKE, data=client | {"token": "inconnu"})).status_code == 200


async def test_a_tester_revokes_all_of_a_professional(served: Psc) -> None:
    tokens, other = await served.tokens(), await served.tokens(served.people[1].rpps)
    done = await served.http.post("/_sandbox/psc_sim/revoke", json={"rpps": served.people[0].rpps})
    assert done.json()["count"] == 1
    assert (await served.refreshed(tokens["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await served.refreshed(other["refresh_token"])).status_code == 200


async def test_a_server_ends_the_session_by_its_refresh_token(served: Psc) -> None:
    tokens = await served.tokens()
    form = {"client_id": "mon-lps", "client_secret": "secret", "refresh_token": tokens["refresh_token"]}
    assert (await served.http.post(names.LOGOUT, data=form)).status_code == 204
    assert (await served.userinfo(tokens["access_token"])).status_code == 401
    assert (await served.http.post(names.LOGOUT, data=form)).status_code == 400


async def ciba(served: Psc, **more: str) -> dict[str, object]:
    form = {
        "client_id": "mon-lps",
        "client_secret": "secret",
        "scope": "openid scope_all",
        "acr_values": "eidas1",
        "login_hint": f"8{served.people[0].rpps}",
        "binding_message": "42",
        "channel": "CARD",
    }
    answer = await served.http.post(names.CIBA, data=form | more)
    found: dict[str, object] = answer.json()
    return found


async def polled(served: Psc, key: object) -> dict[str, str]:
    answer = await served.http.post(names.TOKEN, data={"grant_type": names.CIBA_GRANT, "auth_req_id": str(key)})
    found: dict[str, str] = answer.json()
    return found


async def test_ciba_confirms_itself_after_a_second(served: Psc) -> None:
    asked = await ciba(served)
    assert (asked["expires_in"], asked["interval"]) == (120, 1)
    assert (await polled(served, asked["auth_req_id"]))["error"] == "authorization_pending"
    await asyncio.sleep(1.1)
    tokens = await polled(served, asked["auth_req_id"])
    assert (await served.userinfo(tokens["access_token"])).json()["authMode"] == "CARD"
    assert (await polled(served, asked["auth_req_id"]))["error"] == "invalid_grant"
    assert served.rules == ["psc.ciba.unknown"]


async def test_ciba_by_hand(served: Psc) -> None:
    await served.options(psc_ciba="manual")
    person = served.people[0].rpps
    first = await ciba(served)
    waiting = (await served.http.get("/_sandbox/psc_sim/ciba")).json()
    assert waiting == [{"clientId": "mon-lps", "rpps": person, "channel": "CARD", "bindingMessage": "42"}]
    decide = {"rpps": person, "decision": "refuse"}
    assert (await served.http.post("/_sandbox/psc_sim/ciba", json=decide)).json()["count"] == 1
    assert (await polled(served, first["auth_req_id"]))["error"] == "access_denied"
    second, third = await ciba(served), await ciba(served)
    await served.http.post("/_sandbox/psc_sim/ciba", json={"rpps": person})
    assert "access_token" in await polled(served, second["auth_req_id"])
    await served.advance(121)
    assert (await polled(served, third["auth_req_id"]))["error"] == "expired_token"


async def test_ciba_refusals(served: Psc) -> None:
    assert (await ciba(served, login_hint="899999999999"))["error"] == "unknown_user_id"
    assert (await ciba(served, scope="scope_all"))["error"] == "invalid_scope"
    assert (await ciba(served, channel="PIGEON"))["error"] == "invalid_request"
    assert (await ciba(served, binding_message="x" * 101))["error"] == "invalid_binding_message"


async def test_faults_on_demand(served: Psc) -> None:
    asking = Asking()
    await served.fault(operation="token", effect="refuse", code="temporarily_unavailable", times=1)
    code = await served.code(asking)
    busy = await served.exchanged(code, asking)
    assert (busy.status_code, busy.json()["error"]) == (503, "temporarily_unavailable")
    await served.fault(
        operation="token", effect="refuse", code="expired", times=1, match={"grantType": "authorization_code"}
    )
    tokens = (await served.exchanged(code, asking)).json()
    assert (await served.userinfo(tokens["access_token"])).status_code == 401
    assert (await served.refreshed(tokens["refresh_token"])).status_code == 200
    await served.fault(operation="userinfo", effect="refuse", code="http-502", times=1)
    page = await served.userinfo(tokens["access_token"])
    assert (page.status_code, page.headers["content-type"]) == (502, "text/html; charset=utf-8")
    await served.fault(effect="overload", operation="certs", times=1)
    assert (await served.http.get(names.CERTS)).status_code == 503
    await served.fault(operation="authorize", effect="refuse", code="access_denied", times=1)
    assert told(await served.ask(asking))["error"] == "access_denied"
    await served.fault(operation="certs", effect="truncate", share=0.5, times=1)
    whole = len((await served.http.get(names.DISCOVERY[0])).content)
    assert whole > len((await served.http.get(names.CERTS)).content) > 0


async def test_the_journal_knows_no_secret(served: Psc) -> None:
    asking = Asking()
    code = await served.code(asking)
    tokens = (await served.exchanged(code, asking, secret="secret-du-client")).json()
    await served.userinfo(tokens["access_token"])
    await served.http.get(names.LOGOUT, params={"id_token_hint": tokens["id_token"]})
    basic = await served.http.post(
        names.INTROSPECT, auth=("mon-lps", "autre-secret"), data={"token": tokens["refresh_token"]}
    )
    assert basic.status_code == 200
    kept = "\n".join(
        repr((one.request.headers, one.request.body, one.response.headers, one.response.body, one.findings))
        for one in served.journal.exchanges
    )
    secrets = [code, asking.verifier, "secret-du-client", "bW9uLWxwczphdXRyZS1zZWNyZXQ", *tokens.values()]
    for secret in (one for one in secrets if isinstance(one, str) and len(one) > 20):
        assert secret not in kept or secret in (tokens["scope"], tokens["session_state"])
    assert tokens["access_token"][:8] in kept
    assert [one.operation for one in served.journal.exchanges] == [
        "authorize",
        "token",
        "userinfo",
        "logout",
        "introspect",
    ]


async def test_the_journal_knows_no_secret_of_a_client_that_left(served: Psc) -> None:
    """The answer was on its way, drop by drop, when the connection was closed."""
    await served.fault(operation="token", effect="drip", bytesPerSecond=200, point="before-answer", times=1)
    asking = Asking()
    code = await served.code(asking)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": "mon-lps",
        "client_secret": "secret-du-client",
    }
    form |= {"redirect_uri": BACK, "code_verifier": asking.verifier}
    async with served.http.stream("POST", names.TOKEN, data=form) as answer:
        async for piece in answer.aiter_raw():
            assert piece
            break
    async with asyncio.timeout(30):
        while served.last.operation != "token":
            await asyncio.sleep(0.02)
    kept = repr(served.last)
    assert "secret-du-client" not in kept
    assert code not in kept
    assert "eyJ" in kept
    assert max(len(part) for part in kept.replace('"', " ").split()) < 400
