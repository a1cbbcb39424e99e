"""What is no refusal: overload, cuts, slowness, old data; by rule and by magic value, over each service."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from lxml import etree

from socle.control.port import FaultEffect
from socle.faults.catalogue import CATALOGUE
from support import fault_calls
from support.fault_calls import Seen
from support.fault_cases import DEPOSIT, MAIL, QUERY, RETRIEVE, SEARCH, Caller, sound, taught

ACTS = [SEARCH, DEPOSIT, MAIL]
SERVICE = {SEARCH: "ins_sim", DEPOSIT: "dmp_sim", QUERY: "dmp_sim", RETRIEVE: "dmp_sim", MAIL: "mss_sim"}
BUSY = {SEARCH: (500, 'code="desir_1020"'), DEPOSIT: (200, 'errorCode="XDSRepositoryBusy"'), MAIL: (0, "451 4.3.2")}


@pytest.fixture(autouse=True)
def no_rules_left(caller: Caller) -> Iterator[None]:
    yield
    caller.http.delete("/_sandbox/faults").raise_for_status()


def by_rule(caller: Caller, fault: str, act: str, **more: object) -> Seen:
    """The act under a rule that fires once; the next act is sound again."""
    caller.inject(fault=fault, id=f"try.{fault}", service=SERVICE[act], times=1, **more)
    seen = caller.call(act)
    assert sound(act, caller.call(act)), "the service recovers"
    return seen


def last(seen: Seen) -> str:
    return seen.replies[-1][1]


@pytest.mark.parametrize("magic", [False, True])
@pytest.mark.parametrize("act", ACTS)
def test_overload(caller: Caller, act: str, magic: bool) -> None:
    before = taught(caller, SERVICE[act])
    seen = caller.call(act, "any.overload") if magic else by_rule(caller, "any.overload", act)
    status, words = BUSY[act]
    assert (seen.status, seen.dropped) == (status, False)
    assert words in seen.text
    assert taught(caller, SERVICE[act], before + 1) == before + 1


@pytest.mark.parametrize("magic", [False, True])
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(("fault", "done"), [("any.cut", 0), ("any.cut-after-commit", 1)])
def test_cut(caller: Caller, act: str, fault: str, done: int, magic: bool) -> None:
    before = acts_done(caller, act)
    seen = caller.call(act, fault) if magic else by_rule(caller, fault, act)
    assert seen.dropped
    assert seen.head == ""
    assert not any(reply.startswith("250 2.0.0 Accepted") for _, reply in seen.replies)
    assert acts_done(caller, act) - before == done + (not magic)


@pytest.mark.parametrize("magic", [False, True])
def test_cut_at_starttls(caller: Caller, magic: bool) -> None:
    if not magic:
        caller.inject(fault="mss.tls-cut", id="try.tls-cut", times=1)
    seen = caller.call("STARTTLS", "mss.tls-cut" if magic else None)
    assert seen.dropped
    assert [command for command, _ in seen.replies] == ["CONNECT", "EHLO"]
    assert sound(MAIL, caller.call(MAIL))


def test_every_effect_has_its_entry_tried_here() -> None:
    """What ``test_refusals`` does not try is named in this file."""
    others = [entry.id for entry in CATALOGUE if entry.effect is not FaultEffect.REFUSE]
    said = Path(__file__).read_text("utf-8")
    assert [one for one in others if f'"{one}"' not in said and f"{one}]" not in said] == []


def acts_done(caller: Caller, act: str) -> int:
    """How many acts the service has told of in all."""
    types = {SEARCH: "insi.call.completed", DEPOSIT: "dmp.document.registered", MAIL: "mss.message.accepted"}
    events = caller.ask(f"/_sandbox/{SERVICE[act]}/events", type=types[act], limit=1000)["items"]
    return len(events)


@pytest.mark.parametrize("magic", [False, True])
@pytest.mark.parametrize("act", [*ACTS, RETRIEVE])
def test_cut_in_the_middle(caller: Caller, act: str, magic: bool) -> None:
    seen = caller.call(act, "any.cut-answer") if magic else by_rule(caller, "any.cut-answer", act)
    assert seen.dropped
    if act == MAIL:
        assert "250 2.0.0 Accepted as ".startswith(last(seen)[:22])
        assert 20 < len(last(seen)) < 40, "half of the reply line"
    else:
        assert seen.status == 200
        assert len(seen.body) > 100


@pytest.mark.parametrize("magic", [False, True])
@pytest.mark.parametrize(("act", "fault"), [(SEARCH, "any"), (DEPOSIT, "any"), (RETRIEVE, "any"), (RETRIEVE, "dmp")])
def test_truncated_in_well_formed_http(caller: Caller, act: str, fault: str, magic: bool) -> None:
    name = {"any": "any.truncate", "dmp": "dmp.mtom-truncated"}[fault]
    seen = caller.call(act, name) if magic else by_rule(caller, name, act)
    assert (seen.status, seen.dropped) == (200, False), "Content-Length tells what was sent"
    if act == SEARCH:
        with pytest.raises(etree.XMLSyntaxError):
            etree.fromstring(seen.body)
    else:
        assert b"multipart/related" in seen.head.encode()
        assert not seen.body.rstrip().endswith(b"--"), "no closing boundary"
    if name == "dmp.mtom-truncated":
        whole = caller.call(act)
        assert len(seen.body) == pytest.approx(0.9 * len(whole.body), abs=50)


def test_truncated_over_smtp(caller: Caller) -> None:
    seen = by_rule(caller, "any.truncate", MAIL, seconds=0.3)
    assert seen.dropped
    assert last(seen).startswith("250 2.0.0 Accepted"), "the line came, its end did not"
    assert seen.seconds >= 0.3


@pytest.mark.parametrize(("act", "speed"), [(SEARCH, 2_000), (DEPOSIT, 3_000), (MAIL, 200)])
def test_drop_by_drop(caller: Caller, act: str, speed: int) -> None:
    seen = by_rule(caller, "any.drip", act, bytesPerSecond=speed)
    assert sound(act, seen)
    size = len(seen.body) if seen.body else len(last(seen))
    assert seen.seconds >= size / speed - 0.1, "drops leave ten times a second, the first at once"


@pytest.mark.parametrize("fault", ["any.latency", "any.silence"])
@pytest.mark.parametrize("act", ACTS)
def test_late(caller: Caller, act: str, fault: str) -> None:
    seen = by_rule(caller, fault, act, latencyMs=200)
    assert sound(act, seen)
    assert seen.seconds >= 0.2


def test_slow_by_magic(caller: Caller) -> None:
    """All at once: each takes as long as the catalogue says."""

    def called(act: str, fault: str, patience: float) -> tuple[str, str, Seen]:
        return act, fault, caller.call(act, fault, patience=patience)

    wanted = [(act, fault, 20.0) for act in ACTS for fault in ("any.latency", "any.drip")]
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda one: called(*one), [*wanted, (MAIL, "any.truncate", 20.0)]))
    for act, fault, one in seen:
        if fault == "any.truncate":
            assert one.dropped
            assert one.seconds >= 3
        else:
            assert sound(act, one) or act == SEARCH, one.text  # nobody is called PANNE
            size = len(one.body) if one.body else len(last(one))
            assert one.seconds >= (3 if fault == "any.latency" else 0.8 * size / 512)


@pytest.mark.parametrize("act", ACTS)
def test_silence_by_magic(caller: Caller, act: str) -> None:
    before = acts_done(caller, act)
    seen = caller.call(act, "any.silence", patience=0.5)
    assert seen.dropped
    assert seen.head == ""
    assert acts_done(caller, act) == before + 1, "done, and not told"


@pytest.mark.parametrize("magic", [False, True])
@pytest.mark.parametrize("act", [QUERY, RETRIEVE])
def test_stale(caller: Caller, act: str, magic: bool) -> None:
    unique_id = f"1.2.250.1.999.9.{ACTS_OF_STALE[act] + magic}"
    fault_calls.put(caller.sandbox.url, unique_id)
    url, text = caller.sandbox.url, "[socles:dmp.stale-read]" if magic else "DOCTEUR ESSAI"
    if not magic:
        caller.inject(fault="dmp.stale-read", id="try.stale", times=1)
    read = fault_calls.find if act == QUERY else fault_calls.get
    known = {} if act == QUERY else {"unique_id": unique_id}
    stale, fresh = read(url, text, **known), read(url, **known)
    shown = unique_id if act == QUERY else f"<ns2:DocumentUniqueId>{unique_id}<"
    assert (shown in stale.text, shown in fresh.text) == (False, True)


ACTS_OF_STALE = {QUERY: 1, RETRIEVE: 3}


@pytest.mark.parametrize("act", ACTS)
def test_delayed_event(caller: Caller, act: str) -> None:
    caller.inject(fault="any.delay-event", id="try.delay", service=SERVICE[act], times=1, seconds=1.0)
    began = time.monotonic()
    assert sound(act, caller.call(act))
    newest = caller.ask("/_sandbox/exchanges", limit=1, service=SERVICE[act])["items"][0]["id"]

    def numbered() -> bool:
        items = caller.ask(f"/_sandbox/{SERVICE[act]}/events", exchange=newest)["items"]
        return bool(items) and all(item["sequence"] is not None for item in items)

    while not numbered():
        assert time.monotonic() - began < 30
        time.sleep(0.05)
    assert time.monotonic() - began >= 1.0
