"""How old an assertion may be, by the workspace's clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from socle.assertions import rules
from socle.assertions.policy import Policy
from socle.rules import Finding


@dataclass(frozen=True, slots=True)
class Instants:
    """As they stand in the message; absent ones are empty."""

    issued: str = ""
    not_before: str = ""
    not_on_or_after: str = ""


def check_instants(instants: Instants, now: datetime, policy: Policy, *, vitale: bool = False) -> Iterator[Finding]:
    """``now`` is aware. One finding for each thing that is wrong with the instants."""
    issued = instant(instants.issued)
    if issued is None:
        yield rules.INSTANT.finding(where="//Assertion/@IssueInstant", found=instants.issued[:60] or "(absent)")
    elif issued > now + policy.skew:
        yield rules.FUTURE.finding(
            where="//Assertion/@IssueInstant", expected=f"≤ {_said(now + policy.skew)}", found=instants.issued
        )
    elif (lifetime := policy.vitale if vitale else policy.lifetime) and now - issued >= lifetime:
        rule = rules.STALE_VITALE if vitale else rules.STALE
        oldest = f"> {_said(now - lifetime)}"
        yield rule.finding(where="//Assertion/@IssueInstant", expected=oldest, found=instants.issued)
    yield from _conditions(instants, now, policy.skew)


def instant(text: str) -> datetime | None:
    """An ``xs:dateTime``; without a zone it is UTC. None when it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if "T" not in text:
        return None
    try:
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except OverflowError:
        return None


def _conditions(instants: Instants, now: datetime, skew: timedelta) -> Iterator[Finding]:
    for name, said in (("NotBefore", instants.not_before), ("NotOnOrAfter", instants.not_on_or_after)):
        if not said:
            continue
        limit = instant(said)
        wrong = limit is None or (now + skew < limit if name == "NotBefore" else now >= limit)
        if wrong:
            yield rules.CONDITIONS.finding(
                where=f"//Assertion/Conditions/@{name}", expected=f"maintenant : {_said(now)}", found=said[:60]
            )


def _said(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
