"""Controls on the traits as they were sent: presence, alphabet, dates, sex, place (``ins_sim.domain.rules``)."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from ins_sim.domain import rules, rules_call
from ins_sim.domain.model import Traits
from ins_sim.domain.search import calendar_date, is_lunar
from socle.rules import Finding, Rule

ROOT = "RECSANSVITALE"
_NAME = re.compile(r"(?![ -])(?:[A-Z]|-{1,2}(?!-)|[ '](?![ ']))+")
_GIVEN = re.compile(r"(?![ -])(?:[A-Z]|-(?![- ]|\Z)| (?![ '])|'(?![ ']|\Z))+")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
"""``AAAA-MM-JJ``, in the calendar or not."""
_PLACE = re.compile(r"\d{5}|2[AB]\d{3}", re.ASCII)
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ '-")
_LIGATURES = frozenset("ÆŒæœĲĳǄǅǆǇǈǉǊǋǌﬀﬁﬂﬃﬄﬅﬆẞß")
STROKES: Final = dict(zip("ØøŁłĐđĦħŦŧ", "OoLlDdHhTt", strict=True))
"""Letters with a sign that Unicode does not take apart, and without it."""
_APOSTROPHES = frozenset("’‘‛ʼ´`′")


def check_traits(traits: Traits, root: str = ROOT, given: str = "Prenom") -> Iterator[Finding]:
    """All breaches in the traits, in the order of the schema. ``root``: what holds them; ``given``: the element of the
    first names, which stands once for each where it is ``Prenom``."""
    yield from _missing(traits, root, given)
    yield from check_birth_name(traits.birth_name, f"{root}/NomNaissance")
    for position, name in enumerate(traits.given_names, 1):
        if name and not _GIVEN.fullmatch(name):
            where = f"{root}/{given}[{position}]" if given == "Prenom" else f"{root}/{given}"
            yield from _name(name, where, given=True)
    if traits.sex and traits.sex not in ("M", "F"):
        yield rules.SEX.finding(where=f"{root}/Sexe", expected="M, F", found=traits.sex)
    yield from _birth(traits, root)
    for element in traits.surplus:
        yield rules.SURPLUS.finding(where=f"{root}/{element}", found=element)
    if not traits.ordered:
        yield rules.ORDER.finding(where=root)


def check_birth_name(name: str, where: str) -> Iterator[Finding]:
    """The alphabet and separators of a birth name; nothing of an absent one."""
    if name and not _NAME.fullmatch(name):
        yield from _name(name, where, given=False)


def _missing(traits: Traits, root: str, given: str) -> Iterator[Finding]:
    for element, label, value in (
        ("NomNaissance", "nom de naissance", traits.birth_name),
        (given, "prénom", "".join(traits.given_names)),
        ("Sexe", "sexe", traits.sex),
        ("DateNaissance", "date de naissance", traits.birth_date),
    ):
        if not value.strip():
            yield rules.MISSING.finding(where=f"{root}/{element}", expected=label, found="")


def _birth(traits: Traits, root: str) -> Iterator[Finding]:
    where = f"{root}/DateNaissance"
    if traits.birth_date.strip():
        if not DATE.fullmatch(traits.birth_date):
            yield rules.DATE.finding(where=where, expected="AAAA-MM-JJ", found=traits.birth_date)
        elif calendar_date(traits.birth_date) is None:
            rule = rules_call.LUNAR if is_lunar(traits.birth_date) else rules.CALENDAR
            yield rule.finding(where=where, expected="une date du calendrier", found=traits.birth_date)
    if traits.birth_place and not _PLACE.fullmatch(traits.birth_place):
        where = f"{root}/LieuNaissance"
        yield rules.PLACE.finding(where=where, expected="code COG, 5 caractères", found=traits.birth_place)


def _name(text: str, where: str, *, given: bool) -> Iterator[Finding]:
    """Say what is wrong with a name that the pattern refused: one finding for each rule it breaks."""
    strange = dict.fromkeys(char for char in text if char not in _ALPHABET)
    kinds = {char: _kind(char) for char in strange}
    for rule in (rules.LOWER_CASE, rules.ACCENT, rules.LIGATURE, rules.APOSTROPHE, rules.CHARSET):
        chars = [char for char, kind in kinds.items() if kind is rule]
        if chars:
            yield rule.finding(where=where, expected="A-Z, espace, ', -", found=" ".join(chars))
    if text[0] in " -":
        yield rules.FIRST.finding(where=where, expected="une lettre ou une apostrophe", found=text[0])
    separators = re.search(r"[ '][ ']|---", text)
    if separators:
        yield rules.SEPARATORS.finding(where=where, found=separators.group())
    if given and re.search(r"--|-(?: |\Z)|'\Z", text):
        yield rules.GIVEN.finding(where=where, found=text)


def _kind(char: str) -> Rule:
    """The rule that a character outside the alphabet breaks."""
    if char in _APOSTROPHES:
        return rules.APOSTROPHE
    if char in _LIGATURES:
        return rules.LIGATURE
    if char in STROKES or unicodedata.combining(char) or len(unicodedata.normalize("NFD", char)) > 1:
        return rules.ACCENT
    if "a" <= char <= "z":
        return rules.LOWER_CASE
    return rules.CHARSET
