"""Every registered rule of INSi, broken by one message and satisfied by another, as the journal tells it."""

from pathlib import Path

from ins_sim.domain import rules
from socle.rules import REGISTRY, Rule
from socle.soap.model import SOAP11
from support.ins_served import insi
from support.insi import blocks, body, message, zoe


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
    rules.CALENDAR: message(body("ADRUN", ["ZOE"], "F", "1975-12-00")),
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
    rules.SOAP12: message(zoe(), soap=SOAP11),
    rules.NOT_SIMULATED: message('<RECVITALE xmlns="http://www.cnamts.fr/INSiRecVit"/>', blocks() | {"action": ""}),
}


async def test_every_rule_is_broken_and_satisfied(tmp_path: Path) -> None:
    assert set(BROKEN) == {rule for rule in REGISTRY if rule.service == "insi"}
    async with insi(tmp_path) as served:
        for rule, raw in BROKEN.items():
            await served.call(raw, content_type="application/soap+xml")
            assert rule in [finding.rule for finding in served.journal.exchanges[-1].findings]
        await served.call(message(zoe("63220")))
        assert served.journal.exchanges[-1].findings == []
