"""Controls on a WS_INS1 request before any card is looked up: what is missing or malformed, and COUVERTURE."""

from collections.abc import Iterator
from itertools import chain

from ins_sim.domain import rules as common
from ins_sim.domain import rules_vitale as rules
from ins_sim.domain.coverage import Coverage, Matricule
from ins_sim.domain.front import check_front
from ins_sim.domain.lexical import DATE, check_birth_name
from ins_sim.domain.policy import Policy
from ins_sim.domain.vitale import ROOT, CardRequest, CardTraits, rank_of
from socle.rules import Finding, Rule

_BAM = "ContexteBAM/COUVERTURE"


def check(request: CardRequest, policy: Policy) -> list[Finding]:
    """Everything worth saying about a request: the header's controls, the body's form, body against COUVERTURE."""
    return [*check_front(request, policy), *_coverage(request), *check_asked(request.asked)]


def check_asked(asked: CardTraits) -> Iterator[Finding]:
    """The body alone, in the order of the schema. A lunar date is as good as another: cards hold some."""
    for label, element, value in (
        ("matricule de l'ouvrant droit", "MatriculeOD", asked.insured.number),
        ("date de naissance", "DateNaissance", asked.birth_date),
    ):
        if not value:
            yield rules.MISSING.finding(where=f"{ROOT}/{element}", expected=label)
    yield from _number(asked.individual, "MatriculeIndividu")
    yield from _number(asked.insured, "MatriculeOD")
    yield from check_birth_name(asked.birth_name, ROOT)
    if asked.birth_date and not DATE.fullmatch(asked.birth_date):
        where = f"{ROOT}/DateNaissance"
        yield common.DATE.finding(where=where, expected="AAAA-MM-JJ", found=asked.birth_date[:80])
    where = f"{ROOT}/RangNaissance"
    if not asked.rank:
        yield rules.RANK_MISSING.finding(where=where)
    elif rank_of(asked.rank) is None:
        yield rules.RANK.finding(where=where, expected="1 … 9", found=asked.rank[:80])
    for element in asked.surplus:
        yield common.SURPLUS.finding(where=f"{ROOT}/{element}", found=element)
    if not asked.ordered:
        yield common.ORDER.finding(where=ROOT)


def _number(sent: Matricule, element: str) -> Iterator[Finding]:
    if sent.sent and not sent.well_formed:
        found = f"{sent.number} {sent.key}".strip()[:80]
        yield rules.NUMBER.finding(where=f"{ROOT}/{element}", expected="13 caractères ; clé à part", found=found)


def _coverage(request: CardRequest) -> Iterator[Finding]:
    """COUVERTURE against the body: what it does not say contradicts nothing."""
    covered = request.bam.covered
    if covered is None:
        if request.bam.present:
            found = "vide" if request.bam.coverage else "absent"
            yield rules.COVERAGE_EMPTY.finding(where=_BAM, expected="ASSURE, BENEFICIAIRE", found=found)
        return
    yield from chain(_insured(covered, request.asked), _beneficiary(covered, request.asked))


def _insured(covered: Coverage, asked: CardTraits) -> Iterator[Finding]:
    if covered.insured.number != asked.insured.number:
        yield _differs(rules.COVERAGE_INSURED, "ASSURE/Id/Num", asked.insured.number, covered.insured.number)


def _beneficiary(covered: Coverage, asked: CardTraits) -> Iterator[Finding]:
    if covered.number.number != asked.individual.number:
        yield _differs(rules.COVERAGE_NUMBER, "BENEFICIAIRE/Nir/Num", asked.individual.number, covered.number.number)
    if covered.birth_date != asked.birth_date:
        yield _differs(rules.COVERAGE_BIRTH, "BENEFICIAIRE/DateNai", asked.birth_date, covered.birth_date)
    if (covered.rank or asked.rank) and rank_of(covered.rank) != rank_of(asked.rank):
        yield _differs(rules.COVERAGE_RANK, "BENEFICIAIRE/Rang", asked.rank, covered.rank)


def _differs(rule: Rule, place: str, body: str, covered: str) -> Finding:
    expected, found = (value[:80] or "(absent)" for value in (body, covered))
    return rule.finding(where=f"{_BAM}/{place}", expected=expected, found=found)
