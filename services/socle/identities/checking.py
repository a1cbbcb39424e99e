"""What is asked of every identity, wherever it comes from: the alphabet, the key, the OID, and that nobody is real."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from socle.control.model import OUTCOMES, InsNumber, Person
from socle.control.port import Population
from socle.identifiers.errors import InvalidIdentifier
from socle.identifiers.ins import INS_OIDS, PRODUCTION_OIDS, Ins, ins_key
from socle.identities.alphabet import BIRTH_NAME, GIVEN_NAME, LONGEST, transliterated
from socle.identities.problem import Problem

EARLIEST: Final = date(1870, 1, 1)
IDENTIFIER: Final = re.compile(r"[A-Za-z0-9.-]{1,60}")
"""A person's id: it is the FHIR id too."""
At = Callable[[str], str]
"""Where a member stood in what was read."""
_PLACE: Final = re.compile(r"[0-9]{5}|2[AB][0-9]{3}")


@dataclass(frozen=True, slots=True)
class Draft:
    """A person as read; ``at`` says where a member (``ins``, ``birth_name`` …) stood in what was read."""

    person: Person
    at: At


@dataclass(slots=True)
class Checked:
    """The verdict on all drafts: with ``problems`` nothing is taken; ``remarks`` refuse nothing."""

    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    """Matricules under a production OID that were declared fictitious, to be allow-listed."""


def check(
    drafts: Sequence[Draft],
    population: Population,
    today: date,
    *,
    any_key: bool = False,
    fictitious: bool = False,
    allowed: Iterable[str] = (),
) -> Checked:
    """``any_key`` takes numbers whose key is wrong; ``fictitious``: whoever sends them vouches that all production
    numbers are nobody's; ``allowed`` are those he names one by one (13 or 15 characters)."""
    checked = Checked()
    named = _named(allowed)
    ids: dict[str, Draft] = {}
    holders: dict[str, Draft] = {}
    for draft in drafts:
        person = draft.person
        checked.problems += _traits(draft, today)
        if ids.setdefault(person.id, draft) is not draft:
            fr, en = f"L'identifiant {person.id} revient.", f"Id {person.id} comes again."
            checked.problems.append(Problem(draft.at("id"), "id.twice", fr, en))
        for number, where in _numbers(draft):
            found = list(_number(number, where, any_key=any_key))
            checked.problems += found
            if found:
                continue
            other = holders.setdefault(number.matricule, draft)
            if other is not draft:
                checked.problems.append(
                    Problem(where, "ins.twice", "Deux personnes ont ce matricule.", "Two persons have this number.")
                )
            if number.oid in PRODUCTION_OIDS and (fictitious or number.matricule in named):
                checked.numbers.append(number.matricule)
            elif not population.accepts_ins(_ins(number)):
                checked.problems.append(_maybe_real(where, number.oid))
        checked.remarks += _remarks(draft, population)
    return checked


def real_looking(drafts: Iterable[Draft], population: Population, allowed: Iterable[str] = ()) -> Iterator[Problem]:
    """Of numbers that may be real persons', and are not among those ``allowed``: the one check that nobody may pass."""
    named = _named(allowed)
    for draft in drafts:
        for number, where in _numbers(draft):
            if number.matricule not in named and not population.accepts_ins(_ins(number)):
                yield _maybe_real(where, number.oid)


def id_of(person: Person) -> str:
    """An id that follows from the traits, for persons who come without: coming again, they replace themselves."""
    number = f"{person.ins.oid}{person.ins.matricule}" if person.ins is not None else ""
    traits = (person.birth_name, *person.given_names, person.sex, str(person.birth_date), person.birth_place, number)
    return f"imp-{hashlib.sha256(repr(traits).encode()).hexdigest()[:16]}"


def _named(allowed: Iterable[str]) -> frozenset[str]:
    return frozenset(number.strip().upper()[:13] for number in allowed)


def _traits(draft: Draft, today: date) -> Iterator[Problem]:
    person, at = draft.person, draft.at
    if IDENTIFIER.fullmatch(person.id) is None:
        yield Problem(
            at("id"),
            "id.form",
            "L'identifiant a 1 à 60 caractères parmi A-Z, a-z, 0-9, point et tiret.",
            "An id has 1 to 60 of A-Z, a-z, 0-9, dot and hyphen.",
        )
    yield from spelled(person.birth_name, person.given_names, at)
    if not EARLIEST <= person.birth_date <= today:
        yield Problem(
            at("birth_date"),
            "birth-date.range",
            f"Date de naissance hors de {EARLIEST} … {today}.",
            f"Birth date not between {EARLIEST} and {today}.",
        )
    yield from placed(person.birth_place, at)
    yield from unknown_outcome(draft)


def spelled(birth_name: str, given_names: Iterable[str], at: At) -> Iterator[Problem]:
    """Alphabet and length of the names."""
    if BIRTH_NAME.fullmatch(birth_name) is None:
        yield _spelling(at("birth_name"), "Nom de naissance", "Birth name", birth_name)
    names = tuple(given_names)
    for name in names:
        if GIVEN_NAME.fullmatch(name) is None:
            yield _spelling(at("given_names"), "Prénom", "First name", name)
    for member, size in (("birth_name", len(birth_name)), ("given_names", len(" ".join(names)))):
        if size > LONGEST:
            fr, en = f"{size} caractères : au plus {LONGEST}.", f"{size} characters: {LONGEST} at most."
            yield Problem(at(member), "name.length", fr, en)


