"""Every way to be wrong: the documented OAuth error, and the finding that teaches."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from psc_sim.domain import names
from support.psc_served import BACK, Asking, Psc, psc, told

Change = dict[str, str | None]


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Psc]:
    async with psc(tmp_path) as running:
        yield running


WRONG_REQUESTS: list[tuple[Change, str, str]] = [
    ({"response_type": "token"}, "psc.response-type", "unsupported_response_type"),
    ({"scope": "scope_all"}, "psc.scope.openid", "invalid_scope"),
    ({"code_challenge": "court"}, "psc.pkce.challenge", "invalid_request"),
    ({"code_challenge_method": "S512"}, "psc.pkce.challenge", "invalid_request"),
    ({"code_challenge": None}, "psc.pkce.challenge", "invalid_request"),
    ({"request": "eyJ"}, "psc.request.unsupported", "invalid_request"),
    ({"response_mode": "form_post"}, "psc.request.unsupported", "invalid_request"),
    ({"prompt": "none"}, "psc.login-required", "login_required"),
    ({"prompt": "none", "login_hint": "899999999999"}, "psc.person.unknown", "login_required"),
]


async def test_a_wrong_request_is_told_to_the_client(served: Psc) -> None:
    for change, rule, error in WRONG_REQUESTS:
        answer = await served.ask(Asking(more=change))
        assert answer.status_code == 302
        assert told(answer)["error"] == error
        assert told(answer)["state"] == "etat-1"
        assert rule in served.rules
        assert served.last.code == error


NOT_SENT_BACK: list[tuple[Change, str]] = [
    ({"redirect_uri": "javascript:alert(1)"}, "psc.redirect.shape"),
    ({"redirect_uri": "data:text/html,x"}, "psc.redirect.shape"),
    ({"redirect_uri": "mon-appli://retour"}, "psc.redirect.shape"),
    ({"redirect_uri": "//ailleurs.example/"}, "psc.redirect.shape"),
    ({"redirect_uri": "https://a.example/#x"}, "psc.redirect.shape"),
    ({"redirect_uri": "https://a.example@b.example/"}, "psc.redirect.shape"),
    ({"redirect_uri": "https://a.example; script-src *"}, "psc.redirect.shape"),
    ({"redirect_uri": None}, "psc.request.malformed"),
    ({"client_id": None}, "psc.request.malformed"),
    ({"state": "a\x00b"}, "psc.request.malformed"),
]


async def test_the_browser_is_sent_nowhere_for_these(served: Psc) -> None:
    for change, rule in NOT_SENT_BACK:
        answer = await served.ask(Asking(more=change), prompt="none", login_hint=served.people[0].rpps)
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert "La demande de connexion n’est pas valable" in answer.text
        assert served.rules == [rule], rule


REMARKS: list[tuple[Change, str]] = [
    ({"acr_values": None}, "psc.acr-values"),
    ({"state": None}, "psc.state"),
    ({"nonce": None}, "psc.nonce"),
    ({"code_challenge": None, "code_challenge_method": None}, "psc.pkce.absent"),
    ({"code_challenge": "x" * 43, "code_challenge_method": "plain"}, "psc.pkce.plain"),
]


async def test_remarks_refuse_nothing(served: Psc) -> None:
    for change, rule in REMARKS:
        assert (await served.ask(Asking(more=change))).status_code == 200
        assert served.rules == [rule], rule


async def test_a_lenient_workspace_lets_openid_be_absent(served: Psc) -> None:
    await served.http.patch("/_sandbox/workspaces/default", json={"strictness": "lenient"})
    assert (await served.ask(Asking(more={"scope": "x"}))).status_code == 200
    assert served.rules == ["psc.scope.openid"]


WRONG_EXCHANGES: list[tuple[Change, str]] = [
    ({"code_verifier": "x" * 43}, "psc.pkce.verifier"),
    ({"code_verifier": None}, "psc.pkce.verifier"),
    ({"redirect_uri": f"{BACK}/"}, "psc.redirect.mismatch"),
    ({"client_id": "un-autre"}, "psc.code.client"),
    ({"code": "inconnu"}, "psc.code.unknown"),
]


async def test_a_wrong_exchange_burns_the_code(served: Psc) -> None:
    for change, rule in WRONG_EXCHANGES:
        asking = Asking()
        code = await served.code(asking)
        answer = await served.exchanged(code, asking, **change)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
        assert served.rules == [rule], rule
        if "code" not in change:
            assert (await served.exchanged(code, asking)).json()["error"] == "invalid_grant"
            assert served.rules == ["psc.code.reused"]


async def test_a_code_used_twice_revokes_what_it_gave(served: Psc) -> None:
    asking = Asking()
    code = await served.code(asking)
    tokens = (await served.exchanged(code, asking)).json()
    assert (await served.exchanged(code, asking)).json()["error"] == "invalid_grant"
    assert served.rules == ["psc.code.reused"]
    assert (await served.userinfo(tokens["access_token"])).status_code == 401
    assert (await served.refreshed(tokens["refresh_token"])).json()["error"] == "invalid_grant"
    assert served.rules == ["psc.refresh.unknown"]


async def test_a_code_waits_a_minute(served: Psc) -> None:
    asking = Asking()
    code = await served.code(asking)
    await served.advance(61)
    assert (await served.exchanged(code, asking)).json()["error"] == "invalid_grant"
    assert served.rules == ["psc.code.expired"]


async def test_a_refresh_token_used_twice_revokes_its_family(served: Psc) -> None:
    tokens = await served.tokens()
    second = (await served.refreshed(tokens["refresh_token"])).json()
    assert (await served.refreshed(tokens["refresh_token"])).json()["error"] == "invalid_grant"
    assert served.rules == ["psc.refresh.reused"]
    assert (await served.refreshed(second["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await served.userinfo(second["access_token"])).status_code == 401


async def test_a_refresh_token_of_another_client(served: Psc) -> None:
    tokens = await served.tokens()
    assert (await served.refreshed(tokens["refresh_token"], client_id="un-autre")).json()["error"] == "invalid_grant"
    assert served.rules == ["psc.code.client"]


async def test_grants_that_are_not_simulated(served: Psc) -> None:
    answer = await served.token(grant_type="password", username="a", password="b")
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")
    assert served.rules == ["psc.grant-type"]


async def test_registered_clients_are_held_to_what_they_registered(served: Psc) -> None:
    client = {"clientId": "mon-lps", "secret": "un-secret", "redirectUris": [BACK, "mon-appli://retour"]}
    assert (await served.http.post("/_sandbox/psc_sim/clients", json=client)).status_code == 201
    asking = Asking()
    code = await served.code(asking)
    answer = await served.exchanged(code, asking, secret="un-autre")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert served.rules == ["psc.client.secret"]
    assert (await served.exchanged(code, asking, secret="un-secret")).status_code == 200
    other = await served.ask(Asking(more={"redirect_uri": "http://127.0.0.1:3000/ailleurs"}))
    assert other.status_code == 400
    assert served.rules == ["psc.redirect.unknown"]
    app = Asking(more={"redirect_uri": "mon-appli://retour"})
    assert "form-action 'self' mon-appli:" in (await served.ask(app)).headers["content-security-policy"]
    assert [one["clientId"] for one in (await served.http.get("/_sandbox/psc_sim/clients")).json()] == ["mon-lps"]
    assert (await served.http.delete("/_sandbox/psc_sim/clients/mon-lps")).status_code == 204
    assert (await served.http.delete("/_sandbox/psc_sim/clients/mon-lps")).status_code == 404


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "http:ailleurs", "data:text/html,x", "sans schéma"])
async def test_addresses_that_nobody_may_register(served: Psc, uri: str) -> None:
    answer = await served.http.post("/_sandbox/psc_sim/clients", json={"clientId": "a", "redirectUris": [uri]})
    assert answer.status_code == 422


async def test_a_workspace_may_want_registered_clients_and_pkce(served: Psc) -> None:
    await served.options(psc_clients="registered", psc_pkce="required")
    assert (await served.ask(Asking())).status_code == 400
    assert served.rules == ["psc.client.unknown"]
    await served.http.post("/_sandbox/psc_sim/clients", json={"clientId": "mon-lps"})
    bare = await served.ask(Asking(more={"code_challenge": None, "code_challenge_method": None}))
    assert told(bare)["error"] == "invalid_request"
    assert served.rules == ["psc.pkce.required"]
    assert (await served.ask(Asking())).status_code == 200


async def test_a_client_without_a_secret_is_told_that_the_real_service_wants_one(served: Psc) -> None:
    asking = Asking()
    assert (await served.exchanged(await served.code(asking), asking, secret=None)).status_code == 200
    assert served.rules == ["psc.client.no-secret"]


FLAWS: list[tuple[str, str]] = [
    ("expired", "psc.token.expired"),
    ("not-yet-valid", "psc.token.expired"),
    ("wrong-signature", "psc.token.signature"),
    ("unknown-key", "psc.token.signature"),
    ("alg-none", "psc.token.alg"),
    ("revoked", "psc.token.revoked"),
]


async def test_tokens_that_are_wrong_on_purpose_are_refused(served: Psc) -> None:
    for flaw, rule in FLAWS:
        made = (await served.http.post("/_sandbox/psc_sim/tokens", json={"flaw": flaw})).json()
        answer = await served.userinfo(made["access_token"])
        assert answer.status_code == 401
        assert served.rules == [rule], rule


async def test_what_is_no_token(served: Psc) -> None:
    for token in ("x", "a.b.c", "eyJhbGciOiJSUzI1NiJ9.e30", "é.é.é"):
        headers = {"authorization": f"Bearer {token}".encode()}
        assert (await served.http.get(names.USERINFO, headers=headers)).status_code == 401
        assert served.rules == ["psc.token.form"]
    assert (await served.http.get(names.USERINFO)).status_code == 401
    id_token = (await served.tokens())["id_token"]
    assert (await served.userinfo(id_token)).status_code == 401
    assert served.rules == ["psc.token.revoked"]


async def test_a_request_that_cannot_be_read(served: Psc) -> None:
    form = "application/x-www-form-urlencoded"
    for content, kind, status in (
        (b'{"grant_type": "x"}', "application/json", 400),
        (b"grant_type=a&grant_type=b", form, 400),
        (b"grant_type=%ff", form, 400),
        (b"a=" + b"x" * 70_000, form, 413),
        (b"&".join(b"p%d=1" % number for number in range(80)), form, 400),
        (b"", form, 400),
    ):
        answer = await served.http.post(names.TOKEN, content=content, headers={"content-type": kind})
        assert (answer.status_code, answer.json()["error"]) == (status, "invalid_request")
        assert served.rules == ["psc.request.malformed"]
    assert (await served.http.get(names.TOKEN)).status_code == 405


async def test_logging_out_with_a_strangers_token(served: Psc) -> None:
    answer = await served.http.get(names.LOGOUT, params={"id_token_hint": "a.b.c"})
    assert "Vous êtes déconnecté" in answer.text
    assert served.rules == ["psc.logout.hint"]
    nowhere = await served.http.get(names.LOGOUT, params={"post_logout_redirect_uri": "javascript:alert(1)"})
    assert nowhere.status_code == 400
    assert served.rules == ["psc.redirect.shape"]
