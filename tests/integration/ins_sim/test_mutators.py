"""Sound WS_INS2 requests of every layout, each broken in one declared way: the answer holds exactly that rule."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from socle.control.model import Person
from socle.rules import REGISTRY, Severity
from support.ins_mutations import MUTATORS, sound
from support.ins_mutators import Mutator, Said
from support.ins_oracle import answered, expected
from support.ins_served import Insi, insi
from support.rule_table import RuleTable

RULES = {rule.id: rule for rule in REGISTRY}
CODES = {
    "insi.trait.missing": "insi_19",
    "insi.idam.unknown": "desir_550",
    "insi.operation.not-simulated": "desir_1020",
}
"""Of rules whose code is of the real service."""


class Asked:
    """INSi, its persons, and what a case got."""

    def __init__(self, served: Insi) -> None:
        self.served = served
        self.persons = [one for one in served.control.population("default").persons if one.outcome is None]

    def person(self, roll: Random) -> Person:
        """One whose names a mutator can change between two letters."""
        while True:
            one = roll.choice(self.persons)
            if len(one.birth_name) > 3 and all(len(name) > 3 for name in one.given_names):
                return one

    async def told(self, said: Said) -> tuple[set[str], tuple[str, str]]:
        """The rules told of, and the answer."""
        answer = await self.served.call(said.raw(), content_type="application/soap+xml")
        return {finding.rule.id for finding in self.served.journal.exchanges[-1].findings}, answered(answer.content)

    def right(self, said: Said, rule: str | None) -> tuple[str, str]:
        """The answer to what a rule is told of."""
        if rule is not None and RULES[rule].severity is Severity.ERROR:
            return CODES.get(rule, RULES[rule].error_code or ""), ""
        return expected(self.persons, said.name, said.given, said.sex, said.born, said.place)

    async def check(self, mutator: Mutator | None, roll: Random) -> str | None:
        """What is not as declared."""
        good = sound(self.person(roll), roll)
        said = mutator.change(good, roll) if mutator else good
        rules = {*mutator.also, *([mutator.rule] if mutator.rule else [])} if mutator else set()
        grave = min(rules, key=lambda one: RULES[one].severity is not Severity.ERROR, default=None)
        told, answer = await self.told(said)
        if (told, answer) != (rules, self.right(said, grave)):
            return f"{mutator.name if mutator else 'sound'} on {good}: {told}, {answer}"
        return None


@pytest.fixture
async def asked(tmp_path: Path) -> AsyncIterator[Asked]:
    async with insi(tmp_path) as served:
        yield Asked(served)


def cases(each: int) -> Iterator[Mutator | None]:
    for mutator in (*MUTATORS, None):
        yield from [mutator] * each


async def test_each_rule_of_a_request_is_broken_alone_and_satisfied(
    asked: Asked, record_property: Callable[[str, object], None]
) -> None:
    table, roll = RuleTable("INSi, WS_INS2"), Random(1)
    for mutator in cases(1):
        said = sound(asked.person(roll), roll)
        told, _ = await asked.told(mutator.change(said, roll) if mutator else said)
        table.case(
            mutator.name if mutator else "sound", told, mutator and mutator.rule, also=mutator.also if mutator else ()
        )
    table.close(record_property)


async def test_mutated_requests_break_the_declared_rule_alone(asked: Asked) -> None:
    roll = Random(2026)
    assert [told for mutator in cases(5) if (told := await asked.check(mutator, roll)) is not None] == []


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_two_thousand_mutated_requests_break_the_declared_rule_alone(asked: Asked) -> None:
    roll, drawn = Random(7), list(cases(55))
    assert len(drawn) >= 2000
    assert [told for mutator in drawn if (told := await asked.check(mutator, roll)) is not None] == []
