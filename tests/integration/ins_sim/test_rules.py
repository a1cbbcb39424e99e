"""Every registered rule of INSi, broken by one message and satisfied by another, as the journal tells it."""

import asyncio
from pathlib import Path

from socle.control.population.codec import Items
from socle.rules import REGISTRY
from support.ins_breaks import BROKEN
from support.ins_card_breaks import BROKEN_CARD, UNKNOWN_CARD
from support.ins_served import insi
from support.ins_verified_breaks import BROKEN_VERIFICATION, SOUND, SOUND_DEMAND
from support.insi import message, zoe
from support.insi_card import card_message

ELSEWHERE = ("insi.certificate.", "insi.assertion.", "insi.behaviour.", "insi.option.", "insi.vitale.assertion.")
"""Rules of certificates: test_tls_listeners.py and test_assertions.py; of the workspace: test_behaviours.py."""


async def test_every_rule_is_broken_and_satisfied(tmp_path: Path) -> None:
    mine = {rule for rule in REGISTRY if rule.service == "insi" and not rule.id.startswith(ELSEWHERE)}
    broken = BROKEN | BROKEN_CARD | BROKEN_VERIFICATION
    assert set(broken) == mine
    async with insi(tmp_path) as served:
        await asyncio.to_thread(served.control.put_people, "default", Items(cards=(UNKNOWN_CARD,)))
        for rule, raw in broken.items():
            await served.call(raw, content_type="application/soap+xml")
            assert rule in [finding.rule for finding in served.journal.exchanges[-1].findings]
        for sound in (message(zoe("63220")), card_message(), SOUND, SOUND_DEMAND):
            await served.call(sound, content_type="application/soap+xml")
            assert served.journal.exchanges[-1].findings == []
