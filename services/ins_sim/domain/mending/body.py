"""What of a search's body is mended by rule: traits rewritten as INSi wants them.

Who the person is stays the sender's word: a name is transcribed, never guessed.
"""

import re
import unicodedata
from collections.abc import Iterable

from ins_sim.domain import rules
from ins_sim.domain.lexical import STROKES
from ins_sim.domain.mending.base import MENDERS, ORDER, Asked, path_of
from ins_sim.domain.search import calendar_date
from socle.mending.model import Do, Edit
from socle.rules import Finding, Rule

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘‛ʼ´`′", "'"))
_LETTERS = str.maketrans(
    {"Æ": "AE", "æ": "AE", "Œ": "OE", "œ": "OE", "ß": "SS", "ẞ": "SS", "Ĳ": "IJ", "ĳ": "IJ"}
    | {"Ǆ": "DZ", "ǅ": "DZ", "ǆ": "DZ", "Ǉ": "LJ", "ǈ": "LJ", "ǉ": "LJ", "Ǌ": "NJ", "ǋ": "NJ", "ǌ": "NJ"}
    | STROKES
    | {"ﬀ": "FF", "ﬁ": "FI", "ﬂ": "FL", "ﬃ": "FFI", "ﬄ": "FFL", "ﬅ": "ST", "ﬆ": "ST"}
)
_BLANKS = re.compile(r"[\u00a0\u2007\u202f\u2009\t\r\n]")
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_FRENCH_DATE = re.compile(r"(\d{2})[/.-](\d{2})[/.-](\d{4})", re.ASCII)
_BARE_DATE = re.compile(r"(\d{4})[/.]?(\d{2})[/.]?(\d{2})", re.ASCII)
_SEX = {"m": "M", "f": "F", "h": "M", "1": "M", "2": "F", "male": "M", "female": "F", "masculin": "M", "féminin": "F"}
_LOCAL = frozenset(" ".join(ORDER.values()).split()) | {"ListePrenom", "INSFourni", "IdIndividu", "OID"}


def transcribed(name: str, *, given: bool) -> str:
    """A name in INSi's alphabet: capitals without accents, straight apostrophe, no doubled separators.

    What has no transcription (a digit, a letter of another alphabet) stays, and its finding with it.
    """
    text = _DASHES.sub("-", _BLANKS.sub(" ", name.translate(_APOSTROPHES).translate(_LETTERS)))
    text = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char)).upper()
    text = re.sub(r"-{3,}", "--", text.strip().lstrip(" -"))
    text = re.sub(r"[ ']*'[ ']*", "'", re.sub(r" {2,}", " ", text))
    if given:
        text = re.sub(r" ?- ?", "-", re.sub(r"-{2,}", "-", text)).rstrip("-' ")
    return text


def _name(asked: Asked, finding: Finding) -> Iterable[Edit]:
    path, sent = path_of(finding.where), asked.names.get(finding.where, "")
    text = transcribed(sent, given="Prenom" in finding.where)
    if path is not None and text and text != sent:
        yield Edit(Do.TEXT, path, text)


def _register_names() -> None:
    words: tuple[tuple[Rule, str, str], ...] = (
        (rules.LOWER_CASE, "Le nom passe en majuscules.", "The name is put in capitals."),
        (rules.ACCENT, "Les signes diacritiques sont retirés.", "Diacritics are taken off."),
        (rules.LIGATURE, "Les ligatures sont écrites en deux lettres.", "Ligatures are written as two letters."),
        (rules.APOSTROPHE, "L'apostrophe devient droite.", "The apostrophe becomes straight."),
        (
            rules.CHARSET,
            "Espaces et tirets typographiques deviennent ceux d'ASCII ; les autres caractères restent à corriger.",
            "Typographic spaces and hyphens become those of ASCII; other characters are left to be corrected.",
        ),
        (rules.FIRST, "L'espace ou le tiret initial est retiré.", "The leading space or hyphen is taken off."),
        (rules.SEPARATORS, "Les séparateurs doublés sont réduits à un.", "Doubled separators become one."),
        (rules.GIVEN, "Le prénom perd tiret double et signe final.", "The first name loses double and final signs."),
    )
    for rule, fr, en in words:
        MENDERS.mends(rule, fr, en)(_name)


_register_names()


@MENDERS.mends(rules.SEX, "Le sexe est écrit M ou F.", "Sex is written M or F.")
def _sex(asked: Asked, finding: Finding) -> Iterable[Edit]:
    path, known = path_of(finding.where), _SEX.get(finding.found.strip().lower())
    if path is not None and known is not None:
        yield Edit(Do.TEXT, path, known)


@MENDERS.mends(rules.DATE, "La date est écrite AAAA-MM-JJ.", "The date is written YYYY-MM-DD.")
def _date(asked: Asked, finding: Finding) -> Iterable[Edit]:
    path, sent = path_of(finding.where), finding.found.strip().partition("T")[0]
    french, bare = _FRENCH_DATE.fullmatch(sent), _BARE_DATE.fullmatch(sent)
    if french is not None:
        sent = f"{french[3]}-{french[2]}-{french[1]}"
    elif bare is not None:
        sent = f"{bare[1]}-{bare[2]}-{bare[3]}"
    if path is not None and sent != finding.found and calendar_date(sent) is not None:
        yield Edit(Do.TEXT, path, sent)


@MENDERS.mends(
    rules.SURPLUS,
    "L'élément inconnu est retiré, s'il ne porte pas le nom d'un trait.",
    "The unknown element is removed, unless it has the name of a trait.",
)
def _surplus(asked: Asked, finding: Finding) -> Iterable[Edit]:
    path = path_of(finding.where.rpartition("/")[0])
    if path is not None and finding.found not in _LOCAL and finding.found.isidentifier():
        yield Edit(Do.REMOVE, f"{path}/*[local-name()='{finding.found}']")


@MENDERS.mends(rules.ORDER, "Les éléments suivent l'ordre du schéma.", "The elements follow the schema's order.")
def _order(asked: Asked, finding: Finding) -> Iterable[Edit]:
    path = path_of(finding.where)
    if path is not None:
        yield Edit(Do.SORT, path, ORDER[finding.where])
