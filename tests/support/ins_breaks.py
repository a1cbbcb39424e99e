"""Every rule on a WS_INS2 request, with a message that breaks it."""

from ins_sim.domain import rules, rules_call
from ins_sim.wire.names import VITALE_ACTION
from socle.rules import Rule
from socle.soap.model import SOAP11, WSA
from support.insi import blocks, body, message, zoe

OTHER = f'<wsa:Action xmlns:wsa="{WSA}">urn:adr:1.1.0:acquerirLesDroits</wsa:Action>'
"""Of an AMO service that is not INSi."""
CARD = f'<wsa:Action xmlns:wsa="{WSA}">{VITALE_ACTION}</wsa:Action>'
"""Of the search by card."""


def named(name: str) -> bytes:
    return message(body(name, ["ZOE"], "F", "1975-12-31"))


BROKEN: dict[Rule, bytes] = {
    rules.MISSING: message(body("ADRUN", [], "F", "1975-12-31")),
    rules.BODY: message("<RECSANSVITALE/>"),
    rules.LOWER_CASE: named("Adrun"),
    rules.ACCENT: named("ADRÛN"),
    rules.LIGATURE: named("ŒDRUN"),
    rules.APOSTROPHE: named("D’ADRUN"),
    rules.CHARSET: named("ADRUN1"),
    rules.FIRST: named("-ADRUN"),
    rules.SEPARATORS: named("ADRUN  ZOE"),
    rules.GIVEN: message(body("ADRUN", ["ZOE-"], "F", "1975-12-31")),
    rules.SEX: message(body("ADRUN", ["ZOE"], "I", "1975-12-31")),
    rules.DATE: message(body("ADRUN", ["ZOE"], "F", "31/12/1975")),
    rules.CALENDAR: message(body("ADRUN", ["ZOE"], "F", "1975-02-30")),
    rules_call.LUNAR: message(body("ADRUN", ["ZOE"], "F", "1975-12-00")),
    rules.PLACE: message(zoe("PARIS")),
    rules.SURPLUS: message(zoe().replace("</ins:REC", "<ins:NomUsage>X</ins:NomUsage></ins:REC")),
    rules.ORDER: message(zoe().replace("</ins:REC", "<ins:Prenom>ANNE</ins:Prenom></ins:REC")),
    rules.IDAM: message(zoe(), blocks(idam="FAKE-IDAM")),
    rules.BAM_MISSING: message(zoe(), blocks() | {"bam": ""}),
    rules.LPS_MISSING: message(zoe(), blocks() | {"lps": ""}),
    rules.FIELDS: message(zoe(), blocks(bam_version="")),
    rules.VERSION: message(zoe(), blocks(lps_version="1.00.00")),
    rules.COVERAGE: message(zoe(), blocks(coverage="")),
    rules.MESSAGE_ID: message(zoe(), blocks(message_id="1f7425e2-b913-415c-adaa-785ee1076a70")),
    rules_call.NO_MESSAGE_ID: message(zoe(), blocks(message_id=None)),
    rules.SOAP12: message(zoe(), soap=SOAP11),
    rules_call.OTHER_ACTION: message(zoe(), blocks() | {"action": CARD}),
    rules.NOT_SIMULATED: message("<acquerir/>", blocks() | {"action": OTHER}),
}
