"""Rules of cards, verifications, behaviours and options: each broken alone and satisfied, as the journal tells it."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from ins_sim.domain import rules_batch, rules_call, rules_vitale
from socle.control.population.codec import Items
from support.ins_card_breaks import BROKEN_CARD, UNKNOWN_CARD
from support.ins_served import Insi, insi
from support.ins_verified_breaks import ANOTHER_DEMAND, BROKEN_VERIFICATION, SOUND, SOUND_DEMAND
from support.insi import message, zoe
from support.insi_card import card_message
from support.rule_table import RuleTable

ALSO = {
    # its lines are empty, to be many
    rules_batch.MORE: ("insi.trait.missing", "insi.verification.missing", "insi.verification.birth-place.absent"),
    # COUVERTURE has it as it should be
    rules_vitale.NUMBER: ("insi.vitale.coverage.insured",),
}


async def told(served: Insi, raw: bytes, **more: object) -> list[str]:
    await served.call(raw, content_type="application/soap+xml", **more)  # type: ignore[arg-type]
    return [finding.rule.id for finding in served.journal.exchanges[-1].findings]


async def test_each_rule_is_broken_alone_and_satisfied(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    table = RuleTable("INSi, cards and verifications")
    async with insi(tmp_path) as served:
        await asyncio.to_thread(served.control.put_people, "default", Items(cards=(UNKNOWN_CARD,)))
        for rule, raw in (BROKEN_CARD | BROKEN_VERIFICATION).items():
            table.case(f"breaks {rule.id}", await told(served, raw), rule.id, also=ALSO.get(rule, ()))
        odd = await told(served, message(zoe()), more={"X-Socles-Behaviour": "qualification"})
        table.case("an unknown behaviour", odd, rules_call.BEHAVIOUR.id)
        await asyncio.to_thread(served.control.create_workspace, "typo", options={"insi.unknown": "03"})
        table.case("an odd option", await told(served, message(zoe()), workspace="typo"), rules_call.OPTION.id)
        await asyncio.to_thread(served.control.create_workspace, "full", options={"insi.batch.demands": "1"})
        await told(served, SOUND_DEMAND, workspace="full")
        table.case("one more demand", await told(served, ANOTHER_DEMAND, workspace="full"), rules_batch.TOO_MANY.id)
        for name, sound, satisfies in (
            ("a search", message(zoe("63220")), ("insi.behaviour.", "insi.option.")),
            ("a card", card_message(), ("insi.vitale.",)),
            ("a verification", SOUND, ("insi.verification.",)),
            ("a demand", SOUND_DEMAND, ("insi.batch.",)),
        ):
            table.case(name, await told(served, sound), satisfies=satisfies)
    table.close(record_property)
