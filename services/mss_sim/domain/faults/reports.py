"""What comes back by mail: the recipient is taken, then a non-delivery report lies in the sender's box (RFC 3464)."""

from collections.abc import Mapping
from typing import Final

from mss_sim.domain import smtp_rules
from mss_sim.domain.faults.entry import add
from socle.faults.advice import TELL
from socle.rules import Certainty, Rule

BOUNCES: Final[Mapping[str, Rule]] = {
    f"bounce {rule.error_code}": rule
    for rule in (
        smtp_rules.CITIZEN_INVALID,
        smtp_rules.CITIZEN_UNKNOWN,
        smtp_rules.CITIZEN_CLOSED,
        smtp_rules.CITIZEN_FULL,
        smtp_rules.CITIZEN_SIZE,
    )
}
"""Code of a rule → what the report says."""

for _code, _rule in BOUNCES.items():
    _name = f"bounce-{_rule.id.rpartition('.')[2]}"
    add(
        _name,
        _code,
        _rule.title_en,
        f"Avis de non-distribution : {_rule.title_fr}",
        operations=("RCPT",),
        advice=TELL.then(
            "Lire l'avis qui revient par mail et le rattacher à l'envoi (Original-Envelope-Id, Message-ID).",
            "Read the report that comes back by mail and tie it to what was sent (Original-Envelope-Id, Message-ID).",
        ),
        source="domain/mssante.md §1.4 : causes lues chez un éditeur ; textes : les nôtres",
        certainty=Certainty.SIMPLIFIED,
        wire=f"SMTP RCPT: `250 2.1.5 Recipient ok`; then a mail with `Status: {_rule.error_code}`, "
        f"`Diagnostic-Code: smtp; 550 {_rule.error_code} {_rule.title_en}`",
    )
