"""Batch verification, decided: a line gets what it would get alone; states, limits, fingerprints; any body is read."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ins_sim.domain import rules_call
from ins_sim.domain.batch import Demand, DemandRequest, Outcome, State, check_demand, fingerprint, judge, strangers
from ins_sim.domain.decision import refusal
from ins_sim.domain.policy import BatchLimits, Policy
from ins_sim.domain.verification import Verified, check, check_claimed, decide, verify
from ins_sim.settings import MOST_LINES, InsSettings
from ins_sim.wire.batch import NAMESPACE, parse_demand, render
from ins_sim.wire.verification import REQUEST, parse
from socle.control.model import Person
from socle.control.population.published import published
from socle.rules import Strictness
from support.ins_verified import PATHS, claim, demand, unitary
from support.insi import People, envelope, message

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
OWNERS = [one.person for one in published() if one.person.ins is not None]


class Register(People):
    """Looked up by number too."""

    def person_by_ins(self, matricule: str) -> Person | None:
        return next((one for one in self.persons if one.ins is not None and one.ins.matricule == matricule), None)


REGISTER = Register(*OWNERS)
CLAIMS = st.builds(
    lambda someone, changes: claim(someone, **changes),
    st.sampled_from(OWNERS),
    st.dictionaries(
        st.sampled_from(sorted(PATHS)), st.sampled_from([None, "", "X", "É", "2009-02-30", "11", "F"]), max_size=3
    ),
)


def read(raw: bytes) -> DemandRequest:
    asked = parse_demand(envelope(raw), "n-1", NOON)
    assert asked is not None
    return asked


@given(st.lists(CLAIMS, min_size=1, max_size=4), st.sampled_from(Strictness))
def test_a_line_gets_what_it_would_get_alone(claims: list[dict[str, str | None]], strictness: Strictness) -> None:
    policy = Policy(strictness)
    made = judge(read(demand([(str(rank), one) for rank, one in enumerate(claims, 1)])), policy, REGISTER)
    alone = []
    for one in claims:
        asked = parse(envelope(unitary(one)))
        assert asked is not None
        alone.append((refusal(check(asked, policy), policy) or decide(asked, policy, REGISTER)).code)
    assert [outcome.code for outcome in made.outcomes or ()] == alone
    assert [outcome.rank for outcome in made.outcomes or ()] == list(range(1, len(claims) + 1))


@given(st.lists(CLAIMS, min_size=1, max_size=3), st.lists(CLAIMS, min_size=1, max_size=3), st.uuids())
def test_a_fingerprint_is_that_of_the_content(
    one: list[dict[str, str | None]], other: list[dict[str, str | None]], salt: object
) -> None:
    prints = []
    for claims in (one, list(one), other):
        asked = read(demand([(str(rank), each) for rank, each in enumerate(claims, 1)]))
        prints.append((fingerprint(asked, str(salt)), [line.claimed for line in asked.lines]))
    assert prints[0] == prints[1]
    assert (prints[0][0] == prints[2][0]) is (prints[0][1] == prints[2][1])
    assert fingerprint(asked, "another salt") != prints[2][0]


def kept(at: datetime, outcomes: list[Outcome] | None) -> Demand:
    return Demand("n", "r", "f", 1, NOON, NOON + timedelta(hours=1), outcomes, at)


@pytest.mark.parametrize(
    ("seconds", "forgotten", "state"),
    [
        (-1, False, State.PENDING),
        (0, False, State.READY),
        (3599, False, State.READY),
        (3600, False, State.EXPIRED),
        (0, True, State.EXPIRED),
    ],
)
def test_the_state_follows_the_clock(seconds: int, forgotten: bool, state: State) -> None:
    seen = kept(NOON + timedelta(seconds=seconds), None if forgotten else [Outcome(7, "socles_201", "a < b & c")])
    assert seen.state is state
    assert (b'<LIGNE Rang="7">' in render(seen)) is (state is State.READY)
    assert (b"a &lt; b &amp; c" in render(seen)) is (state is State.READY)


def test_options_go_before_settings_and_unreadable_ones_are_told() -> None:
    settings = InsSettings(batch_lines=10, batch_delay=5, batch_keep=20)

    def limits(**options: str) -> tuple[BatchLimits, list[str]]:
        policy = settings.policy({f"insi.batch.{name}": value for name, value in options.items()}, Strictness.OFFICIAL)
        assert all(finding.rule is rules_call.OPTION for finding in policy.misread)
        return policy.batch, [finding.found for finding in policy.misread]

    assert limits() == (BatchLimits(10, 5, 20), [])
    assert limits(lines="3", delay="0", keep="1") == (BatchLimits(3, 0, 1), [])
    told = limits(lines=str(MOST_LINES + 1), delay="-1", keep="0")
    assert told == (BatchLimits(10, 5, 20), ["-1", str(MOST_LINES + 1), "0"])
    assert limits(lines="1e2")[1] == ["1e2"]


NAMES = st.sampled_from(
    ["LIGNE", "IdDemande", "IndividuVerifie", "INSFourni", "TraitsIdentiteIndividu", "Autre"]
    + [name for path in PATHS.values() for name in path.split("/")[1:]]
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="<&>"), max_size=18)
TREES = st.recursive(
    st.tuples(NAMES, TEXTS).map(lambda one: f"<{one[0]}>{one[1]}</{one[0]}>"),
    lambda inner: st.tuples(NAMES, st.lists(inner, max_size=4)).map(
        lambda one: f"<{one[0]}>{''.join(one[1])}</{one[0]}>"
    ),
    max_leaves=15,
)


@given(TREES)
def test_whatever_the_body_holds_it_is_read_judged_and_never_verified(tree: str) -> None:
    single = parse(envelope(message(f'<IndividuVerifie xmlns="{REQUEST}">{tree}</IndividuVerifie>')))
    assert single is not None
    list(check_claimed(single.claimed))
    verified = verify(single.claimed, REGISTER)
    assert isinstance(verified, Verified)
    assert verified.code == "KO"
    asked = read(message(f'<CREERDEMANDE xmlns="{NAMESPACE}">{tree}<LIGNE Rang="1">{tree}</LIGNE></CREERDEMANDE>'))
    list(strangers(asked))
    if not refusal(check_demand(asked, Policy()), Policy()):
        assert all(one.code != "00" for one in judge(asked, Policy(), REGISTER).outcomes or ())
