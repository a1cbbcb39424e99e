"""Broken WS_INS1 requests: those that a mender answers, and those that are left to a human."""

from ins_sim.domain import rules as common
from ins_sim.domain import rules_vitale as rules
from socle.rules import Rule
from support.ins_card_breaks import BROKEN_CARD, DONATELLO
from support.insi import COVERAGE
from support.insi_card import RUTH, card_blocks, card_body, card_message, coverage

CARD_LEFT: dict[Rule, str] = {
    rules.MISSING: "which value",
    rules.RANK: "which rank",
    rules.RANK_MISSING: "which rank",
    rules.COVERAGE_INSURED: "which of the two",
    rules.COVERAGE_NUMBER: "which of the two",
    rules.COVERAGE_BIRTH: "which of the two",
    rules.COVERAGE_RANK: "which of the two",
    rules.CARD_UNKNOWN: "which card",
    rules.CARD_BENEFICIARY: "which beneficiary",
    rules.CARD_PERSON: "which person",
    rules.CARD_NUMBER: "which number",
    rules.CARD_NAME: "which name",
    rules.KEY: "which number",
}
"""Rules that a human answers, and what he decides."""
_DONATELLO = card_body(born="2010-08-07", individual=DONATELLO)
_THE_SAME = card_blocks(coverage=coverage(born="2010-08-07", number=DONATELLO))
CARD_MENDABLE: list[tuple[Rule, bytes]] = [
    (rules.NUMBER, BROKEN_CARD[rules.NUMBER]),
    (rules.COVERAGE_EMPTY, BROKEN_CARD[rules.COVERAGE_EMPTY]),
    (rules.COVERAGE_EMPTY, card_message(card_body(individual=RUTH), card_blocks(coverage=""))),
    (common.BAM_MISSING, card_message(headers=card_blocks() | {"bam": ""})),
    (rules.UNCERTIFIED, card_message(_DONATELLO, _THE_SAME)),
    (common.LOWER_CASE, card_message(card_body(name="néssi"))),
    (common.DATE, card_message(card_body(born="14/07/1977"), card_blocks(coverage=COVERAGE))),
    (common.SURPLUS, card_message(card_body().replace("</v:REC", "<v:Sexe2>F</v:Sexe2></v:REC"))),
    (common.ORDER, card_message(card_body(rank=None).replace(">", "><v:RangNaissance>1</v:RangNaissance>", 1))),
    (common.MESSAGE_ID, card_message(headers=card_blocks(message_id="1f7425e2-b913-415c-adaa-785ee1076a70"))),
]
