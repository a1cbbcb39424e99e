"""Redirect URIs, PKCE, policies and claims, without any I/O."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psc_sim.domain import claims, clients, pkce
from psc_sim.domain.model import Grant, Login
from psc_sim.settings import PscSettings
from psc_sim.wire import redaction
from psc_sim.wire.reply import error_reply, redirect
from socle.control.model import Establishment, EstablishmentKind, Professional

GRANT = Grant("f", "s", "lps", "99900000016", "openid scope_all", None, datetime(2026, 3, 1, tzinfo=UTC), "MOBILE")
SITE = Establishment("750000001", "750000010", "CH", EstablishmentKind.SANITARY, "355", "12345678900011")
DOCTOR = Professional("99900000016", "MARTIN", "ZOE", "10", "SM26", "750000001")


@pytest.mark.parametrize(
    "uri",
    ["http://127.0.0.1:3000/retour", "https://lps.example", "https://lps.example/a?b=c&d=e", "http://[::1]:8080/x"],
)
def test_addresses_to_come_back_to(uri: str) -> None:
    assert clients.is_web(uri)
    assert clients.may_be_registered(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "https://",
        "/retour",
        "https://a b/",
        "https://a/#x",
        "https://u:p@a/",
        "https://a/\n",
        "HTTPS://a\\@b/",
        "a:b",
    ],
)
def test_addresses_that_are_none(uri: str) -> None:
    assert not clients.is_web(uri)


def test_schemes_of_applications_may_be_registered_but_none_that_runs_or_reads() -> None:
    assert clients.may_be_registered("fr.editeur.lps:/retour")
    assert clients.origin("fr.editeur.lps:/retour") == "fr.editeur.lps:"
    for uri in ("javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http:x"):
        assert not clients.may_be_registered(uri), uri


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_what_is_taken_can_stand_in_a_policy(uri: str) -> None:
    for address in (uri, f"https://{uri}", f"app:{uri}"):
        if clients.may_be_registered(address):
            assert not set(clients.origin(address)) & set(" ;,'\"\t\r\n")


@given(st.text(alphabet="abcXYZ019-._~", min_size=43, max_size=128))
def test_a_verifier_fits_its_own_challenge_only(verifier: str) -> None:
    assert pkce.fits(pkce.hashed(verifier), "S256", verifier)
    assert not pkce.fits(pkce.hashed(verifier), "S256", verifier[:-1] + ("a" if verifier[-1] != "a" else "b"))
    assert pkce.fits(verifier, "plain", verifier)
    assert not pkce.fits(pkce.hashed(verifier), "S256", None)
    assert not pkce.fits(None, None, verifier)


def test_the_published_example_of_rfc_7636() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert pkce.hashed(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_workspaces_options_go_before_the_settings_and_nonsense_is_passed_over() -> None:
    policy = PscSettings().policy({"psc.login": "at-once", "psc.access-seconds": "7", "psc.refresh-seconds": "demain"})
    assert policy.login is Login.AT_ONCE
    assert policy.lifetimes.access.total_seconds() == 7
    assert policy.lifetimes.refresh.total_seconds() == 1800
    assert PscSettings().policy({"psc.login": "?"}).login is Login.PAGE
    assert PscSettings().policy({"psc.access-seconds": "0"}).lifetimes.access.total_seconds() == 120


def test_userinfo_names_the_professional_as_the_field_does() -> None:
    said = claims.userinfo(GRANT, DOCTOR, SITE)
    assert said["SubjectNameID"] == said["preferred_username"] == "899900000016"
    assert said["SubjectRole"] == ["10^1.2.250.1.213.1.1.5.5"]
    assert said["SubjectRefPro"]["exercices"][0]["codeSavoirFaire"] == "SM26"
    assert said["SubjectRefPro"]["exercices"][0]["activities"][0]["numeroSirenSite"] == "123456789"
    homeless = claims.userinfo(GRANT, DOCTOR, None)
    assert homeless["SubjectRefPro"]["exercices"][0]["activities"] == []


def test_what_the_journal_keeps() -> None:
    assert redaction.cut("abc") == "…"
    assert redaction.pairs([("code", "c" * 40), ("state", "é")]) == "code=cccccccc…&state=%C3%A9"
    assert redaction.location("http://a/b?code=" + "c" * 40 + "&x=1") == "http://a/b?code=cccccccc…&x=1"
    assert redaction.headers([("Authorization", "Bearer " + "t" * 40), ("Host", "a")]) == [
        ("Authorization", "Bearer tttttttt…"),
        ("Host", "a"),
    ]


def test_answers() -> None:
    kept = redirect("http://a/b?x=1", {"code": "c", "state": None})
    assert dict(kept.headers)["location"] == "http://a/b?x=1&code=c"
    assert dict(redirect("http://a/b", {"code": "c"}, fragment=True).headers)["location"] == "http://a/b#code=c"
    odd = error_reply("invalid_token", 'say "no"\r\nX: y')
    assert odd.status == 401
    assert "\n" not in dict(odd.headers)["www-authenticate"]
