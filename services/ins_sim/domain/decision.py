"""From a request to its answer: software, controls, search, in the order of the real front end and INSi."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from ins_sim.domain import rules
from ins_sim.domain.erreur import TECHNICAL, UNKNOWN_SOFTWARE, Erreur, invalid, missing
from ins_sim.domain.lexical import check_traits
from ins_sim.domain.model import Answer, CodeCR, Context, Directory, Request
from ins_sim.domain.search import search
from socle.rules import Finding, Strictness, refusing


class Unknown(StrEnum):
    """What an unknown person gets."""

    TEST_BOOK = "01"
    """As the conformity tests' book says."""
    QUALIFICATION = "insi_102"
    """As the qualification server was seen to do: a technical fault."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the workspace and the settings say of this call.

    ``accepted`` empty: every authorisation number passes but those of ``refused``, since none was issued here.
    """

    strictness: Strictness = Strictness.OFFICIAL
    accepted: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset({"FAKE-IDAM"})
    unknown: Unknown = Unknown.TEST_BOOK

    def knows(self, idam: str) -> bool:
        """The authorisation number is accepted."""
        if self.accepted:
            return idam in self.accepted
        return bool(idam) and idam not in self.refused


def check(request: Request, policy: Policy) -> list[Finding]:
    """Everything worth saying about a request, what refuses it and what the live service tolerates alike."""
    return [*_front(request, policy), *check_traits(request.traits)]


def decide(request: Request, findings: Iterable[Finding], policy: Policy, directory: Directory) -> Answer | Erreur:
    """The answer: the first refusal of the front end, else the first of INSi, else what the search gives."""
    refusals = refusing(findings, policy.strictness)
    if refusals:
        return erreur_of(refusals[0])
    answer = search(request.traits, directory)
    if isinstance(answer, Answer) and answer.code is CodeCR.NONE and policy.unknown is Unknown.QUALIFICATION:
        return TECHNICAL
    return answer


def erreur_of(finding: Finding) -> Erreur:
    """The fault that a refusing finding becomes on the wire."""
    rule = finding.rule
    if rule is rules.IDAM:
        return UNKNOWN_SOFTWARE
    if rule is rules.MISSING:
        return missing(finding.expected)
    element = finding.where.rpartition("/")[2]
    return invalid(rule.error_code or "socles_200", f"{rule.title_fr} ({element})" if element else rule.title_fr)


def _front(request: Request, policy: Policy) -> Iterator[Finding]:
    software, bam, lps = request.software, request.bam, request.lps
    if not policy.knows(software.idam):
        expected = "un des numéros admis" if policy.accepted else "un numéro d'autorisation"
        yield rules.IDAM.finding(where="ContexteLPS/LPS/IDAM", expected=expected, found=software.idam)
    if not request.soap12:
        yield rules.SOAP12.finding(where="Envelope", expected="SOAP 1.2", found="SOAP 1.1")
    if not (request.message_id or "").startswith("uuid:"):
        yield rules.MESSAGE_ID.finding(where="Header/MessageID", expected="uuid:<UUID>", found=request.message_id or "")
    if bam.present:
        yield from _context(bam, "ContexteBAM", "01_02")
        if not (bam.coverage and bam.coverage_empty):
            found = "non vide" if bam.coverage else "absent"
            yield rules.COVERAGE.finding(where="ContexteBAM/COUVERTURE", expected="présent et vide", found=found)
    else:
        yield rules.BAM_MISSING.finding(where="Header/ContexteBAM")
    if lps.present:
        yield from _context(lps, "ContexteLPS", "01_00")
    else:
        yield rules.LPS_MISSING.finding(where="Header/ContexteLPS")


def _context(context: Context, name: str, version: str) -> Iterator[Finding]:
    for field, value in (("@Version", context.version), ("Id", context.id), ("Temps", context.time)):
        if not value:
            yield rules.FIELDS.finding(where=f"{name}/{field}")
    if context.version and context.version != version:
        yield rules.VERSION.finding(where=f"{name}/@Version", expected=version, found=context.version)
