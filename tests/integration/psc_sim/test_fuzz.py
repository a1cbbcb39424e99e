"""Whatever is sent to the provider: an OAuth error or a page, no failure of ours, no redirection elsewhere."""

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from urllib.parse import quote_plus, urlencode

import pytest

from psc_sim.domain import names
from socle.exchange import Outcome
from support.psc_served import BACK, Asking, Psc, psc

POSTS = (
    names.TOKEN,
    names.INTROSPECT,
    names.REVOKE,
    names.CIBA,
    names.LOGOUT,
    names.USERINFO,
    names.CHOOSE,
    names.CONFIRM,
)
KEYS = (
    "grant_type", "code", "redirect_uri", "code_verifier", "client_id", "client_secret", "refresh_token", "token",
    "auth_req_id", "scope", "login_hint", "acr_values", "binding_message", "channel", "rpps", "decision",
    "id_token_hint",
    "state", "nonce", "prompt", "response_mode", "response_type", "code_challenge", "code_challenge_method",
    "post_logout_redirect_uri", "access_token", "recherche",
)  # fmt: skip
ODD = (
    "", " ", "\0", "é", "💥", "%", "a" * 17_000, "'; DROP TABLE code; --", "\ud800", "../..", "<script>",
    "\r\nX-Y: z", "-1", "9" * 400,
    "openid", "none", "code", "javascript:alert(1)", "https://[::1", "https://a.example:99999/",
    "eyJhbGciOiJSUzI1NiJ9.e30.AA", "..",
    names.CIBA_GRANT, "authorization_code", "refresh_token", "plain", "S256", "fragment", "8" * 12,
)  # fmt: skip
CREDENTIALS = ("", "Basic !!", "Basic YTpi", "Basic w6k6w6k=", "Bearer x", "Bearer é")
ROUNDS = 400


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Psc]:
    async with psc(tmp_path) as running:
        yield running


def mutated(random: Random, right: dict[str, str]) -> bytes:
    """A form or a query: some of what is right, some of what is odd, in any encoding."""
    said = {name: value for name, value in right.items() if random.random() < 0.8}
    for _ in range(random.randrange(4)):
        said[random.choice(KEYS)] = random.choice(ODD)
    text = urlencode(said, errors="surrogatepass").encode()
    if random.random() < 0.2:
        text += b"&" + quote_plus(random.choice(KEYS)).encode() + b"=" + random.choice((b"%ff", b"%00", b"%", b"\xff"))
    return text


async def test_no_request_makes_it_fail(served: Psc) -> None:
    random, tokens, asking = Random(7), await served.tokens(), Asking()
    person = served.people[0].rpps
    right = asking.params | {
        "grant_type": "authorization_code",
        "code_verifier": asking.verifier,
        "client_secret": "secret",
        "token": tokens["access_token"],
        "refresh_token": tokens["refresh_token"],
        "login_hint": person,
        "rpps": person,
    }
    seen = set()
    for _ in range(ROUNDS):
        path, text = random.choice((*POSTS, *names.AUTHORIZE)), mutated(random, right)
        kind = random.choice(
            ("application/x-www-form-urlencoded", "application/x-www-form-urlencoded", "text/plain", "")
        )
        headers = {"content-type": kind, "cookie": random.choice(("", "socles_psc=x", "socles_psc=" + "é"))}
        headers["authorization"] = random.choice(
            ("", "Basic !!", "Basic YTpi", "Basic w6k6w6k=", "Bearer x", "Bearer é")
        )
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        if random.random() < 0.4:
            safe = text.replace(b"\xff", b"%ff").decode("ascii")
            answer = await served.http.get(f"{path}?{safe}", headers=raw)
        else:
            answer = await served.http.post(path, content=text, headers=raw)
        assert answer.status_code < 500, (path, text, answer.text)
        assert served.last.outcome is not Outcome.ERROR
        seen.add((path, answer.status_code))
        place = answer.headers.get("location", BACK)
        assert place.startswith((BACK, "https://a.example:99999/")), (path, text, place)
    assert len(seen) > 25
