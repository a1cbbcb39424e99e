"""Does this INS belong to the person with these traits? (``verifierInsAvecTraitsIdentite``, our own choice throughout)

OK when the number is the active one of a person that INSi knows, under the same OID, with the same key and traits, all
of them; KO otherwise. Which of them differs is told in the journal alone, trait by trait.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from ins_sim.domain import rules_verification as rules
from ins_sim.domain.coverage import Matricule
from ins_sim.domain.erreur import Erreur
from ins_sim.domain.front import check_empty_coverage, check_front
from ins_sim.domain.lexical import check_traits
from ins_sim.domain.model import Caller, Directory, Individual, Number, Traits
from ins_sim.domain.policy import Policy
from ins_sim.domain.search import is_known, search
from ins_sim.domain.strangers import may_be_real
from socle.identifiers.ins import INS_OIDS, Ins
from socle.rules import Finding, Rule

ROOT = "IndividuVerifie"


@dataclass(slots=True)
class Claimed:
    """An INS, and the traits of the person whose it is said to be; what is absent is empty."""

    number: Matricule = field(default_factory=Matricule)
    oid: str = ""
    traits: Traits = field(default_factory=Traits)
    """``given_names`` holds ``ListePrenom``, as it was sent."""


@dataclass(slots=True)
class VerificationRequest(Caller):
    """One unitary verification."""

    claimed: Claimed = field(default_factory=Claimed)


class VerificationCR(StrEnum):
    """The compte rendu of a verification. ``KO`` is no code that a source has."""

    OK = "00"
    KO = "KO"


LABELS: Final = {VerificationCR.OK: "OK", VerificationCR.KO: "Identite non verifiee"}
"""``LibelleCR``, without accents as those of a search."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A verification that came to its end, and what the journal tells of it."""

    code: VerificationCR
    findings: Sequence[Finding] = ()


class Register(Directory, Protocol):
    """Where numbers are looked up too: the population of one workspace."""

    def person_by_ins(self, matricule: str) -> Individual | None: ...


def check(request: VerificationRequest, policy: Policy) -> list[Finding]:
    """Everything worth saying about a request before anybody is looked up."""
    return [*check_front(request, policy), *check_empty_coverage(request), *check_claimed(request.claimed)]


def check_claimed(claimed: Claimed, root: str = ROOT) -> Iterator[Finding]:
    """Presence and form of number and OID; the traits by the controls of WS_INS2."""
    number, where = claimed.number, f"{root}/INSFourni"
    if not number.number:
        yield rules.MISSING.finding(where=f"{where}/IdIndividu/NumIdentifiant", expected="matricule")
    elif not number.well_formed:
        found = f"{number.number} {number.key}".strip()[:80]
        yield rules.NUMBER.finding(where=f"{where}/IdIndividu", expected="13 caractères, clé à part", found=found)
    elif not number.key:
        yield rules.NO_KEY.finding(where=f"{where}/IdIndividu/Cle")
    if not claimed.oid:
        yield rules.MISSING.finding(where=f"{where}/OID", expected="OID")
    elif claimed.oid not in INS_OIDS:
        yield rules.OID.finding(where=f"{where}/OID", expected=" | ".join(sorted(INS_OIDS)), found=claimed.oid[:80])
    yield from check_traits(claimed.traits, f"{root}/TraitsIdentiteIndividu", "ListePrenom")
    if not claimed.traits.birth_place:
        yield rules.NO_PLACE.finding(where=f"{root}/TraitsIdentiteIndividu/LieuNaissance")


def decide(request: VerificationRequest, policy: Policy, register: Register) -> Verified | Erreur:
    """The answer to a request that is not refused."""
    return verify(request.claimed, register)


def verify(claimed: Claimed, register: Register, root: str = ROOT) -> Verified | Erreur:
    """OK or KO; or the fault that the persons with these traits always give."""
    found = search(claimed.traits, register)
    if isinstance(found, Erreur):
        return found
    differences = tuple(_differences(claimed, register, root))
    return Verified(VerificationCR.KO if differences else VerificationCR.OK, differences)


def numbers(claimed: Claimed, root: str = ROOT) -> Iterator[tuple[Ins, str]]:
    """The number asked about, for D11."""
    return may_be_real(claimed.number, f"{root}/INSFourni", claimed.oid)


def _differences(claimed: Claimed, register: Register, root: str) -> Iterator[Finding]:
    sent, where = claimed.number, f"{root}/INSFourni/IdIndividu"
    person = register.person_by_ins(sent.number)
    if person is None or person.ins is None or not is_known(person):
        yield rules.UNKNOWN_NUMBER.finding(where=f"{where}/NumIdentifiant", found=sent.number)
        return
    number = _owned(person, sent.number)
    if number is not person.ins:
        yield rules.FORMER_NUMBER.finding(
            where=f"{where}/NumIdentifiant", expected=person.ins.matricule, found=sent.number
        )
    if sent.key and sent.key != number.key:
        yield rules.OTHER_KEY.finding(where=f"{where}/Cle", expected=number.key or "(aucune)", found=sent.key)
    if claimed.oid != number.oid:
        yield rules.OTHER_OID.finding(where=f"{root}/INSFourni/OID", expected=number.oid, found=claimed.oid)
    yield from _traits(claimed.traits, person, f"{root}/TraitsIdentiteIndividu")


def _owned(person: Individual, matricule: str) -> Number:
    """The person's number with these 13 characters: the active one, or a former one."""
    assert person.ins is not None
    return next(one for one in (person.ins, *person.history) if one.matricule == matricule)


def _traits(traits: Traits, person: Individual, where: str) -> Iterator[Finding]:
    told: tuple[tuple[Rule, str, str, str], ...] = (
        (rules.OTHER_NAME, "NomNaissance", person.birth_name, traits.birth_name),
        (rules.OTHER_GIVEN, "ListePrenom", " ".join(person.given_names), " ".join(traits.given_names)),
        (rules.OTHER_SEX, "Sexe", person.sex, traits.sex),
        (rules.OTHER_DATE, "DateNaissance", str(person.birth_date), traits.birth_date),
        (rules.OTHER_PLACE, "LieuNaissance", person.birth_place or "(aucun)", traits.birth_place),
    )
    for rule, element, expected, found in told:
        if found != expected and (found or rule is not rules.OTHER_PLACE):
            yield rule.finding(where=f"{where}/{element}", expected=expected, found=found[:200])
