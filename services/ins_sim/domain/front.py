"""What the front end looks at in the header of any operation: software, envelope, the two contexts."""

import re
from collections.abc import Iterator

from ins_sim.domain import rules, rules_call
from ins_sim.domain.model import Caller, Context
from ins_sim.domain.policy import Policy
from socle.rules import Finding

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII).fullmatch
"""xsd:dateTime; how old it is does not count."""


def check_front(caller: Caller, policy: Policy) -> Iterator[Finding]:
    """What refuses the call and what the live service tolerates alike; COUVERTURE is each operation's own matter."""
    software, bam, lps = caller.software, caller.bam, caller.lps
    yield from policy.misread
    if not policy.knows(software.idam):
        expected = "un des numéros admis" if policy.accepted else "un numéro d'autorisation"
        yield rules.IDAM.finding(where="ContexteLPS/LPS/IDAM", expected=expected, found=software.idam)
    if not caller.soap12:
        yield rules.SOAP12.finding(where="Envelope", expected="SOAP 1.2", found="SOAP 1.1")
    if not caller.message_id:
        yield rules_call.NO_MESSAGE_ID.finding(where="Header/MessageID", expected="uuid:<UUID>")
    elif not caller.message_id.startswith("uuid:"):
        yield rules.MESSAGE_ID.finding(where="Header/MessageID", expected="uuid:<UUID>", found=caller.message_id)
    if bam.present:
        yield from _context(bam, "ContexteBAM", "01_02")
    else:
        yield rules.BAM_MISSING.finding(where="Header/ContexteBAM")
    if lps.present:
        yield from _context(lps, "ContexteLPS", "01_00")
    else:
        yield rules.LPS_MISSING.finding(where="Header/ContexteLPS")


def check_empty_coverage(caller: Caller) -> Iterator[Finding]:
    """COUVERTURE is there and empty, as every operation but that of the Vitale card wants it."""
    bam = caller.bam
    if bam.present and not (bam.coverage and bam.covered is None):
        found = "non vide" if bam.coverage else "absent"
        yield rules.COVERAGE.finding(where="ContexteBAM/COUVERTURE", expected="présent et vide", found=found)


def _context(context: Context, name: str, version: str) -> Iterator[Finding]:
    for field, value in (("@Version", context.version), ("Id", context.id), ("Temps", context.time)):
        if not value:
            yield rules.FIELDS.finding(where=f"{name}/{field}")
    if context.time and _TIME(context.time) is None:
        yield rules.FIELDS.finding(where=f"{name}/Temps", expected="AAAA-MM-JJThh:mm:ssZ", found=context.time[:80])
    if context.version and context.version != version:
        yield rules.VERSION.finding(where=f"{name}/@Version", expected=version, found=context.version)
