"""May this account send as that address, and may that recipient be written to? Decisions, from facts passed in."""

from collections.abc import Callable
from dataclasses import dataclass

from mss_sim.domain import smtp_rules as rules
from mss_sim.domain.patients import citizen_ins, is_citizen
from socle.control.model import Box, Person
from socle.rules import Finding, Rule


@dataclass(frozen=True, slots=True)
class Recipient:
    """A recipient that was taken. With ``failure`` set the mail will come back to its sender as a report."""

    address: str
    citizen: bool
    notify: frozenset[str] = frozenset({"FAILURE"})
    orcpt: str | None = None
    failure: Rule | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Taken (``refusal`` None) or refused."""

    failure: Rule | None = None
    """Taken at RCPT, but it will bounce: how citizens' boxes refuse (domain/mssante.md §1.4)."""
    refusal: Finding | None = None


def decide_sender(address: str, account: str) -> Finding | None:
    """The null sender and the account's own box may send; anyone else is refused."""
    if address in ("", account):
        return None
    return rules.SENDER.finding(where="MAIL FROM", expected=account, found=address)


def decide_recipient(
    address: str, box: Box | None, person: Person | None, domain_known: Callable[[str], bool]
) -> Answer:
    """A professional's box answers at RCPT; a citizen's is always taken and may bounce.

    ``box`` and ``person`` are what the population holds for ``address``; ``domain_known`` tells the white list.
    """
    if is_citizen(address):
        return Answer(failure=_citizen_failure(address, box, person))
    if box is None:
        known = domain_known(address.rpartition("@")[2])
        rule = rules.UNKNOWN_RECIPIENT if known else rules.UNKNOWN_DOMAIN
        return Answer(refusal=rule.finding(where="RCPT TO", found=address))
    if box.state == "closed":
        return Answer(refusal=rules.CLOSED.finding(where="RCPT TO", found=address))
    if box.state == "full":
        return Answer(refusal=rules.FULL.finding(where="RCPT TO", found=address))
    return Answer()


def _citizen_failure(address: str, box: Box | None, person: Person | None) -> Rule | None:
    ins = citizen_ins(address)
    if box is None and (ins is None or not ins.key_is_valid):
        return rules.CITIZEN_INVALID
    state = box.state if box is not None else (person.citizen_mailbox if person is not None else "none")
    return {"open": None, "closed": rules.CITIZEN_CLOSED, "full": rules.CITIZEN_FULL}.get(state, rules.CITIZEN_UNKNOWN)
