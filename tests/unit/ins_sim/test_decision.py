"""Software, contexts, strictness: what refuses, what is told, what is tolerated."""

import re

import pytest

from ins_sim.domain import rules, rules_call
from ins_sim.domain.decision import check, decide, refusal
from ins_sim.domain.erreur import CATALOGUE, TECHNICAL, UNAVAILABLE, UNKNOWN_SOFTWARE, Erreur, missing
from ins_sim.domain.model import Answer, CodeCR
from ins_sim.domain.policy import Policy, Unknown
from socle.rules import Rule, Severity, Strictness
from socle.soap.model import SOAP11
from support.insi import People, blocks, body, message, person, request, zoe

PEOPLE = People(person("ADRUN", "ZOE", "F", "1975-12-31", matricule="275126322074974"))
LENIENT = Policy(Strictness.LENIENT)


def verdict(raw: bytes, policy: Policy | None = None) -> tuple[Answer | Erreur, list[Rule]]:
    policy = policy or Policy()
    sent = request(raw)
    findings = check(sent, policy)
    return refusal(findings, policy) or decide(sent, policy, PEOPLE), [finding.rule for finding in findings]


def test_a_correct_request_has_no_finding() -> None:
    answer, broken = verdict(message(zoe("63220")))
    assert broken == []
    assert isinstance(answer, Answer)
    assert answer.code is CodeCR.FOUND


def test_the_documented_fake_number_is_refused() -> None:
    answer, broken = verdict(message(zoe(), blocks(idam="FAKE-IDAM")))
    assert answer is UNKNOWN_SOFTWARE
    assert broken == [rules.IDAM]


@pytest.mark.parametrize("idam", [None, ""])
def test_no_number_is_refused(idam: str | None) -> None:
    assert verdict(message(zoe(), blocks(idam=idam)))[0] is UNKNOWN_SOFTWARE


def test_a_list_of_numbers_admits_no_other() -> None:
    policy = Policy(accepted=frozenset({"AB12345"}))
    assert isinstance(verdict(message(zoe(), blocks(idam="AB12345")), policy)[0], Answer)
    assert verdict(message(zoe()), policy)[0] is UNKNOWN_SOFTWARE


def test_the_front_end_speaks_before_insi() -> None:
    raw = message(body(None, ["zoé"], "F", "1975-12-31"), blocks(idam="FAKE-IDAM"))
    assert verdict(raw)[0] is UNKNOWN_SOFTWARE


@pytest.mark.parametrize("policy", [Policy(), LENIENT])
def test_a_missing_trait_refuses_in_every_strictness(policy: Policy) -> None:
    answer, broken = verdict(message(body(None, ["ZOE"], "F", "1975-12-31")), policy)
    assert answer == missing("nom de naissance")
    assert broken == [rules.MISSING]


def test_a_lexical_breach_refuses_as_official_and_is_told_as_lenient() -> None:
    raw = message(body("ADRUN", ["Zoé"], "F", "1975-12-31"))
    answer, broken = verdict(raw)
    assert isinstance(answer, Erreur)
    assert (answer.code, answer.siram) == ("socles_201", "siram_10")
    assert answer.text == "Minuscules dans un nom (Prenom[1])"
    assert broken == [rules.LOWER_CASE, rules.ACCENT]
    answer, broken = verdict(raw, LENIENT)
    assert answer == Answer(CodeCR.NONE)
    assert broken == [rules.LOWER_CASE, rules.ACCENT]


def test_an_unknown_person_follows_the_test_book_or_the_qualification_server() -> None:
    raw = message(body("ADRUN", ["ZELIE"], "F", "1975-12-31"))
    assert verdict(raw)[0] == Answer(CodeCR.NONE)
    assert verdict(raw, Policy(unknown=Unknown.TECHNICAL))[0] is TECHNICAL
    assert verdict(raw, Policy(unknown=Unknown.UNAVAILABLE))[0] is UNAVAILABLE
    assert isinstance(verdict(message(zoe()), Policy(unknown=Unknown.TECHNICAL))[0], Answer)


def timed(time: str) -> bytes:
    """With that Temps in ContexteBAM."""
    return re.sub(b"<bam:Temps>[^<]*<", f"<bam:Temps>{time}<".encode(), message(zoe()))


@pytest.mark.parametrize("time", ["1999-12-31T23:59:59Z", "2026-03-04T10:30:00.123456+01:00", "2026-03-04T10:30:00"])
def test_any_instant_will_do_however_old(time: str) -> None:
    assert verdict(timed(time))[1] == []


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (message(zoe(), blocks() | {"bam": ""}), rules.BAM_MISSING),
        (message(zoe(), blocks(bam_version="01_03")), rules.VERSION),
        (message(zoe(), blocks(lps_version="1.00.00")), rules.VERSION),
        (message(zoe(), blocks(lps_version="")), rules.FIELDS),
        (timed("04/03/2026 10:30"), rules.FIELDS),
        (timed("2026-03-04"), rules.FIELDS),
        (message(zoe(), blocks(coverage="")), rules.COVERAGE),
        (message(zoe(), blocks(coverage="<bam:COUVERTURE><bam:Organisme/></bam:COUVERTURE>")), rules.COVERAGE),
        (message(zoe(), blocks(message_id=None)), rules_call.NO_MESSAGE_ID),
        (message(zoe(), blocks(message_id="6f0d0c0e-5a3c-4b3e-9d3b-0c6f5a1d2e3f")), rules.MESSAGE_ID),
        (message(zoe(), soap=SOAP11), rules.SOAP12),
    ],
)
def test_what_the_live_service_tolerates_is_told_and_answered(raw: bytes, rule: Rule) -> None:
    answer, broken = verdict(raw)
    assert broken == [rule]
    assert rule.severity is not Severity.ERROR
    assert isinstance(answer, Answer)
    assert answer.code is CodeCR.FOUND


def test_without_contextelps_there_is_no_number() -> None:
    answer, broken = verdict(message(zoe(), blocks() | {"lps": ""}))
    assert broken == [rules.IDAM, rules.LPS_MISSING]
    assert answer is UNKNOWN_SOFTWARE


def test_every_catalogued_fault_has_its_reason() -> None:
    assert set(CATALOGUE) == {"desir_550", "desir_560", "desir_1020", "insi_19", "insi_102", "insi_111"}
    assert all(erreur.reason and erreur.outcome == f"{erreur.siram}/{erreur.code}" for erreur in CATALOGUE.values())
