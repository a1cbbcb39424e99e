"""Options of a workspace that would have no effect are found when they are set."""

import pytest

from ins_sim.settings import InsSettings
from mss_sim.domain import access
from psc_sim.settings import PscSettings
from socle.assertions.policy import AssertionSettings, Mode
from socle.control.options import wrong
from socle.faults import magic
from socle.rules import Strictness
from socle.soap import answer

READ = (InsSettings, PscSettings, AssertionSettings, access, magic, answer)
"""What names the options, on import."""


@pytest.mark.parametrize(
    "options",
    [
        {"assertions": "strict", "assertions.lots": "", "assertions.lifetime": "0"},
        {"insi.dialect": "a", "insi.unknown": "INSI_102", "insi.batch.delay": "0", "insi.idam": "X, Y"},
        {"psc.login": "at-once", "psc.access-seconds": "604800"},
        {"mss.xoauth2": "token", "faults.magic": "off", "soap.multipart": "on"},
        {"a": "b", "another.process": "may know it"},
    ],
)
def test_what_can_be_read_passes(options: dict[str, str]) -> None:
    assert wrong(options) == []


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("assertions.lots", "strcit", "admis : off, warn, strict"),
        ("assertions.lifetime", "1h", "admis : 0 à 999999999"),
        ("insi.behaviour", "exam", "admis : test-book, qualification-2026"),
        ("insi.batch.lines", "5001", "admis : 1 à 5000"),
        ("psc.refresh-seconds", "0", "admis : 1 à 604800"),
        ("psc.pkce", "yes", "admis : optional, required"),
        ("faults.magic", "no", "admis : on, off"),
    ],
)
def test_what_cannot_is_told_with_what_is_allowed(name: str, value: str, allowed: str) -> None:
    (one,) = wrong({name: value})
    assert (one.name, one.message_fr) == (name, f"« {value} » n'est pas admis ; {allowed}")
    assert one.message.startswith(f"'{value}' is not allowed; allowed: ")


def test_a_misspelt_name_is_told_with_the_right_one() -> None:
    (one,) = wrong({"assertions.lot": "strict"})
    assert one.message_fr == "option inconnue ; peut-être assertions.lots"
    assert one.message == "unknown option; perhaps assertions.lots"


def test_what_is_admitted_is_what_is_read() -> None:
    policy = AssertionSettings().policy({"assertions.lots": "warn", "assertions.skew": "7"})
    assert (policy.lots, policy.skew.total_seconds()) == (Mode.WARN, 7)
    assert PscSettings().policy({"psc.access-seconds": "604800"}).lifetimes.access.total_seconds() == 604_800
    assert InsSettings().policy({"insi.batch.lines": "5000"}, Strictness.OFFICIAL).batch.lines == 5000
