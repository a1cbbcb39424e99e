"""Every rule on a WS_INS1 request, with a message that breaks it; those of assertions are elsewhere."""

from ins_sim.domain import rules_vitale as rules
from socle.control.model import CardHolder, VitaleCard
from socle.rules import Rule
from support.insi_card import RUTH, asking, card_blocks, card_body, card_message, coverage

DONATELLO = "1100863220903"
UNKNOWN_CARD = VitaleCard("unknown", "2790351215189", "89", (CardHolder("insi-houilles", "1993-01-27"),))
"""Names somebody whom INSi does not know; to be put into the workspace."""


def covered(**said: str | None) -> bytes:
    """Ruth, with another COUVERTURE."""
    return card_message(headers=card_blocks(coverage=coverage(**said)))


def agreed(body: dict[str, str | None], **said: str | None) -> bytes:
    """A body, with the COUVERTURE that says the same."""
    return card_message(card_body(**body), card_blocks(coverage=coverage(**said)))  # type: ignore[arg-type]


BROKEN_CARD: dict[Rule, bytes] = {
    rules.MISSING: agreed({"born": None}, born=None),
    rules.NUMBER: card_message(card_body("277076322082910")),
    rules.RANK: agreed({"rank": "premier"}, rank=None),
    rules.RANK_MISSING: agreed({"rank": None}, rank=None),
    rules.COVERAGE_EMPTY: card_message(headers=card_blocks(coverage="<bam:COUVERTURE/>")),
    rules.COVERAGE_INSURED: covered(insured="2790351215189"),
    rules.COVERAGE_NUMBER: covered(number=RUTH),
    rules.COVERAGE_BIRTH: covered(born="1977-07-15"),
    rules.COVERAGE_RANK: covered(rank="2"),
    rules.CARD_UNKNOWN: agreed({"insured": DONATELLO}, insured=DONATELLO),
    rules.CARD_BENEFICIARY: agreed({"rank": "2"}, rank="2"),
    rules.CARD_PERSON: asking(UNKNOWN_CARD.insured, UNKNOWN_CARD.holders[0]),
    rules.CARD_NUMBER: agreed({"individual": DONATELLO}, number=DONATELLO),
    rules.CARD_NAME: card_message(card_body(name="DE VINCI")),
    rules.KEY: card_message(card_body(keys=(None, "11"))),
    rules.UNCERTIFIED: agreed({"born": "2010-08-07", "individual": DONATELLO}, born="2010-08-07", number=DONATELLO),
}
