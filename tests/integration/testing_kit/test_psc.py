"""Tokens of Pro Santé Connect for tests, without a browser."""

import httpx
import pytest

from socles.testing import Socles
from socles.testing.psc import Tokens

USERINFO = "/protocol/openid-connect/userinfo"


def asked(socles: Socles, tokens: Tokens) -> httpx.Response:
    headers = {"authorization": f"Bearer {tokens.access_token}"}
    return httpx.get(f"{socles.psc.issuer}{USERINFO}", headers=headers, trust_env=False)


def test_tokens_are_good_until_they_are_revoked(socles: Socles) -> None:
    tokens = socles.psc.tokens(lifetime=600)
    assert (tokens.issuer, tokens.expires_in) == (socles.psc.issuer, 600)
    assert asked(socles, tokens).json()["SubjectNameID"] == f"8{tokens.rpps}"
    socles.clock.advance(seconds=601)
    again = socles.psc.tokens(tokens.rpps)
    assert asked(socles, again).status_code == 200


@pytest.mark.socles(fail_on="never")
def test_wrong_ones_are_refused(socles: Socles) -> None:
    assert asked(socles, socles.psc.tokens(flaw="expired")).status_code == 401
    tokens = socles.psc.tokens()
    assert socles.psc.revoke(tokens.rpps) >= 1
    assert asked(socles, tokens).status_code == 401


@pytest.mark.socles(fail_on="never")
def test_a_registered_client_needs_its_secret(socles: Socles) -> None:
    socles.psc.register("lps", secret="un-secret", redirect_uris=["http://127.0.0.1:3000/retour"])
    form = {"grant_type": "refresh_token", "refresh_token": socles.psc.tokens(client_id="lps").refresh_token}
    link = f"{socles.psc.issuer}/protocol/openid-connect/token"
    wrong = httpx.post(link, data=form, auth=("lps", "faux"), trust_env=False)
    right = httpx.post(link, data=form, auth=("lps", "un-secret"), trust_env=False)
    assert (wrong.status_code, right.status_code) == (401, 200)
