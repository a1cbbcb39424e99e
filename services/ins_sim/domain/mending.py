"""What of a WS_INS2 request is mended by rule: traits rewritten as INSi wants them, header blocks completed.

Who the person is stays the sender's word: a name is transcribed, never guessed.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from ins_sim.domain import rules, rules_call
from ins_sim.domain.model import Request
from ins_sim.domain.search import calendar_date
from socle.mending.model import Do, Edit, Menders
from socle.rules import Finding, Rule

RECSANS = "http://www.cnamts.fr/INSiRecSans"
BAM, LPS = "urn:siram:bam:ctxbam", "urn:siram:lps:ctxlps"
WSA = "http://www.w3.org/2005/08/addressing"
SOAP11, SOAP12 = "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"

MENDERS: "Menders[Asked, Edit]" = Menders({"ins": RECSANS, "bam": BAM, "lps": LPS, "wsa": WSA})

_HEADER = "/*/*[local-name()='Header']"
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘‛ʼ´`′", "'"))
_LIGATURES = str.maketrans(
    {"Æ": "AE", "æ": "AE", "Œ": "OE", "œ": "OE", "ß": "SS", "ẞ": "SS", "Ĳ": "IJ", "ĳ": "IJ"}
    | {"Ǆ": "DZ", "ǅ": "DZ", "ǆ": "DZ", "Ǉ": "LJ", "ǈ": "LJ", "ǉ": "LJ", "Ǌ": "NJ", "ǋ": "NJ", "ǌ": "NJ"}
    | {"ﬀ": "FF", "ﬁ": "FI", "ﬂ": "FL", "ﬃ": "FFI", "ﬄ": "FFL", "ﬅ": "ST", "ﬆ": "ST"}
)
_BLANKS = re.compile(r"[\u00a0\u2007\u202f\u2009\t\r\n]")
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_FRENCH_DATE = re.compile(r"(\d{2})[/.-](\d{2})[/.-](\d{4})", re.ASCII)
_BARE_DATE = re.compile(r"(\d{4})[/.]?(\d{2})[/.]?(\d{2})", re.ASCII)
_SEX = {"m": "M", "f": "F", "h": "M", "1": "M", "2": "F", "male": "M", "female": "F", "masculin": "M", "féminin": "F"}
_LOCAL = {"NomNaissance", "Prenom", "Sexe", "DateNaissance", "LieuNaissance"}
_ORDER = "NomNaissance Prenom Sexe DateNaissance LieuNaissance"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the menders are told of a call."""

    request: Request
    now: datetime
    """By the workspace's clock."""
    fresh: Callable[[str], UUID]
    """A new identifier for a purpose."""


def transcribed(name: str, *, given: bool) -> str:
    """A name in INSi's alphabet: capitals without accents, straight apostrophe, no doubled separators.

    What has no transcription (a digit, a letter of another alphabet) stays, and its finding with it.
    """
    text = _DASHES.sub("-", _BLANKS.sub(" ", name.translate(_APOSTROPHES).translate(_LIGATURES)))
    text = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char)).upper()
    text = re.sub(r"-{3,}", "--", text.strip().lstrip(" -"))
    text = re.sub(r"[ ']*'[ ']*", "'", re.sub(r" {2,}", " ", text))
    if given:
        text = re.sub(r" ?- ?", "-", re.sub(r"-{2,}", "-", text)).rstrip("-' ")
    return text


def _name(asked: Asked, finding: Finding) -> Iterable[Edit]:
    path, sent, given = _trait(asked, finding.where)
    text = transcribed(sent, given=given)
    if text and text != sent:
        yield Edit(Do.TEXT, path, text)


def _trait(asked: Asked, where: str) -> tuple[str, str, bool]:
    """(XPath, value sent, whether it is a first name) of the name at ``RECSANSVITALE/…``."""
    element = where.rpartition("/")[2]
    traits = asked.request.traits
    if element.startswith("Prenom"):
        position = int(element.partition("[")[2].rstrip("]"))
        return f"//ins:RECSANSVITALE/ins:Prenom[{position}]", traits.given_names[position - 1], True
    return "//ins:RECSANSVITALE/ins:NomNaissance", traits.birth_name, False


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
    known = _SEX.get(finding.found.strip().lower())
    if known is not None:
        yield Edit(Do.TEXT, "//ins:RECSANSVITALE/ins:Sexe", known)


@MENDERS.mends(rules.DATE, "La date est écrite AAAA-MM-JJ.", "The date is written YYYY-MM-DD.")
def _date(asked: Asked, finding: Finding) -> Iterable[Edit]:
    sent = finding.found.strip().partition("T")[0]
    french, bare = _FRENCH_DATE.fullmatch(sent), _BARE_DATE.fullmatch(sent)
    if french is not None:
        sent = f"{french[3]}-{french[2]}-{french[1]}"
    elif bare is not None:
        sent = f"{bare[1]}-{bare[2]}-{bare[3]}"
    if sent != finding.found and calendar_date(sent) is not None:
        yield Edit(Do.TEXT, "//ins:RECSANSVITALE/ins:DateNaissance", sent)


