"""Pro Santé Connect overloaded, cut and slow; and the wrong tokens of the catalogue, as a careful client sees them."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from psc_sim.domain import names
from psc_sim.domain.model import Flaw
from support import fault_psc
from support.fault_calls import Seen
from support.fault_cases import Caller, sound, taught
from support.fault_psc import TOKEN


@pytest.fixture(autouse=True)
def no_rules_left(caller: Caller) -> Iterator[None]:
    yield
    caller.http.delete("/_sandbox/faults").raise_for_status()


def called(caller: Caller, fault: str, *, magic: bool, **more: object) -> Seen:
    if magic:
        return caller.call(TOKEN, fault)
    caller.inject(fault=fault, id=f"try.{fault}", service="psc_sim", operation="token", times=1, **more)
    seen = caller.call(TOKEN)
    assert sound(TOKEN, caller.call(TOKEN)), "the service recovers"
    return seen


@pytest.mark.parametrize("magic", [False, True])
def test_overload_cuts_and_halves(caller: Caller, magic: bool) -> None:
    before = taught(caller, "psc_sim")
    busy = called(caller, "any.overload", magic=magic)
    assert taught(caller, "psc_sim", before + 1) == before + 1
    assert (busy.status, '"temporarily_unavailable"' in busy.text, busy.dropped) == (503, True, False)
    for fault in ("any.cut", "any.cut-after-commit"):
        cut = called(caller, fault, magic=magic)
        assert (cut.dropped, cut.head) == (True, "")
    half = called(caller, "any.cut-answer", magic=magic)
    assert (half.status, half.dropped, len(half.body) > 100) == (200, True, True)
    short = called(caller, "any.truncate", magic=magic)
    assert (short.status, short.dropped) == (200, False)
    with pytest.raises(json.JSONDecodeError):
        json.loads(short.body)


def test_slowness(caller: Caller) -> None:
    slow = called(caller, "any.latency", magic=False, latencyMs=200)
    assert slow.seconds >= 0.2
    dripping = called(caller, "any.drip", magic=False, bytesPerSecond=10_000)
    assert sound(TOKEN, dripping)
    assert dripping.seconds >= len(dripping.body) / 10_000 - 0.1


def test_a_refresh_that_was_cut_after_the_commit_is_a_reuse_when_it_is_sent_again(caller: Caller) -> None:
    """What a client must know: it may have to log in anew after a cut."""
    given = caller.http.post("/_sandbox/psc_sim/tokens", json={"clientId": "lps-coupe"}).json()
    form = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"], "client_id": "lps-coupe"}
    caller.inject(fault="any.cut-after-commit", id="coupe", service="psc_sim", operation="token", times=1)
    with pytest.raises(httpx.TransportError, match=r"disconnected|reset"):
        caller.http.post(names.TOKEN, data=form)
    again = caller.http.post(names.TOKEN, data=form)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_the_option_makes_such_names_ordinary_and_an_unknown_one_is_told(caller: Caller) -> None:
    made = {"name": "psc-sans-magie", "options": {"faults.magic": "off"}}
    caller.http.post("/_sandbox/workspaces", json=made).raise_for_status()
    url = f"{caller.sandbox.url}/w/psc-sans-magie"
    assert fault_psc.sound(TOKEN, fault_psc.call(url, TOKEN, "panne.psc-invalid-grant"))
    seen = fault_psc.call(caller.sandbox.url, TOKEN, "panne.psc-invalide-grant")
    assert fault_psc.sound(TOKEN, seen)
    told = [one for one in caller.ask(seen.exchange)["findings"] if one["rule"] == "fault.unknown-magic"]
    assert "psc.invalid-grant" in told[0]["expected"]


def problem(caller: Caller, token: str, audience: str) -> str:
    """Why a client that verifies everything refuses an ID token; empty: it does not."""
    keys = KeySet.import_key_set(caller.http.get(names.CERTS).json())
    header = json.loads(urlsafe_b64decode(token.partition(".")[0] + "=="))
    if header["alg"] != "RS256":
        return "alg"
    try:
        claims = jwt.decode(token, keys, algorithms=["RS256"]).claims
        expected = {
            "iss": {"essential": True, "value": caller.sandbox.url + names.REALM},
            "aud": {"essential": True, "value": audience},
            "nonce": {"essential": True, "value": "n-1"},
            "exp": {"essential": True},
        }
        jwt.JWTClaimsRegistry(**expected).validate(claims)  # type: ignore[arg-type]
    except (JoseError, ValueError) as error:
        return str(getattr(error, "claim", "") or type(error).__name__)
    return ""


WRONG = {
    Flaw.EXPIRED: "exp",
    Flaw.NOT_YET_VALID: "iat",
    Flaw.WRONG_SIGNATURE: "BadSignatureError",
    Flaw.UNKNOWN_KEY: "InvalidKeyIdError",
    Flaw.ALG_NONE: "alg",
    Flaw.WRONG_ISSUER: "iss",
    Flaw.WRONG_AUDIENCE: "aud",
    Flaw.WRONG_NONCE: "nonce",
    Flaw.REVOKED: "",
}


@pytest.mark.parametrize("flaw", Flaw)
def test_a_wrong_token_is_wrong_in_the_way_its_entry_says(caller: Caller, flaw: Flaw) -> None:
    client = f"panne.psc-token-{flaw.value}"
    asked: dict[str, Any] = {"clientId": client, "nonce": "n-1"}
    given = caller.http.post("/_sandbox/psc_sim/tokens", json=asked).json()
    assert problem(caller, given["id_token"], client) == ""
    form = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"], "client_id": client}
    tokens = caller.http.post(names.TOKEN, data=form).json()
    found = problem(caller, tokens["id_token"], client)
    assert found == WRONG[flaw]
    if flaw is Flaw.REVOKED:
        bearer = {"authorization": f"Bearer {tokens['access_token']}"}
        assert caller.http.get(names.USERINFO, headers=bearer).status_code == 401