def placed(birth_place: str | None, at: At) -> Iterator[Problem]:
    """The form of a COG code."""
    if birth_place is not None and _PLACE.fullmatch(birth_place) is None:
        yield Problem(
            at("birth_place"),
            "birth-place.form",
            "Lieu de naissance : code COG de 5 caractères attendu (63220, 2A004, 99350).",
            "Birth place: a COG code of 5 characters is expected (63220, 2A004, 99350).",
        )


def unknown_outcome(draft: Draft) -> Iterator[Problem]:
    """An answer that INSi does not have: it would be without effect."""
    if draft.person.outcome not in (None, *OUTCOMES):
        told = ", ".join(OUTCOMES)
        fr = f"Réponse d'INSi : vide (ce que trouve la recherche), ou une valeur parmi {told}."
        en = f"INSi's answer: empty (what the search finds), or one of {told}."
        yield Problem(draft.at("outcome"), "outcome.unknown", fr, en)


def _spelling(where: str, label_fr: str, label: str, name: str) -> Problem:
    better = transliterated(name)
    fr = f"{label_fr} hors de l'alphabet d'INSi (A-Z, espace, apostrophe, tiret)"
    en = f"{label} outside INSi's alphabet (A-Z, space, apostrophe, hyphen)"
    if better != name and GIVEN_NAME.fullmatch(better):
        fr = f"{fr} : écrire {better}, ou importer avec --transliterate (names=transliterate)"
        en = f"{en}: write {better}, or import with --transliterate (names=transliterate)"
    return Problem(where, "name.alphabet", f"{fr}.", f"{en}.")


def _numbers(draft: Draft) -> Iterator[tuple[InsNumber, str]]:
    """A former number that repeats the present one, or another one, is checked once."""
    person, seen = draft.person, set()
    for number, member in ((person.ins, "ins"), *((former, "history") for former in person.history)):
        if number is not None and number.matricule not in seen:
            seen.add(number.matricule)
            yield number, draft.at(member)


def _number(number: InsNumber, where: str, *, any_key: bool) -> Iterator[Problem]:
    if number.oid not in INS_OIDS:
        yield Problem(
            where,
            "ins.oid",
            "OID inconnu : 1.2.250.1.213.1.4.8 (NIR), .9 (NIA), .10 (test) ou .11 (démonstration).",
            "Unknown OID: 1.2.250.1.213.1.4.8 (NIR), .9 (NIA), .10 (test) or .11 (demonstration).",
        )
    try:
        right = ins_key(number.matricule)
    except InvalidIdentifier:
        yield Problem(
            where,
            "ins.form",
            "Matricule : 13 caractères, des chiffres, ou 2A et 2B pour le département.",
            "A matricule has 13 characters: digits, or 2A and 2B as the département.",
        )
        return
    if number.key not in (None, right) and not any_key:
        yield Problem(
            where,
            "ins.key",
            "La clé est fausse. Pour la garder exprès : --keys-any (keys=any).",
            "The key is wrong. To keep it on purpose: --keys-any (keys=any).",
        )


def _ins(number: InsNumber) -> Ins:
    return Ins(number.matricule, number.key or ins_key(number.matricule), number.oid)


def _maybe_real(where: str, oid: str) -> Problem:
    return Problem(
        where,
        "patient.not-fictitious",
        f"Matricule à clé juste sous l'OID de production {oid} : ce pourrait être une vraie personne. Employer l'OID "
        "de test 1.2.250.1.213.1.4.10, ou, si elle est fictive à coup sûr, le déclarer (--fictitious ; "
        "fictitious=true, allowedIns).",
        f"A number with a right key under the production OID {oid} may be a real person's. Use the test OID "
        "1.2.250.1.213.1.4.10 or, if surely fictitious, say so (--fictitious; fictitious=true, allowedIns).",
    )


def _remarks(draft: Draft, population: Population) -> Iterator[Problem]:
    person = draft.person
    if person.ins is None or re.fullmatch(r"[0-9]{5}[0-9AB]{8}", person.ins.matricule) is None:
        return
    matricule = person.ins.matricule
    if person.birth_place is None:
        yield Problem(
            draft.at("birth_place"),
            "birth-place.absent",
            "INSi répondra sans LieuNaissance, que de vrais logiciels exigent : 99999 pour un lieu inconnu.",
            "INSi will answer without LieuNaissance, which real software asks for: 99999 stands for an unknown place.",
        )
    told = (
        (matricule[0] in ("137" if person.sex == "M" else "248"), "le même sexe", "sex"),
        (matricule[1:5] == f"{person.birth_date:%y%m}", "la même date de naissance", "birth date"),
        (person.birth_place in (None, matricule[5:10]), "le même lieu de naissance", "birth place"),
    )
    for agrees, fr, en in told:
        if not agrees:
            yield Problem(
                draft.at("ins"),
                "ins.disagrees",
                f"Le matricule ne dit pas {fr} (admis : cela existe).",
                f"The number tells another {en} (taken: it happens).",
            )
    if (other := population.person_by_ins(matricule)) is not None and other.id != person.id:
        yield Problem(
            draft.at("ins"),
            "ins.held",
            f"Ce matricule est déjà celui de {other.id} ; {person.id} passera devant.",
            f"{other.id} has this number already; {person.id} will go before it.",
        )
