"""From the request for a login to userinfo, and back out again."""

import json
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from psc_sim.domain import names
from support.psc_served import BACK, Asking, Psc, psc, told


@pytest.fixture
async def served(tmp_path: Path, database: str | None) -> AsyncIterator[Psc]:
    async with psc(tmp_path, database=database) as running:
        yield running


def claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


async def test_a_whole_login(served: Psc) -> None:
    person, asking = served.people[0], Asking()
    answer = await served.exchanged(await served.code(asking, person.rpps), asking)
    said = answer.json()
    assert answer.status_code == 200
    assert (said["expires_in"], said["refresh_expires_in"], said["token_type"]) == (120, 1800, "Bearer")
    assert answer.headers["cache-control"] == "no-store"
    assert 1000 < len(said["access_token"]) < 2048
    identity = claims(said["id_token"])
    assert (identity["aud"], identity["nonce"], identity["acr"]) == ("mon-lps", "nonce-1", "eidas1")
    assert identity["iss"] == f"{served.url}/auth/realms/esante-wallet"
    assert served.rules == []
    info = (await served.userinfo(said["access_token"])).json()
    assert info["sub"] == identity["sub"]
    assert info["SubjectNameID"] == f"8{person.rpps}"
    assert info["SubjectRole"] == [f"{person.profession}^1.2.250.1.213.1.1.5.5"]
    activity = info["SubjectRefPro"]["exercices"][0]["activities"][0]
    assert activity["numeroFinessSite"] == person.finess_eg


async def test_discovery_leads_to_paths_that_are_there(served: Psc) -> None:
    first, second = [(await served.http.get(path)).json() for path in names.DISCOVERY]
    assert first == second
    for name, link in first.items():
        if name.endswith("_endpoint") or name == "jwks_uri":
            assert (await served.http.get(link)).status_code != 404, name


async def test_the_pages_lead_to_the_code(served: Psc) -> None:
    person, asking = served.people[0], Asking()
    page = await served.ask(asking, recherche=person.rpps)
    assert page.status_code == 200
    assert person.family in page.text
    assert "Simulation" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["content-security-policy"].endswith("form-action 'self' http://127.0.0.1:3000")
    phone = await served.http.post(names.CHOOSE, params=asking.params, data={"rpps": person.rpps, "channel": "CARD"})
    assert "Valider la connexion" in phone.text
    form = {"rpps": person.rpps, "channel": "CARD"}
    done = await served.http.post(names.CONFIRM, params=asking.params, data=form | {"decision": "accept"})
    assert done.status_code == 303
    assert done.headers["location"].startswith(f"{BACK}?")
    back = told(done)
    assert (back["state"], back["iss"]) == ("etat-1", f"{served.url}/auth/realms/esante-wallet")
    tokens = (await served.exchanged(back["code"], asking)).json()
    assert (await served.userinfo(tokens["access_token"])).json()["authMode"] == "CARD"
    refused = await served.http.post(names.CONFIRM, params=asking.params, data=form | {"decision": "refuse"})
    assert told(refused)["error"] == "access_denied"


async def test_a_session_logs_in_again_without_a_page_until_it_ends(served: Psc) -> None:
    asking = Asking()
    assert (await served.ask(asking, login_hint=served.people[0].rpps, prompt="none")).status_code == 303
    again = await served.ask(asking)
    assert again.status_code == 303
    tokens = (await served.exchanged(told(again)["code"], asking)).json()
    assert (await served.ask(asking, prompt="login")).status_code == 200
    assert (await served.ask(asking, login_hint=served.people[1].rpps)).status_code == 200
    left = await served.http.get(
        names.LOGOUT, params={"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BACK, "state": "adieu"}
    )
    assert left.headers["location"] == f"{BACK}?state=adieu"
    assert (await served.userinfo(tokens["access_token"])).status_code == 401
    assert (await served.refreshed(tokens["refresh_token"])).json()["error"] == "invalid_grant"
    gone = await served.ask(asking, prompt="none")
    assert told(gone)["error"] == "login_required"


async def test_the_phone_validates_by_itself_where_the_workspace_says_so(served: Psc) -> None:
    await served.options(psc_login="auto")
    asking = Asking()
    phone = await served.http.post(names.CHOOSE, params=asking.params, data={"rpps": served.people[0].rpps})
    after, _, link = phone.headers["refresh"].partition("; url=")
    assert after == "1"
    assert "code" in told(await served.http.get(link))


async def test_at_once_where_the_workspace_says_so(served: Psc) -> None:
    await served.options(psc_login="at-once")
    answer = await served.ask(Asking(), login_hint=f"8{served.people[0].rpps}")
    assert "code" in told(answer)


async def test_without_scope_all_userinfo_says_little(served: Psc) -> None:
    asking = Asking(more={"scope": "openid"})
    tokens = (await served.exchanged(await served.code(asking), asking)).json()
    info = (await served.userinfo(tokens["access_token"])).json()
    assert "SubjectNameID" in info
    assert "SubjectRefPro" not in info


async def test_refreshing_rotates_and_lives_by_the_workspaces_clock(served: Psc) -> None:
    tokens = await served.tokens()
    await served.advance(90)
    assert (await served.userinfo(tokens["access_token"])).status_code == 200
    await served.advance(31)
    late = await served.userinfo(tokens["access_token"])
    assert late.status_code == 401
    assert 'error="invalid_token"' in late.headers["www-authenticate"]
    assert served.rules == ["psc.token.expired"]
    second = (await served.refreshed(tokens["refresh_token"])).json()
    assert second["refresh_token"] != tokens["refresh_token"]
    assert (await served.userinfo(second["access_token"])).status_code == 200
    await served.advance(1801)
    assert (await served.refreshed(second["refresh_token"])).json()["error"] == "invalid_grant"
    assert served.rules == ["psc.refresh.expired"]


async def test_a_session_ends_after_four_hours_however_it_is_refreshed(served: Psc) -> None:
    token = (await served.tokens())["refresh_token"]
    for _ in range(8):
        await served.advance(1700)
        token = (await served.refreshed(token)).json()["refresh_token"]
    await served.advance(1700)
    assert (await served.refreshed(token)).json()["error"] == "invalid_grant"


async def test_workspaces_share_nothing(served: Psc) -> None:
    await served.http.post("/_sandbox/workspaces", json={"name": "autre"})
    tokens = await served.tokens()
    other = {"authorization": f"Bearer {tokens['access_token']}"}
    assert (await served.http.get(f"/w/autre{names.USERINFO}", headers=other)).status_code == 401
    assert served.rules == ["psc.token.revoked"]
    issuer = (await served.http.get(f"/w/autre{names.DISCOVERY[0]}")).json()["issuer"]
    assert issuer == f"{served.url}/w/autre/auth/realms/esante-wallet"
    await served.http.post("/_sandbox/reset")
    assert (await served.userinfo(tokens["access_token"])).status_code == 401
    assert (await served.refreshed(tokens["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await served.http.get(f"/w/personne{names.TOKEN}")).status_code == 404
