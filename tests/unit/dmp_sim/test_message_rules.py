"""Every rule on a deposit's message: broken once by a mutator that names it, satisfied by the sound message."""

import pytest

from dmp_sim.domain.verdict import check_deposit, context_of
from socle.rules import REGISTRY
from support.dmp_breaks import BREAKS
from support.dmp_cda import read
from support.dmp_message import Message
from support.dmp_mutators import Break, sound

ELSEWHERE = (
    "dmp.addressing.",
    "dmp.signer.",
    "dmp.duplicate.",
    "dmp.replace.",
    "dmp.query.",
    "dmp.retrieve.",
    "dmp.patient.no-dmp",
)
"""Rules that need the envelope, the registry or the population: test_registry_rules.py and the integration tests."""


async def findings_of(message: Message) -> dict[str, str]:
    """Rule id → the sentence a developer reads."""
    return {finding.rule.id: context_of(finding) for finding in check_deposit(*await read(message))}


async def test_the_sound_message_breaks_nothing() -> None:
    assert await findings_of(sound()) == {}


async def test_a_lot_is_classified_inside_as_well_as_beside() -> None:
    message = sound()
    beside = message.find("//rim:Classification[@classificationNode]")
    message.find("//rim:RegistryPackage").insert(2, beside)
    assert await findings_of(message) == {}


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: broken.rule)
async def test_a_mutator_breaks_its_rule_alone(broken: Break) -> None:
    message = sound()
    broken.mutate(message)
    found = await findings_of(message)
    assert set(found) == {broken.rule} | broken.also
    assert found[broken.rule].endswith(f"règle {broken.rule}")


def test_every_rule_of_the_message_is_broken_by_a_test() -> None:
    mine = {rule.id for rule in REGISTRY if rule.service == "dmp" and not rule.id.startswith(ELSEWHERE)}
    broken = {one.rule for one in BREAKS}
    assert mine - broken == set()
    assert {rule for rule in broken if not rule.startswith(ELSEWHERE)} == mine
