"""Groups, whatever members come, go, ask and fall silent: no partition has two readers, and none stays without."""

from hypothesis import given
from hypothesis import strategies as st

from socle.bus.groups import Group
from socle.bus.port import TopicPartition

LOGS = [TopicPartition("t", n) for n in range(6)]
STEPS = st.lists(
    st.tuples(st.sampled_from(["join", "leave", "poll", "poll", "poll", "sleep"]), st.integers(0, 5)), max_size=60
)


@given(STEPS)
def test_partitions_are_shared_and_none_is_lost(steps: list[tuple[str, int]]) -> None:
    changes = 0

    def changed() -> None:
        nonlocal changes
        changes += 1

    group = Group(changed, session=10)
    now = 0.0
    holds: dict[int, dict[TopicPartition, int]] = {}
    polled: dict[int, float] = {}
    for step, number in steps:
        now += 1
        if step == "join":
            member = group.join(LOGS, now)
            holds[member], polled[member] = {}, now
        elif step == "sleep":
            now += number * 3
        elif holds:
            member = sorted(holds)[number % len(holds)]
            if step == "leave":
                group.leave(member)
                del holds[member], polled[member]
            else:
                holds[member], polled[member] = group.poll(member, now), now
        alive = [member for member in holds if now - polled[member] <= 10]
        held = [log for member in alive for log in holds[member]]
        assert len(held) == len(set(held))
    for _ in range(3):
        now += 1
        for member in holds:
            holds[member] = group.poll(member, now)
    if holds:
        shares = [len(mine) for mine in holds.values()]
        assert sorted(log for mine in holds.values() for log in mine) == LOGS
        assert max(shares) - min(shares) <= 1
        before = changes
        for member in holds:
            group.poll(member, now)
        assert changes == before


def test_a_member_reads_only_what_it_asked_for() -> None:
    group = Group(lambda: None, session=10)
    first = group.join(LOGS[:3], 0)
    second = group.join(LOGS[3:], 0)
    assert sorted(group.poll(first, 1)) == LOGS[:3]
    assert sorted(group.poll(second, 1)) == LOGS[3:]
