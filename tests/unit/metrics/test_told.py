"""What batches tell: remembered for clients that come back, carried between processes, summed up for the page."""

import json
from collections import Counter

import pytest

from metrics.batch import Applied, Batch
from metrics.changes import Changes
from metrics.pulse import Pulse
from metrics.told import Told, decode, encode, told_of

SCOPE = ("default", 1)
CELL = ("DMP-VOL", ("010000024", ""))


def told(*scopes: tuple[str, int]) -> Told:
    return Told(0, dict.fromkeys(scopes or (SCOPE,), (CELL,)), ages={10: 1})


def numbers(changes: Changes, event_id: str | None) -> list[int] | None:
    found = changes.after(event_id, SCOPE)
    return None if found is None else [change.number for change in found]


def test_a_client_that_comes_back_gets_what_it_missed_or_anew() -> None:
    changes = Changes(kept=3)
    assert numbers(changes, None) is None
    assert numbers(changes, changes.id_of(0, SCOPE)) == []
    for _ in range(5):
        changes.publish(told())
    assert numbers(changes, changes.id_of(2, SCOPE)) == [3, 4, 5]
    assert numbers(changes, changes.id_of(3, SCOPE)) == [4, 5]
    assert numbers(changes, changes.now(SCOPE)) == []
    assert numbers(changes, changes.id_of(1, SCOPE)) is None, "too long ago"
    assert numbers(changes, changes.id_of(6, SCOPE)) is None, "never given"
    assert numbers(changes, "another-1-2") is None
    assert numbers(changes, "nonsense") is None


def test_a_client_from_before_a_reset_needs_a_snapshot_at_once() -> None:
    changes = Changes(kept=3)
    changes.publish(told())
    before = changes.now(SCOPE)
    assert changes.after(before, ("default", 2)) is None


def test_a_client_of_another_process_or_from_before_a_gap_needs_a_snapshot() -> None:
    changes, other = Changes(kept=3), Changes(kept=3)
    assert changes.after(other.now(SCOPE), SCOPE) is None
    before = changes.now(SCOPE)
    with changes.listening() as news:
        changes.forget()
        assert news.is_set()
    assert changes.after(before, SCOPE) is None
    assert changes.after(changes.now(SCOPE), SCOPE) == []


def test_each_scope_gets_its_own_changes() -> None:
    changes = Changes(kept=10)
    start = changes.now(SCOPE)
    changes.publish(told(("other", 1)))
    changes.publish(told())
    assert numbers(changes, start) == [2]


@pytest.mark.parametrize("cells", [0, 1, 90, 499])
def test_a_large_batch_is_told_in_several_notifications(cells: int) -> None:
    listed = tuple((f"INDICATOR-{n:04d}", (f"{n:09d}", "")) for n in range(cells))
    acts = {f"workspace-{n}": n + 1 for n in range(300)}
    whole = Told(1000, {SCOPE: listed, ("ws é", 7): (CELL,)} if cells else {}, acts, dict.fromkeys(range(40), 2))
    texts = list(encode(whole))
    assert all(len(text.encode()) < 8000 for text in texts)
    parts = [decode(text) for text in texts]
    together: dict[tuple[str, int], list[object]] = {}
    for part in parts:
        assert part.at == 1000
        for scope, found in part.cells.items():
            together.setdefault(scope, []).extend(found)
    assert {scope: tuple(found) for scope, found in together.items()} == whole.cells
    assert sum((Counter(part.acts) for part in parts), Counter()) == acts
    assert sum((Counter(part.ages) for part in parts), Counter()) == whole.ages


def test_more_than_can_be_listed_is_told_as_anything() -> None:
    applied = Applied({SCOPE: {(f"I{n}", ("", "")) for n in range(501)}})
    large = told_of(Batch({}, []), applied, 1)
    assert large.cells == {SCOPE: ()}
    (text,) = encode(large)
    assert decode(text).cells == {SCOPE: ()}


def test_a_name_too_long_for_a_notification_stops_nothing() -> None:
    (text,) = encode(Told(1, {SCOPE: (("DMP-VOL", ("9" * 9000, "")),)}, {"w" * 9000: 1}))
    assert decode(text) == Told(1, {SCOPE: ()})


@pytest.mark.parametrize("text", ["", "{}", "[1]", "[1, [[]]]", json.dumps(["x", []]), json.dumps([1, [["c"]]])])
def test_what_is_no_notification_of_ours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no notification"):
        decode(text)


def test_freshness_is_that_of_the_last_events_however_they_were_batched() -> None:
    pulse = Pulse()
    assert pulse.freshness() == {"p50Ms": None, "p99Ms": None}
    pulse.hear(Told(0, ages={100: 98, 400: 1, 900: 1}), now_ms=5)
    assert pulse.freshness() == {"p50Ms": 105, "p99Ms": 905}
    pulse.hear(Told(0, ages={10: 2000}), now_ms=0)
    assert pulse.freshness() == {"p50Ms": 10, "p99Ms": 10}


def test_acts_are_told_for_each_workspace() -> None:
    pulse = Pulse()
    pulse.hear(Told(0, acts={"default": 30, "other": 5}), now_ms=0)
    assert (pulse.acts_per_second("default"), pulse.acts_per_second("other")) == (3.0, 0.5)
    assert pulse.acts_per_second("nobody") == 0
