"""What INSi must answer, found the long way round: every person of the population is looked at."""

from collections.abc import Iterable

from lxml import etree

from socle.control.model import Person


def expected(
    persons: Iterable[Person], name: str, given: Iterable[str], sex: str, born: str, place: str | None
) -> tuple[str, str]:
    """CodeCR, and the matricule with its key for ``00``. For persons without an outcome of their own."""
    asked = " ".join(given).split()
    found = [
        one
        for one in persons
        if (one.birth_name, one.sex, one.birth_date.isoformat()) == (name, sex, born)
        and " ".join(one.given_names).split()[: len(asked)] == asked
        and place in (None, "", one.birth_place)
        and one.ins is not None
        and one.known_to_insi
    ]
    if len(found) == 1 and found[0].ins is not None:
        return "00", found[0].ins.matricule + (found[0].ins.key or "")
    return ("02" if found else "01"), ""


def answered(raw: bytes) -> tuple[str, str]:
    """The same of an answer; of a fault its code."""
    root = etree.fromstring(raw)
    error = root.find(".//{urn:siram}Erreur")
    if error is not None:
        return error.get("code", ""), ""
    active = ".//{*}INSACTIF/{*}IdIndividu/"
    number = root.findtext(f"{active}{{*}}NumIdentifiant", "") + root.findtext(f"{active}{{*}}Cle", "")
    return root.findtext(".//{*}CodeCR", ""), number
