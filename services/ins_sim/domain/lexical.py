"""Controls on the traits as they were sent: presence, alphabet, dates, sex, place (``ins_sim.domain.rules``)."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from ins_sim.domain import rules, rules_call
from ins_sim.domain.model import Traits
from ins_sim.domain.search import calendar_date, is_lunar
from socle.rules import Finding, Rule

ROOT = "RECSANSVITALE"
_NAME = re.compile(r"(?![ -])(?:[A-Z]++|-{1,2}(?!-)|[ '](?![ ']))+")
_GIVEN = re.compile(r"(?![ -])(?:[A-Z]++|-(?![- ]|\Z)| (?![ '])|'(?![ ']|\Z))+")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
"""``AAAA-MM-JJ``, in the calendar or not."""
_PLACE = re.compile(r"\d{5}|2[AB]\d{3}", re.ASCII)
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ '-")
_LIGATURES = frozenset("ÆŒæœĲĳǄǅǆǇǈǉǊǋǌﬀﬁﬂﬃﬄﬅﬆẞß")
STROKES: Final = dict(zip("ØøŁłĐđĦħŦŧ", "OoLlDdHhTt", strict=True))
"""Letters with a sign that Unicode does not take apart, and without it."""
_APOSTROPHES = frozenset("’‘‛ʼ´`′")


def check_traits(traits: Traits, root: str = ROOT, given: str = "Prenom") -> list[Finding]:
    """All breaches in the traits, in the order of the schema. ``root``: what holds them; ``given``: the element of the
    first names, which stands once for each where it is ``Prenom``."""
    found = _missing(traits, root, given)
    found += check_birth_name(traits.birth_name, root)
    for position, name in enumerate(traits.given_names, 1):
        if name and not _GIVEN.fullmatch(name):
            where = f"{root}/{given}[{position}]" if given == "Prenom" else f"{root}/{given}"
            found += _name(name, where, given=True)
    if traits.sex and traits.sex not in ("M", "F"):
        found.append(rules.SEX.finding(where=f"{root}/Sexe", expected="M, F", found=traits.sex))
    if traits.birth_date and calendar_date(traits.birth_date) is None:
        found += _no_date(traits.birth_date, f"{root}/DateNaissance")
    if traits.birth_place and not _PLACE.fullmatch(traits.birth_place):
        where = f"{root}/LieuNaissance"
        found.append(rules.PLACE.finding(where=where, expected="code COG, 5 caractères", found=traits.birth_place))
    found += [rules.SURPLUS.finding(where=f"{root}/{element}", found=element) for element in traits.surplus]
    if not traits.ordered:
        found.append(rules.ORDER.finding(where=root))
    return found


def check_birth_name(name: str, root: str) -> Iterable[Finding]:
    """The alphabet and separators of the birth name that ``root`` holds; nothing of an absent one."""
    return _name(name, f"{root}/NomNaissance", given=False) if name and not _NAME.fullmatch(name) else ()


def _missing(traits: Traits, root: str, given: str) -> list[Finding]:
    found = []
    for element, label, value in (
        ("NomNaissance", "nom de naissance", traits.birth_name),
        (given, "prénom", "".join(traits.given_names)),
        ("Sexe", "sexe", traits.sex),
        ("DateNaissance", "date de naissance", traits.birth_date),
    ):
        if not value.strip():
            found.append(rules.MISSING.finding(where=f"{root}/{element}", expected=label, found=""))
    return found


def _no_date(text: str, where: str) -> Iterator[Finding]:
    """Say what is wrong with a birth date that is none of the calendar; nothing of spaces, which are a missing one."""
    if DATE.fullmatch(text):
        rule = rules_call.LUNAR if is_lunar(text) else rules.CALENDAR
        yield rule.finding(where=where, expected="une date du calendrier", found=text)
    elif text.strip():
        yield rules.DATE.finding(where=where, expected="AAAA-MM-JJ", found=text)


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
