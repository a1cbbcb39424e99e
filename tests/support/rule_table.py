"""Which case breaks and which satisfies each registered rule of a family; CI prints the tables.

A test plays cases, tells its :class:`RuleTable` what was found in each, and closes it: a case whose findings are not
exactly those declared, or a rule that no case breaks, or none satisfies, fails the test. A family's rules are those
whose id begins with its prefixes, the longest one winning.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from socle.rules import REGISTRY

PROPERTY = "rule table"


@dataclass(frozen=True, slots=True)
class Family:
    """Rules that one test breaks and satisfies."""

    prefixes: tuple[str, ...]
    """The beginnings of ids, or whole ids."""
    proof: str
    """Its file, below tests/."""


FAMILIES: Mapping[str, Family] = {
    "DMP, message": Family(("dmp.",), "unit/dmp_sim/test_message_rules.py"),
    "DMP, addressing": Family(("dmp.addressing.",), "integration/dmp_sim/test_headers.py"),
    "DMP, registry": Family(
        (
            "dmp.duplicate.registered",
            "dmp.duplicate.other-content",
            "dmp.duplicate.entry-uuid",
            "dmp.query.",
            "dmp.replace.",
            "dmp.retrieve.",
            "dmp.patient.no-dmp",
        ),
        "unit/dmp_sim/test_registry_rules.py",
    ),
    "DMP, assertions": Family(("assertion.", "dmp.signer."), "integration/dmp_sim/test_vihf_mutators.py"),
    "DMP, lots": Family(("dmp.xades.",), "integration/dmp_sim/test_lots.py"),
    "INSi, assertions": Family(("insi.assertion.", "assertion.stale-vitale"), "integration/ins_sim/test_assertions.py"),
    "INSi, WS_INS2": Family(
        (
            "insi.trait.",
            "insi.body.",
            "insi.name.",
            "insi.given-name.",
            "insi.sex.",
            "insi.birth-",
            "insi.idam.",
            "insi.context.",
            "insi.message-id.",
            "insi.soap.",
            "insi.operation.",
        ),
        "integration/ins_sim/test_mutators.py",
    ),
    "INSi, cards and verifications": Family(
        ("insi.vitale.", "insi.verification.", "insi.batch.", "insi.behaviour.", "insi.option."),
        "integration/ins_sim/test_rules.py",
    ),
    "INSi, Vitale assertions": Family(("insi.vitale.assertion.",), "integration/ins_sim/test_vitale_assertions.py"),
    "TLS and certificates": Family(("tls.", "insi.certificate."), "integration/socle/test_tls_rules.py"),
    "MSSanté, message": Family(("mss.eco.", "mss.mail.", "mss.xdm."), "unit/mss_sim/test_message_rules.py"),
    "MSSanté, session": Family(("mss.citizen.", "mss.smtp."), "integration/mss_sim/test_session_rules.py"),
    "Pro Santé Connect": Family(("psc.",), "integration/psc_sim/test_rule_table.py"),
    "SOAP, XML and MIME": Family(("soap.", "xml.", "mime."), "integration/socle/test_soap_rules.py"),
    "Sandbox": Family(("fault.", "overload.", "store.", "workspace."), "integration/socle/test_sandbox_rules.py"),
    "Real patients": Family(("patient.",), "integration/socle/test_patient_rules.py"),
    "FHIR": Family(("fhir.",), "integration/ins_sim/test_fhir.py"),
    "INS datamatrix": Family(("datamatrix.",), "unit/socle/identities/test_datamatrix.py"),
}
"""By name. A new one is a line here, and a test that plays ``RuleTable(name)``."""


def family_of(rule_id: str) -> str | None:
    """The family whose prefix fits best; None for a rule that has none."""
    places = {prefix: name for name, family in FAMILIES.items() for prefix in family.prefixes}
    fitting = [prefix for prefix in places if rule_id.startswith(prefix)]
    return places[max(fitting, key=len)] if fitting else None


class RuleTable:
    """What was seen of a family's rules."""

    def __init__(self, family: str) -> None:
        self.family = family
        self.rules = sorted(rule.id for rule in REGISTRY if family_of(rule.id) == family)
        self._broken: dict[str, list[str]] = defaultdict(list)
        self._satisfied: dict[str, list[str]] = defaultdict(list)
        self._wrong: list[str] = []

    def case(
        self,
        name: str,
        told: Iterable[str],
        breaks: str | None = None,
        *,
        also: Iterable[str] = (),
        satisfies: tuple[str, ...] = ("",),
    ) -> None:
        """One case, and the ids of the rules that its answer told of.

        ``breaks`` None: a sound one, which satisfies the family's rules that begin with ``satisfies``. ``also``: what
        cannot but break with it.
        """
        found, expected = set(told), {*also} | ({breaks} if breaks else set())
        if found != expected:
            self._wrong.append(f"{name}: told {sorted(found)}, declared {sorted(expected)}")
        elif breaks:
            self._broken[breaks].append(name)
        else:
            for rule in self.rules:
                if rule.startswith(satisfies):
                    self._satisfied[rule].append(name)

    def close(self, record: Callable[[str, Any], None]) -> None:
        """``record`` is the fixture ``record_property``. Raises ``AssertionError``."""
        assert self.rules, f"no rule belongs to {self.family}"
        faults = [*self._wrong]
        faults += [f"{rule}: broken by no case" for rule in self.rules if not self._broken[rule]]
        faults += [f"{rule}: satisfied by no case" for rule in self.rules if not self._satisfied[rule]]
        assert not faults, "\n".join(faults)
        record(PROPERTY, self.text())

    def text(self) -> str:
        """A line for each rule, under a line that counts them."""
        width = max(map(len, self.rules))
        rows = [
            f"  {rule:{width}}  broken by {_named(self._broken[rule])}; satisfied by {_named(self._satisfied[rule])}"
            for rule in self.rules
        ]
        return "\n".join([f"{self.family}: {len(rows)} rules, each broken and satisfied", *rows])


def _named(cases: list[str]) -> str:
    more = f" and {len(cases) - 1} more" if len(cases) > 1 else ""
    return f"«{cases[0]}»{more}" if cases else "nothing"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The tables: in CI whole, elsewhere their first lines."""
    reports = [one for one in terminalreporter.stats.get("passed", []) if getattr(one, "when", "") == "call"]
    tables = sorted(text for one in reports for name, text in one.user_properties if name == PROPERTY)
    if tables:
        terminalreporter.section("rules")
    for text in tables:
        terminalreporter.write_line(text if config.getoption("verbose") > 0 or _in_ci() else text.splitlines()[0])


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() == "true"
