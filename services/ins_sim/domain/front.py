"""What the front end looks at in the header of any operation: software, envelope, the two contexts."""

import re

from ins_sim.domain import rules, rules_call
from ins_sim.domain.model import Caller, Context
from ins_sim.domain.policy import Policy
from socle.rules import Finding

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII).fullmatch
"""xsd:dateTime; how old it is does not count."""


def check_front(caller: Caller, policy: Policy) -> list[Finding]:
    """What refuses the call and what the live service tolerates alike; COUVERTURE is each operation's own matter."""
    software, bam, lps = caller.software, caller.bam, caller.lps
    found = [*policy.misread]
    if not policy.knows(software.idam):
        expected = "un des numéros admis" if policy.accepted else "un numéro d'autorisation"
        found.append(rules.IDAM.finding(where="ContexteLPS/LPS/IDAM", expected=expected, found=software.idam))
    if not caller.soap12:
        found.append(rules.SOAP12.finding(where="Envelope", expected="SOAP 1.2", found="SOAP 1.1"))
    if not caller.message_id:
        found.append(rules_call.NO_MESSAGE_ID.finding(where="Header/MessageID", expected="uuid:<UUID>"))
    elif not caller.message_id.startswith("uuid:"):
        found.append(
            rules.MESSAGE_ID.finding(where="Header/MessageID", expected="uuid:<UUID>", found=caller.message_id)
        )
    if bam.present:
        found += _context(bam, "ContexteBAM", "01_02")
    else:
        found.append(rules.BAM_MISSING.finding(where="Header/ContexteBAM"))
    if lps.present:
        found += _context(lps, "ContexteLPS", "01_00")
    else:
        found.append(rules.LPS_MISSING.finding(where="Header/ContexteLPS"))
    return found


def check_empty_coverage(caller: Caller) -> list[Finding]:
    """COUVERTURE is there and empty, as every operation but that of the Vitale card wants it."""
    bam = caller.bam
    if not bam.present or (bam.coverage and bam.covered is None):
        return []
    found = "non vide" if bam.coverage else "absent"
    return [rules.COVERAGE.finding(where="ContexteBAM/COUVERTURE", expected="présent et vide", found=found)]


def _context(context: Context, name: str, version: str) -> list[Finding]:
    timed = _TIME(context.time) is not None
    if context.version == version and context.id and timed:
        return []
    fields = (("@Version", context.version), ("Id", context.id), ("Temps", context.time))
    found = [rules.FIELDS.finding(where=f"{name}/{field}") for field, value in fields if not value]
    if context.time and not timed:
        found.append(
            rules.FIELDS.finding(where=f"{name}/Temps", expected="AAAA-MM-JJThh:mm:ssZ", found=context.time[:80])
        )
    if context.version and context.version != version:
        found.append(rules.VERSION.finding(where=f"{name}/@Version", expected=version, found=context.version))
    return found
