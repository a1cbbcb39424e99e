"""For any identity: what is tolerated on the wire changes nothing, and an altered trait never gives a wrong person."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ins_sim.wire.names import ACTION
from socle.control.model import Person
from support.ins_mutations import MUTATORS, sound
from support.ins_mutators import Mutator, Said
from support.ins_oracle import answered, expected
from support.ins_served import Insi, insi

WSA = "http://www.w3.org/2005/08/addressing"
RIGHT = "application/soap+xml; charset=utf-8"
CONTENT_TYPES = (RIGHT, "application/soap+xml", f'{RIGHT}; action="{ACTION}"', f"application/soap+xml;action={ACTION}")
TOLERATED = [
    mutator
    for mutator in MUTATORS
    if mutator.rule in (None, "insi.message-id.form", "insi.message-id.absent", "insi.context.version")
    or mutator.name == "a lost field"
]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
EXAMPLES = settings(
    max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


class Client:
    """Calls INSi from outside its loop."""

    def __init__(self, served: Insi, runner: asyncio.Runner) -> None:
        self._served = served
        self._runner = runner
        self.persons = [one for one in served.control.population("default").persons if one.outcome is None]

    def call(self, said: Said, content_type: str = RIGHT, action: bool = True) -> bytes:
        raw = said.raw() if action else said.edited(f'<wsa:Action xmlns:wsa="{WSA}">{ACTION}</wsa:Action>', "").raw()
        return self._runner.run(self._served.call(raw, content_type=content_type)).content


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with asyncio.Runner() as runner:
        running = insi(tmp_path_factory.mktemp("insi"))
        served = runner.run(running.__aenter__())
        try:
            yield Client(served, runner)
        finally:
            runner.run(running.__aexit__(None, None, None))


def chosen(client: Client, number: int) -> Person:
    return client.persons[number % len(client.persons)]


@EXAMPLES
@given(
    st.integers(0, 10_000),
    st.integers(0, 2**32 - 1),
    st.lists(st.sampled_from(TOLERATED), max_size=2, unique_by=lambda one: one.rule or one.name),
    st.sampled_from(CONTENT_TYPES),
    st.booleans(),
)
def test_tolerated_variants_change_nothing(
    client: Client, number: int, seed: int, mutators: list[Mutator], content_type: str, action: bool
) -> None:
    roll = Random(seed)
    person = chosen(client, number)
    said = sound(person, roll)
    plain = Said(said.name, said.given, said.sex, said.born, said.place)
    for mutator in mutators:
        said = mutator.change(said, roll)
    assert client.call(said, content_type, action) == client.call(plain)


def other_name(name: str, roll: Random) -> str:
    at = roll.choice([at for at, char in enumerate(name) if char.isalpha()])
    return roll.choice(
        (
            name[:at] + roll.choice(LETTERS) + name[at + 1 :],
            name[:at] + roll.choice(LETTERS) + name[at:],
            name[:at] + name[at + 1 :] or "X",
            name.replace("-", " ") if "-" in name else f"{name} X",
        )
    ).strip(" -'")


@EXAMPLES
@given(st.integers(0, 10_000), st.integers(0, 2**32 - 1), st.integers(0, 4))
def test_an_altered_trait_never_gives_a_wrong_person(client: Client, number: int, seed: int, trait: int) -> None:
    roll = Random(seed)
    one, other = chosen(client, number), chosen(client, roll.randrange(10_000))
    said = sound(one, roll)
    altered = (
        lambda: replace(said, name=roll.choice((other.birth_name, other_name(said.name, roll)))),
        lambda: replace(said, given=roll.choice((tuple(other.given_names), (other_name(said.given[0], roll),)))),
        lambda: replace(said, sex="M" if said.sex == "F" else "F"),
        lambda: replace(said, born=roll.choice((str(other.birth_date), f"{said.born[:-2]}{roll.randint(1, 28):02}"))),
        lambda: replace(said, place=roll.choice((other.birth_place, "75056", "2A004", "99350"))),
    )[trait]()
    code, number_found = answered(client.call(altered))
    if code.startswith("socles_"):  # the alteration broke a lexical rule
        return
    assert (code, number_found) == expected(
        client.persons, altered.name, altered.given, altered.sex, altered.born, altered.place
    )
