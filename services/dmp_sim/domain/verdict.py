"""From findings to the answer: accepted, a RegistryResponse with errors, or a SOAP fault."""

from collections.abc import Sequence
from dataclasses import dataclass

from dmp_sim.domain.check_addressing import REQUIRED
from dmp_sim.domain.check_cda import check_cda
from dmp_sim.domain.check_codes import check_codes
from dmp_sim.domain.check_forms import check_forms
from dmp_sim.domain.check_links import AUTHOR_STRUCTURE, check_associations, check_authors
from dmp_sim.domain.check_parts import check_parts
from dmp_sim.domain.check_patient import RefuseReal, check_agreement, check_record, ins_key_findings, real_patients
from dmp_sim.domain.check_required import check_required
from dmp_sim.domain.check_signer import INVALID_CERTIFICATE, LEGAL_PERSON, LINKED, USAGE
from dmp_sim.domain.check_vihf import DEPOSIT_MODE, SPECIALITY, check_vihf
from dmp_sim.domain.model import Deposit
from dmp_sim.domain.vihf import Vihf
from socle.rules import Finding, Rule

REPOSITORY_ERROR = "XDSRepositoryError"
LIVE_TEXTS = (REQUIRED, SPECIALITY, AUTHOR_STRUCTURE, USAGE, LEGAL_PERSON, LINKED)
"""Titled with the very words that the live service answers."""
_CERTIFICATE = "assertion.certificate."
_CHANNEL = "tls.client."
_FAULTS = ("dmp.addressing.", "dmp.vihf.", "dmp.signer.", "assertion.", _CHANNEL)


@dataclass(frozen=True, slots=True)
class RegistryError:
    """One ``rs:RegistryError``."""

    code: str
    context: str
    location: str = ""


def check_deposit(deposit: Deposit, vihf: Vihf | None) -> list[Finding]:
    """Every check that needs nothing but the message; with no single submission set only that is told."""
    findings = list(check_vihf(vihf))
    findings += check_required(deposit)
    if len(deposit.submission_sets) != 1:
        return findings
    findings += check_forms(deposit)
    findings += ins_key_findings(deposit, vihf)
    findings += check_agreement(deposit, vihf)
    findings += check_associations(deposit)
    findings += check_authors(deposit, vihf)
    findings += check_parts(deposit)
    findings += check_codes(deposit)
    findings += check_cda(deposit)
    return findings


def check_patients(
    deposit: Deposit, vihf: Vihf | None, *, refuse_real: RefuseReal, record: str | None
) -> list[Finding]:
    """What the population says: no real patient (D11), and an open record. The first keeps the second silent."""
    if len(deposit.submission_sets) != 1:
        return []
    real = list(real_patients(deposit, vihf, refuse_real))
    return real or list(check_record(deposit, record))


def about_header(findings: Sequence[Finding]) -> Finding | None:
    """The first refusing finding about addressing or the assertion: answered by a SOAP fault, before any metadata."""
    return next((finding for finding in findings if finding.rule.id.startswith(_FAULTS)), None)


def complaint(rule: Rule) -> str:
    """What a refusal says. The DMP's rules are titled by what they ask for; a title alone would tell the contrary."""
    if rule.id.startswith(_CERTIFICATE):  # the live service says so of one kind of certificate
        return f"Le certificat ayant signé le VIHF est invalide : {rule.title_fr}"
    if rule.id.startswith(_CHANNEL):  # the code was read for a wrong certificate, TLS or not; the words are ours
        return f"Le certificat client TLS est invalide. Règle non respectée : {rule.title_fr}"
    if not rule.id.startswith("dmp.") or rule in (*LIVE_TEXTS, DEPOSIT_MODE):
        return rule.title_fr
    return f"Règle non respectée : {rule.title_fr}"


def reason(finding: Finding) -> str:
    """The text of the fault that a finding about the header becomes; words of the live service stay as they are."""
    told = complaint(finding.rule)
    return told if finding.rule in LIVE_TEXTS or not finding.found else f"{told} (reçu : {finding.found})"


def registry_errors(findings: Sequence[Finding]) -> list[RegistryError]:
    """Each refusing finding as a RegistryError whose codeContext names attribute, value, expectation and rule."""
    return [
        RegistryError(finding.rule.error_code or REPOSITORY_ERROR, context_of(finding), finding.where)
        for finding in findings
    ]


def context_of(finding: Finding) -> str:
    """The sentence a developer reads: what, where, received, expected, rule."""
    told = [complaint(finding.rule)]
    if finding.where:
        told.append(f"{finding.where}" + (f" (ligne {finding.line})" if finding.line else ""))
    if finding.found:
        told.append(f"reçu : {finding.found}")
    if finding.expected:
        told.append(f"attendu : {finding.expected}")
    return " | ".join([*told, f"règle {finding.rule.id}"])


def error_code(refusing: Sequence[Finding]) -> str:
    """The one code that stands for a refusal in events and the journal: the first finding's."""
    rule = refusing[0].rule
    return fault_subcode(rule) or ("soap:Sender" if rule.id.startswith(_FAULTS) else REPOSITORY_ERROR)


def fault_subcode(rule: Rule) -> str | None:
    """The code of a rule, also of the one that the services share."""
    return INVALID_CERTIFICATE if rule.id.startswith((_CERTIFICATE, _CHANNEL)) else rule.error_code
