"""Every entry of the catalogue as something to do: how a client provokes it, and what it must then see."""

import itertools
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import httpx

from dmp_sim.domain import faults as dmp_faults
from ins_sim.domain import faults as insi_faults
from mss_sim.domain import faults as mss_faults
from psc_sim.domain import faults as psc_faults
from socle.control.port import FaultEffect
from socle.faults import generic
from socle.faults.catalogue import CATALOGUE, CatalogueEntry
from support import fault_calls, fault_psc
from support.fault_calls import Letter, Seen
from support.sandbox_thread import RunningSandbox

FILLED = (dmp_faults, insi_faults, mss_faults, psc_faults, generic)
"""Imported for their entries."""
SERVICES = {"dmp": "dmp_sim", "insi": "ins_sim", "mss": "mss_sim", "psc": "psc_sim"}
SMTP = "mss_sim"
CARD = "rechercherInsAvecCarteVitale"
SEARCH, DEPOSIT, QUERY, RETRIEVE, MAIL = "rechercherInsAvecTraitsIdentite", "iti41", "iti18", "iti43", "DATA"
_OPERATIONS = {"ins_sim": SEARCH, "dmp_sim": DEPOSIT, "mss_sim": MAIL, "psc_sim": fault_psc.TOKEN}
_FACT = re.compile(r"`([^`]+)`")
_HTTP = re.compile(r"HTTP (\d{3})")
_number = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Caller:
    """A running sandbox, and between whom mails go."""

    sandbox: RunningSandbox
    http: httpx.Client
    sender: str
    receiver: str

    def inject(self, **rule: object) -> None:
        """Add a fault rule, as the control API takes it."""
        answer = self.http.post("/_sandbox/faults", json=rule)
        assert answer.status_code == 201, answer.text

    def ask(self, path: str, **parameters: str | int) -> Any:
        """JSON of the control API."""
        return self.http.get(path, params=parameters).raise_for_status().json()

    def call(self, operation: str, magic: str | None = None, *, patience: float = 20.0) -> Seen:
        """One sound act; with ``magic``, an id of the catalogue that the act itself asks for."""
        text = f"[socles:{magic}]" if magic else ""
        if operation == SEARCH:
            name, given = ("PANNE", magic.replace(".", "-").upper()) if magic else ("ADRUN", "ZOE")
            return fault_calls.search(self.sandbox.url, name, given, patience=patience)
        if operation == CARD:
            name = f"PANNE {magic.replace('.', '-').upper()}" if magic else "NESSI"
            return fault_calls.search_by_card(self.sandbox.url, name, patience=patience)
        if operation == DEPOSIT:
            return fault_calls.put(self.sandbox.url, f"1.2.250.1.999.8.{next(_number)}", text, patience=patience)
        user = text or "DOCTEUR ESSAI"
        if operation in (QUERY, RETRIEVE):
            read = fault_calls.find if operation == QUERY else fault_calls.get
            return read(self.sandbox.url, user, patience=patience)
        if operation in fault_psc.OPERATIONS:
            client = f"panne.{magic.replace('.', '-')}" if magic else fault_psc.CLIENT
            return fault_psc.call(self.sandbox.url, operation, client, patience=patience)
        return self._letter(operation, magic).send(self.sandbox.smtp, patience=patience)

    def _letter(self, operation: str, magic: str | None) -> Letter:
        sound = Letter(self.sender, self.receiver)
        if magic is None:
            return sound
        word = f"panne.{magic.replace('.', '-')}"
        address = f"{word}@{self.receiver.partition('@')[2]}"
        where: dict[str, Callable[[], Letter]] = {
            "AUTH": lambda: replace(sound, login=address),
            "MAIL": lambda: replace(sound, sender=address, login=self.sender),
            "EHLO": lambda: replace(sound, helo=word),
            "STARTTLS": lambda: replace(sound, helo=word),
            "subject": lambda: replace(sound, subject=f"Bonjour [socles:{magic}]"),
        }
        return where.get(operation, lambda: replace(sound, to=address))()


def entries(*effects: FaultEffect) -> list[CatalogueEntry]:
    """All of these effects, in the order of their ids."""
    return [entry for entry in CATALOGUE if entry.effect in effects]


def operation_of(entry: CatalogueEntry) -> str:
    """The act on which the entry is tried."""
    assert entry.service is not None
    return entry.operations[0] if entry.operations else _OPERATIONS[entry.service]


def sound(operation: str, seen: Seen) -> bool:
    """The act succeeded, and the client has the whole answer."""
    if seen.dropped:
        return False
    if operation in (SEARCH, CARD):
        return seen.status == 200 and "<CodeCR>00</CodeCR>" in seen.text
    if operation in (DEPOSIT, QUERY, RETRIEVE):
        return (
            seen.status == 200
            and 'ResponseStatusType:Success"' in seen.text
            and seen.body.rstrip().endswith((b">", b"--"))
        )
    if operation in fault_psc.OPERATIONS:
        return fault_psc.sound(operation, seen)
    return bool(seen.replies) and seen.replies[-1][1].startswith("250 2.0.0 Accepted")


def taught(caller: Caller, service: str, at_least: int = 0) -> int:
    """How many exchanges of the service's journal tell of an overload on demand; waits up to 20 s for so many."""
    until = time.monotonic() + 20
    while True:
        found: int = caller.ask("/_sandbox/exchanges", limit=1, service=service, rule="fault.overload")["total"]
        if found >= at_least or time.monotonic() > until:
            return found
        time.sleep(0.05)


def contradictions(entry: CatalogueEntry, seen: Seen, also: str = "") -> list[str]:
    """What ``wire`` says and the client has not seen; ``also``: a mail that came back."""
    told = _HTTP.match(entry.wire)
    missing = [fact for fact in _FACT.findall(entry.wire) if fact not in f"{seen.text}\n{also}"]
    if told and int(told[1]) != seen.status:
        missing.append(f"HTTP {told[1]} (was {seen.status})")
    return missing
