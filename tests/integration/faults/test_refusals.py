"""Every refusal of the catalogue, provoked by rule and by magic value, and seen on the wire as its entry says."""

import time

import pytest

from socle.control.port import FaultEffect
from socle.faults.catalogue import CatalogueEntry
from support import fault_cases
from support.fault_calls import Seen
from support.fault_cases import CARD, SMTP, Caller, contradictions, operation_of, sound

REFUSALS = fault_cases.entries(FaultEffect.REFUSE)


@pytest.mark.parametrize("entry", REFUSALS, ids=lambda entry: entry.id)
def test_by_rule(caller: Caller, entry: CatalogueEntry) -> None:
    operation = operation_of(entry)
    rule = f"try.{entry.id}"
    caller.inject(fault=entry.id, id=rule, times=1)
    seen = caller.call(operation)
    check(caller, entry, seen, rule)
    again = caller.call(operation)
    assert sound(operation, again), again.text


@pytest.mark.parametrize("entry", REFUSALS, ids=lambda entry: entry.id)
def test_by_magic(caller: Caller, entry: CatalogueEntry) -> None:
    seen = caller.call(operation_of(entry), entry.id)
    check(caller, entry, seen, entry.id)


@pytest.mark.parametrize(
    "entry", [entry for entry in REFUSALS if CARD in entry.operations[1:]], ids=lambda entry: entry.id
)
def test_the_vitale_card_is_refused_alike(caller: Caller, entry: CatalogueEntry) -> None:
    """By its magic value, behind the birth name: a card is asked for without first names."""
    check(caller, entry, caller.call(CARD, entry.id), entry.id)


def check(caller: Caller, entry: CatalogueEntry, seen: Seen, rule: str) -> None:
    """What the client saw is what the entry says, and the journal names what was applied."""
    bounced = (entry.code or "").startswith("bounce")
    assert contradictions(entry, seen, report(caller) if bounced else "") == [], seen.text
    if entry.service == SMTP:
        ended = entry.code is not None and entry.code.startswith(("421", "socles:"))
        assert seen.dropped is ended, "421, and a refused token, end the connection"
    else:
        assert not seen.dropped
    assert journalled(caller, seen)["fault"] == rule


def report(caller: Caller) -> str:
    """The newest mail in the sender's box."""
    path = f"/_sandbox/mss_sim/boxes/{caller.sender}/messages"
    reference = caller.ask(path, limit=1)["messages"][0]["ref"]
    return caller.http.get(f"/_sandbox/mss_sim/messages/{reference}/raw").text


def journalled(caller: Caller, seen: Seen) -> dict[str, object]:
    """The exchange in the journal: by its link, or the newest, when the protocol gives none."""
    if seen.head:
        found = caller.ask(seen.exchange)
        assert isinstance(found, dict)
        return found
    for _ in range(100):
        items = caller.ask("/_sandbox/exchanges", limit=1, service=SMTP, fault="true")["items"]
        if items:
            newest = items[0]
            assert isinstance(newest, dict)
            return newest
        time.sleep(0.02)
    raise AssertionError("the journal has no exchange with a fault")
