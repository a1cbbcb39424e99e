"""The unitary verification: OK for a person's own number and traits, and for nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ins_sim.domain import rules
from ins_sim.domain import rules_verification as own
from ins_sim.domain.decision import refusal
from ins_sim.domain.erreur import TECHNICAL, Erreur
from ins_sim.domain.policy import Policy
from ins_sim.domain.verification import VerificationCR, Verified, check, decide, numbers
from ins_sim.wire.verification import parse, render
from socle.control.model import InsNumber, Person
from socle.control.population.published import published
from socle.identifiers.ins import OID_NIR, OID_TEST
from socle.rules import Rule, Severity, Strictness
from support.ins_verified import PATHS, altered, claim, unitary, verified
from support.insi import People, envelope, message, person

ALL = [one.person for one in published()]
OWNERS = [one for one in ALL if one.ins is not None]
"""Everybody who has a number."""


class Register(People):
    """Looked up by number too."""

    def person_by_ins(self, matricule: str) -> Person | None:
        for one in self.persons:
            if matricule in [number.matricule for number in (one.ins, *one.history) if number is not None]:
                return one
        return None


REGISTER = Register(*ALL)
POLICIES = (Policy(), Policy(Strictness.LENIENT))


def outcome(claimed: dict[str, str | None], policy: Policy | None = None) -> tuple[Verified | Erreur, list[Rule]]:
    """The answer, and every rule that is told."""
    asked = parse(envelope(unitary(claimed)))
    assert asked is not None
    policy = policy or Policy()
    findings = check(asked, policy)
    answer = refusal(findings, policy) or decide(asked, policy, REGISTER)
    return answer, [one.rule for one in (*findings, *(answer.findings if isinstance(answer, Verified) else ()))]


@pytest.mark.parametrize("someone", OWNERS, ids=lambda one: one.id)
def test_each_owners_own_number_and_traits_are_ok(someone: Person) -> None:
    assert outcome(claim(someone)) == (Verified(VerificationCR.OK), [] if someone.birth_place else [own.NO_PLACE])


@given(
    someone=st.sampled_from(OWNERS),
    which=st.sampled_from(sorted(PATHS)),
    policy=st.sampled_from(POLICIES),
    data=st.data(),
)
def test_no_altered_number_or_trait_is_ok(someone: Person, which: str, policy: Policy, data: st.DataObject) -> None:
    value = claim(someone)[which]
    if value is None:
        return
    others = [claim(one)[which] for one in OWNERS]
    other = data.draw(
        st.one_of(
            st.sampled_from([*altered(value)]), st.sampled_from(others), st.text(max_size=20, alphabet="AZ019 '-é")
        )
    )
    if other in (None, value) or (other.strip() == "" and which in ("key", "place")):
        return  # these two may be left out, which is told: see below
    answer, told = outcome(claim(someone, **{which: other}), policy)
    # a number alone is trimmed: spaces around it are no part of it
    assert answer != Verified(VerificationCR.OK) or other.strip() == value
    if isinstance(answer, Verified) and answer.code is VerificationCR.KO:
        assert all(
            rule.severity is Severity.WARNING for rule in told if rule.id.endswith(("differs", "former", "unknown"))
        )


@given(one=st.sampled_from(OWNERS), other=st.sampled_from(OWNERS), which=st.sets(st.sampled_from(sorted(PATHS))))
def test_two_persons_mixed_are_never_ok(one: Person, other: Person, which: set[str]) -> None:
    mixed = claim(one) | {name: value for name, value in claim(other).items() if name in which}
    answer = outcome(mixed)[0]
    assert answer != Verified(VerificationCR.OK) or claim(one) | mixed == claim(one) or mixed == claim(other) | mixed


PIERRE = next(one for one in OWNERS if one.id == "insi-ecetinsi")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"number": "2790351215189"}, own.UNKNOWN_NUMBER),
        ({"number": "2090763220834", "key": "39"}, own.FORMER_NUMBER),
        ({"key": "88"}, own.OTHER_KEY),
        ({"oid": OID_TEST}, own.OTHER_OID),
        ({"name": "ECETINSY"}, own.OTHER_NAME),
        ({"given": "PIERRE-ALAIN"}, own.OTHER_GIVEN),
        ({"sex": "F"}, own.OTHER_SEX),
        ({"born": "2009-07-15"}, own.OTHER_DATE),
        ({"place": "63113"}, own.OTHER_PLACE),
    ],
)
def test_what_differs_is_told_in_the_journal_and_not_to_the_client(change: dict[str, str | None], rule: Rule) -> None:
    register = Register(PIERRE)
    asked = parse(envelope(unitary(claim(PIERRE, **change))))
    assert asked is not None
    answer = decide(asked, Policy(), register)
    assert isinstance(answer, Verified)
    assert [finding.rule for finding in answer.findings] == [rule]
    assert render(answer).decode() == (
        '<RESULTAT xmlns="http://www.cnamts.fr/INSiLot2/REPUnitaire"><CR><CodeCR>KO</CodeCR>'
        "<LibelleCR>Identite non verifiee</LibelleCR></CR></RESULTAT>"
    )


@pytest.mark.parametrize("which", sorted(PATHS))
@pytest.mark.parametrize("tail", ["<!-- x -->9", "<x>9</x>"])
def test_neither_a_comment_nor_an_element_cuts_a_value_short(which: str, tail: str) -> None:
    """Read up to there it would be his own."""
    altered = unitary(claim(PIERRE, **{which: f"{claim(PIERRE)[which]}|"})).replace(b"|", tail.encode())
    asked = parse(envelope(altered))
    assert asked is not None
    findings = check(asked, Policy())
    assert (refusal(findings, Policy()) or decide(asked, Policy(), REGISTER)) != Verified(VerificationCR.OK)
    assert (rules.SURPLUS in {one.rule for one in findings}) is ("<x>" in tail and PATHS[which].startswith("Traits"))


def test_a_missing_key_or_place_is_told_and_verified_without() -> None:
    assert outcome(claim(PIERRE, key=None)) == (Verified(VerificationCR.OK), [own.NO_KEY])
    assert outcome(claim(PIERRE, place=None)) == (Verified(VerificationCR.OK), [own.NO_PLACE])


@pytest.mark.parametrize(
    ("change", "code", "rule"),
    [
        ({"number": None, "key": None}, "insi_19", own.MISSING),
        ({"oid": None}, "insi_19", own.MISSING),
        ({"number": "109076322083489", "key": None}, "socles_241", own.NUMBER),
        ({"key": "8"}, "socles_241", own.NUMBER),
        ({"number": "10907A3220834"}, "socles_241", own.NUMBER),
        ({"oid": "1.2.250.1.213.1.4.2"}, "socles_242", own.OID),
        ({"name": "Ecetinsi"}, "socles_201", rules.LOWER_CASE),
        ({"given": None}, "insi_19", rules.MISSING),
        ({"given": "PIERRE--ALAIN"}, "socles_208", rules.GIVEN),
        ({"sex": "I"}, "socles_209", rules.SEX),
        ({"born": "14/07/2009"}, "socles_210", rules.DATE),
    ],
)
def test_the_form_is_controlled_as_in_ws_ins2(change: dict[str, str | None], code: str, rule: Rule) -> None:
    answer, told = outcome(claim(PIERRE, **change))
    assert isinstance(answer, Erreur)
    assert answer.code == code
    assert rule in told


def test_a_provisional_number_and_a_wrong_key_as_published_are_verified() -> None:
    nia = next(one for one in OWNERS if one.id == "insi-provisoire")
    assert outcome(claim(nia))[0] == Verified(VerificationCR.OK)
    hermann = next(one for one in OWNERS if one.id == "insi-hermann")
    assert outcome(claim(hermann))[0] == Verified(VerificationCR.OK)
    assert outcome(claim(hermann, key="76"))[1] == [own.OTHER_KEY]


def test_somebody_unknown_to_insi_or_with_an_outcome_of_his_own() -> None:
    hidden = person("ADRUN", "ZOE", "F", "1975-12-31", known=False)
    down = person("PANNEAU", "ZOE", "F", "1975-12-31", outcome="insi_102")
    for someone, expected in ((hidden, [own.UNKNOWN_NUMBER]), (down, None)):
        asked = parse(envelope(unitary(claim(someone))))
        assert asked is not None
        answer = decide(asked, Policy(), Register(someone))
        assert answer is TECHNICAL if expected is None else isinstance(answer, Verified)
        if isinstance(answer, Verified):
            assert [one.rule for one in answer.findings] == expected


@pytest.mark.parametrize("namespace", [None, "http://www.cnamts.fr/INSiLot2/REPUnitaire", "urn:x"])
def test_elements_are_read_whatever_their_namespace(namespace: str | None) -> None:
    inner = verified(claim(PIERRE), namespace=namespace)
    for content in (inner, f"<a>{inner}</a>"):
        asked = parse(envelope(message(content)))
        assert asked is not None
        assert decide(asked, Policy(), REGISTER) == Verified(VerificationCR.OK)
    assert parse(envelope(message("<a/>"))) is None


def test_surplus_and_repeated_elements_are_told_and_change_nothing() -> None:
    more = "<Sexe>F</Sexe></TraitsIdentiteIndividu><Autre/>"
    asked = parse(envelope(message(verified(claim(PIERRE)).replace("</TraitsIdentiteIndividu>", more))))
    assert asked is not None
    assert [(one.rule, one.found) for one in check(asked, Policy())] == [
        (rules.SURPLUS, "Sexe"),
        (rules.SURPLUS, "Autre"),
    ]
    assert decide(asked, Policy(), REGISTER) == Verified(VerificationCR.OK)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ("1090763220834", "89", OID_NIR)),
        ({"key": None}, ("1090763220834", "89", OID_NIR)),
        ({"key": "8"}, ("1090763220834", "89", OID_NIR)),
        ({"number": "109076322083489", "key": None}, ("1090763220834", "89", OID_NIR)),
        ({"oid": None}, ("1090763220834", "89", OID_NIR)),
        ({"oid": "1.2.3"}, ("1090763220834", "89", OID_NIR)),
        ({"oid": OID_TEST, "key": "11"}, ("1090763220834", "11", OID_TEST)),
        ({"number": "x"}, None),
    ],
)
def test_the_number_is_taken_for_a_real_one_where_that_is_not_told(
    change: dict[str, str | None], expected: tuple[str, str, str] | None
) -> None:
    asked = parse(envelope(unitary(claim(PIERRE, **change))))
    assert asked is not None
    found = [(ins.matricule, ins.key, ins.oid) for ins, _ in numbers(asked.claimed)]
    assert found == ([] if expected is None else [expected])


def test_a_former_number_has_its_own_key() -> None:
    old = InsNumber("2090763220834", "39", OID_NIR)
    someone = person("ADRUN", "ZOE", "F", "1975-12-31", matricule="275126322074974", history=(old,))
    for key, expected in (("39", [own.FORMER_NUMBER]), ("74", [own.FORMER_NUMBER, own.OTHER_KEY])):
        asked = parse(envelope(unitary(claim(someone, number=old.matricule, key=key))))
        assert asked is not None
        answer = decide(asked, Policy(), Register(someone))
        assert isinstance(answer, Verified)
        assert [one.rule for one in answer.findings] == expected
