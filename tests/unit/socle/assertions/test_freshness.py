"""How old an assertion may be, by the clock it is given."""

from datetime import timedelta

import pytest

from socle.assertions.freshness import Instants, check_instants
from socle.assertions.policy import AssertionSettings, Mode, Policy
from support.signed import NOW

HOUR = timedelta(hours=1)
POLICY = Policy(Mode.STRICT)


def told(instants: Instants, policy: Policy = POLICY, *, vitale: bool = False) -> list[str]:
    return [finding.rule.id for finding in check_instants(instants, NOW, policy, vitale=vitale)]


@pytest.mark.parametrize(
    ("issued", "rules"),
    [
        ("2026-11-30T12:00:00Z", []),
        ("2026-11-30T13:00:00+01:00", []),
        ("2026-11-30T12:00:00", []),
        ("2026-11-30T11:00:00.001Z", []),
        ("2026-11-30T11:00:00Z", ["assertion.stale"]),
        ("2026-11-30T12:05:00Z", []),
        ("2026-11-30T12:05:01Z", ["assertion.future"]),
        ("", ["assertion.instant"]),
        ("2026-11-30", ["assertion.instant"]),
        ("hier", ["assertion.instant"]),
        ("0001-01-01T00:00:00+14:00", ["assertion.instant"]),
    ],
)
def test_an_assertion_lives_for_an_hour(issued: str, rules: list[str]) -> None:
    assert told(Instants(issued)) == rules


def test_a_vitale_assertion_lives_for_twenty_minutes() -> None:
    assert told(Instants("2026-11-30T11:40:01Z"), vitale=True) == []
    assert told(Instants("2026-11-30T11:40:00Z"), vitale=True) == ["assertion.stale-vitale"]


def test_conditions_are_kept_to_the_second() -> None:
    now = "2026-11-30T12:00:00Z"
    assert told(Instants(now, "2026-11-30T12:05:00Z", "2026-11-30T12:00:01Z")) == []
    assert told(Instants(now, "2026-11-30T12:05:01Z")) == ["assertion.conditions"]
    assert told(Instants(now, "", now)) == ["assertion.conditions"]
    assert told(Instants(now, "jamais")) == ["assertion.conditions"]


def test_a_workspace_says_how_strictly_and_how_long() -> None:
    settings = AssertionSettings()
    assert settings.policy({}) == Policy()
    options = {"assertions": "strict", "assertions.lifetime": "7200", "assertions.lifetime-vitale": "60"}
    assert settings.policy(options) == Policy(Mode.STRICT, 2 * HOUR, timedelta(minutes=1))
    assert settings.policy({"assertions": "warn", "assertions.skew": "0"}) == Policy(Mode.WARN, skew=timedelta())
    assert settings.policy({"assertions": "dur", "assertions.lifetime": "une heure"}) == Policy()
    assert AssertionSettings(mode=Mode.WARN).policy({"assertions": "dur"}).mode is Mode.WARN


def test_a_lifetime_of_zero_is_not_checked() -> None:
    policy = AssertionSettings().policy({"assertions.lifetime": "0"})
    assert told(Instants("2001-01-01T00:00:00Z"), policy) == []
