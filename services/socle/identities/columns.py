"""The columns of the CSV of identities, by their French and English names, and what stands in them."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from socle.control.model import InsNumber
from socle.identifiers.ins import INS_OIDS, OID_TEST, key_of


@dataclass(frozen=True, slots=True)
class Column:
    """``member`` is the person's; ``aliases`` are other headers that are understood."""

    member: str
    fr: str
    en: str
    aliases: tuple[str, ...] = ()
    required: bool = False


COLUMNS: Final = (
    Column("id", "identifiant", "id"),
    Column("birth_name", "nom_naissance", "birth_name", ("nom", "nom de famille", "last name", "family"), True),
    Column("given_names", "prenoms", "given_names", ("prenom", "liste prenoms", "first names", "given"), True),
    Column("sex", "sexe", "sex", ("gender",), True),
    Column("birth_date", "date_naissance", "birth_date", ("ne le", "dob"), True),
    Column("birth_place", "lieu_naissance", "birth_place", ("cog", "code lieu naissance", "insee code")),
    Column("ins", "matricule", "ins", ("nir", "numero", "matricule ins")),
    Column("key", "cle", "key"),
    Column("oid", "oid", "oid"),
    Column("valid_from", "debut_validite", "valid_from"),
    Column("valid_to", "fin_validite", "valid_to"),
    Column("history", "historique", "history"),
    Column("known_to_insi", "connu_insi", "known_to_insi"),
    Column("outcome", "reponse_insi", "outcome"),
    Column("dmp", "dmp", "dmp"),
    Column("citizen_mailbox", "boite_citoyenne", "citizen_mailbox"),
    Column("note", "note", "note", ("commentaire", "comment")),
)


def plain(header: str) -> str:
    """Headers as they are compared, ``Date de naissance`` like ``date_naissance``: letters only, without ``de``."""
    letters = unicodedata.normalize("NFD", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)).encode("ascii", "ignore")
    words = re.findall(r"[a-z]+", letters.decode().lower())
    return "".join(word for word in words if word != "de")


BY_HEADER: Final = {plain(header): column for column in COLUMNS for header in (column.fr, column.en, *column.aliases)}

_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SEXES = {"m": "M", "masculin": "M", "homme": "M", "male": "M", "1": "M", "f": "F"} | dict.fromkeys(
    ("feminin", "femme", "female", "2"), "F"
)
_TRUTH = dict.fromkeys(("oui", "o", "true", "1", "yes", "y", "vrai"), True) | dict.fromkeys(
    ("non", "n", "false", "0", "no", "faux"), False
)


def read_date(text: str) -> date:
    """``AAAA-MM-JJ`` or ``JJ/MM/AAAA``. Raises ``ValueError``."""
    french = _DAY.fullmatch(text)
    if french is not None:
        day, month, year = map(int, french.groups())
        return date(year, month, day)
    if _ISO.fullmatch(text) is None:
        raise ValueError
    return date.fromisoformat(text)


def read_sex(text: str) -> str:
    """Raises ``KeyError``."""
    return _SEXES[unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode().lower()]


def read_truth(text: str) -> bool:
    """oui, non … Raises ``KeyError``."""
    return _TRUTH[text.lower()]


def read_number(text: str, key: str = "", oid: str = "") -> InsNumber:
    """13 or 15 characters, spaces dropped, and an OID whole or by its last arc; a key that is not told is the right
    one, since INSi gives no number without. Raises ``ValueError``."""
    number = "".join(text.upper().split())
    if len(number) not in (13, 15) or (len(number) == 15 and key not in ("", number[13:])):
        raise ValueError
    found = key or number[13:]
    if found and re.fullmatch(r"[0-9]{2}", found) is None:
        raise ValueError
    return InsNumber(number[:13], found or key_of(number[:13]), read_oid(oid))


def read_oid(text: str) -> str:
    """``10`` and ``.10`` stand for the whole; nothing stands for that of tests."""
    return next((oid for oid in INS_OIDS if text.lstrip(".") == oid.rpartition(".")[2]), text or OID_TEST)


def read_former(text: str) -> tuple[InsNumber, ...]:
    """Former numbers, ``|`` between: ``209076322083439 8 2019-03-01/2019-02-28``. Raises ``ValueError``."""
    return tuple(map(_former, filter(None, (one.strip() for one in text.split("|")))))


def _former(text: str) -> InsNumber:
    number, _, rest = text.partition(" ")
    oid, _, period = rest.strip().partition(" ")
    read = read_number(number, oid=oid)
    since, _, until = period.strip().partition("/")
    valid_from, valid_to = (read_date(one) if one else None for one in (since, until))
    return InsNumber(read.matricule, read.key, read.oid, valid_from, valid_to)


def written_former(number: InsNumber) -> str:
    """The inverse of ``read_former``, for one number."""
    period = f" {number.valid_from or ''}/{number.valid_to or ''}" if number.valid_from or number.valid_to else ""
    return f"{number.matricule}{number.key or ''} {number.oid}{period}"
