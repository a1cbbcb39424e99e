"""Every rule on a deposit's message: broken by a mutator that names it, satisfied by the sound message."""

from collections.abc import Callable

from dmp_sim.domain.verdict import check_deposit, context_of
from support.dmp_breaks import BREAKS
from support.dmp_cda import read
from support.dmp_message import Message
from support.dmp_mutators import sound
from support.rule_table import RuleTable


async def findings_of(message: Message) -> dict[str, str]:
    """Rule id → the sentence a developer reads."""
    return {finding.rule.id: context_of(finding) for finding in check_deposit(*await read(message))}


async def test_a_lot_is_classified_inside_as_well_as_beside() -> None:
    message = sound()
    beside = message.find("//rim:Classification[@classificationNode]")
    message.find("//rim:RegistryPackage").insert(2, beside)
    assert await findings_of(message) == {}


async def test_each_rule_of_a_message_is_broken_alone_and_satisfied(
    record_property: Callable[[str, object], None],
) -> None:
    table = RuleTable("DMP, message")
    table.case("the sound message", await findings_of(sound()))
    for broken in BREAKS:
        message = sound()
        broken.mutate(message)
        found = await findings_of(message)
        table.case(broken.mutate.__qualname__.split(".")[0], found, broken.rule, also=broken.also)
        assert broken.rule not in found or found[broken.rule].endswith(f"règle {broken.rule}")
    table.close(record_property)