@MENDERS.mends(
    rules.SURPLUS,
    "L'élément inconnu est retiré, s'il ne porte pas le nom d'un trait.",
    "The unknown element is removed, unless it has the name of a trait.",
)
def _surplus(asked: Asked, finding: Finding) -> Iterable[Edit]:
    if finding.found not in _LOCAL and finding.found.isidentifier():
        yield Edit(Do.REMOVE, f"//ins:RECSANSVITALE/*[local-name()='{finding.found}']")


@MENDERS.mends(rules.ORDER, "Les éléments suivent l'ordre du schéma.", "The elements follow the schema's order.")
def _order(asked: Asked, finding: Finding) -> Iterable[Edit]:
    yield Edit(Do.SORT, "//ins:RECSANSVITALE", _ORDER)


@MENDERS.mends(rules.BAM_MISSING, "Un ContexteBAM 01_02 est ajouté.", "A ContexteBAM 01_02 is added.")
def _bam(asked: Asked, finding: Finding) -> Iterable[Edit]:
    issuer = asked.request.lps.issuer
    sender = f"<Emetteur>{issuer}</Emetteur>" if issuer.isalnum() else ""
    block = (
        f'<ContexteBAM xmlns="{BAM}" Version="01_02"><Id>{asked.fresh("bam")}</Id><Temps>{_utc(asked)}</Temps>{sender}'
        "<COUVERTURE/></ContexteBAM>"
    )
    yield Edit(Do.LAST, _HEADER, block)


@MENDERS.mends(rules.FIELDS, "Version, Id ou Temps est renseigné.", "Version, Id or Temps is filled in.")
def _fields(asked: Asked, finding: Finding) -> Iterable[Edit]:
    context, _, field = finding.where.partition("/")
    prefix, namespace, version = ("bam", BAM, "01_02") if context == "ContexteBAM" else ("lps", LPS, "01_00")
    path = f"{_HEADER}/{prefix}:{context}"
    if field == "@Version":
        yield Edit(Do.SET, path, version, "Version")
        return
    value = str(asked.fresh(context)) if field == "Id" else _utc(asked)
    # an empty one is replaced: the removal finds nothing when there is none
    yield Edit(Do.REMOVE, f"{path}/*[local-name()='{field}']")
    yield Edit(Do.FIRST, path, f'<{field} xmlns="{namespace}">{value}</{field}>')


@MENDERS.mends(rules.VERSION, "La version de contexte est la bonne.", "The context has its right version.")
def _version(asked: Asked, finding: Finding) -> Iterable[Edit]:
    context = finding.where.partition("/")[0]
    prefix = "bam" if context == "ContexteBAM" else "lps"
    yield Edit(Do.SET, f"{_HEADER}/{prefix}:{context}", finding.expected, "Version")


@MENDERS.mends(rules.COVERAGE, "COUVERTURE est présente et vide.", "COUVERTURE is there and empty.")
def _coverage(asked: Asked, finding: Finding) -> Iterable[Edit]:
    path = f"{_HEADER}/bam:ContexteBAM"
    if asked.request.bam.coverage:
        yield Edit(Do.TEXT, f"{path}/*[local-name()='COUVERTURE']")
    else:
        yield Edit(Do.LAST, path, f'<COUVERTURE xmlns="{BAM}"/>')


@MENDERS.mends(rules_call.NO_MESSAGE_ID, "Un MessageID est ajouté.", "A MessageID is added.")
@MENDERS.mends(rules.MESSAGE_ID, "MessageID porte uuid: et un UUID.", "MessageID has uuid: and a UUID.")
def _message_id(asked: Asked, finding: Finding) -> Iterable[Edit]:
    sent = (asked.request.message_id or "").removeprefix("urn:").removeprefix("uuid:")
    uuid = sent if re.fullmatch("[0-9a-fA-F-]{36}", sent) else asked.fresh("message")
    value = f"uuid:{uuid}"
    if asked.request.message_id is None:
        yield Edit(Do.LAST, _HEADER, f'<MessageID xmlns="{WSA}">{value}</MessageID>')
    else:
        yield Edit(Do.TEXT, f"{_HEADER}/wsa:MessageID", value)


@MENDERS.mends(rules.SOAP12, "L'enveloppe passe en SOAP 1.2.", "The envelope becomes SOAP 1.2.")
def _soap12(asked: Asked, finding: Finding) -> Iterable[Edit]:
    yield Edit(Do.RENAME, name=SOAP11, value=SOAP12)


def _utc(asked: Asked) -> str:
    return asked.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
