"""Settings of INSi; a workspace's options go before them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from ins_sim.domain import rules_call
from ins_sim.domain.policy import UNKNOWN_BY, BatchLimits, Behaviour, Policy, Unknown
from ins_sim.wire.faults import Dialect
from socle.control.options import anything, number, one_of, read_number
from socle.rules import Finding, Strictness

Value = TypeVar("Value", bound=StrEnum)
_YEAR = 366 * 86400
MOST_LINES = 5000
"""Of a demand of batch verification, whatever settings and options say: it is decided in one go."""
MOST_DEMANDS = 100_000
"""Of a workspace, likewise: they are counted when one is made."""

_NUMBERS = {
    "insi.batch.lines": range(1, MOST_LINES + 1),
    "insi.batch.delay": range(_YEAR + 1),
    "insi.batch.keep": range(1, _YEAR + 1),
    "insi.batch.demands": range(1, MOST_DEMANDS + 1),
}
for _name, _within in _NUMBERS.items():
    number(_name, _within)
for _name, _values in (("insi.behaviour", Behaviour), ("insi.unknown", Unknown), ("insi.dialect", Dialect)):
    one_of(_name, _values, any_case=True)
anything("insi.idam")


class InsSettings(BaseSettings):
    """Environment variables ``SOCLES_INS_…``; lists are JSON."""

    model_config = SettingsConfigDict(env_prefix="SOCLES_INS_", frozen=True)

    accepted_idam: frozenset[str] = Field(
        default=frozenset(),
        description="Authorisation numbers that pass; empty: all but the refused ones, since none is issued here",
    )
    refused_idam: frozenset[str] = Field(
        default=frozenset({"FAKE-IDAM"}),
        description="Authorisation numbers answered desir_550; FAKE-IDAM is what an editor's live test sends",
    )
    behaviour: Behaviour = Field(
        default=Behaviour.TEST_BOOK,
        description="Answer as the test book says, or as the qualification server was seen to (qualification-2026)",
    )
    unknown: Unknown | None = Field(
        default=None,
        description="What an unknown person gets: 01, insi_102 or desir_1020; unset: what the behaviour says",
    )
    batch_lines: int = Field(
        default=500, ge=1, le=MOST_LINES, description="Most lines of one demand of batch verification"
    )
    batch_delay: int = Field(default=60, ge=0, le=_YEAR, description="Seconds from such a demand to its result")
    batch_keep: int = Field(
        default=7 * 86400, ge=1, le=_YEAR, description="Seconds for which the result can be fetched"
    )
    batch_demands: int = Field(
        default=1000, ge=1, le=MOST_DEMANDS, description="Most demands of a workspace whose results are kept at a time"
    )

    def policy(self, options: Mapping[str, str], strictness: Strictness, behaviour: str | None = None) -> Policy:
        """The policy of one call. Options: ``insi.idam`` (accepted numbers, comma-separated), ``insi.behaviour``,
        ``insi.unknown``, ``insi.batch.…``. ``behaviour``: what the call itself asks for, before all of them."""
        misread: list[Finding] = []
        accepted = self.accepted_idam
        if "insi.idam" in options:
            accepted = frozenset(filter(None, (number.strip() for number in options["insi.idam"].split(","))))
        wanted = _read(Behaviour, options, "insi.behaviour", misread) or self.behaviour
        if behaviour is not None:
            if behaviour in tuple(Behaviour):
                wanted = Behaviour(behaviour)
            else:
                expected = ", ".join(Behaviour)
                misread.append(
                    rules_call.BEHAVIOUR.finding(where="X-Socles-Behaviour", expected=expected, found=behaviour[:80])
                )
        unknown = _read(Unknown, options, "insi.unknown", misread) or self.unknown or UNKNOWN_BY[wanted]
        _read(Dialect, options, "insi.dialect", misread)
        return Policy(strictness, accepted, self.refused_idam, unknown, wanted, self._batch(options, misread), misread)

    def _batch(self, options: Mapping[str, str], misread: list[Finding]) -> BatchLimits:
        delay = _number(options, "insi.batch.delay", misread)
        return BatchLimits(
            _number(options, "insi.batch.lines", misread) or self.batch_lines,
            self.batch_delay if delay is None else delay,
            _number(options, "insi.batch.keep", misread) or self.batch_keep,
            _number(options, "insi.batch.demands", misread) or self.batch_demands,
        )


def _read(kind: type[Value], options: Mapping[str, str], name: str, misread: list[Finding]) -> Value | None:
    """The option's value, whatever its case; None: it is not set, or cannot be read, which is told."""
    said = options.get(name)
    if said is None:
        return None
    for value in kind:
        if value.lower() == said.strip().lower():
            return value
    misread.append(rules_call.OPTION.finding(where=f"option {name}", expected=", ".join(kind), found=said[:80]))
    return None


def _number(options: Mapping[str, str], name: str, misread: list[Finding]) -> int | None:
    said, within = options.get(name), _NUMBERS[name]
    if said is None:
        return None
    found = read_number(said, within)
    if found is not None:
        return found
    expected = f"{within[0]} à {within[-1]}"
    misread.append(rules_call.OPTION.finding(where=f"option {name}", expected=expected, found=said[:80]))
    return None
