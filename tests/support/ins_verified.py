"""Verifications as we have them written, unitary and by batch."""

from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from ins_sim.domain.verification import ROOT
from ins_sim.wire.batch import NAMESPACE
from ins_sim.wire.verification import ACTION, REQUEST
from socle.control.model import Person
from support.insi import blocks, message

CONTENT_TYPE = f'application/soap+xml;charset=utf-8; action="{ACTION}"'
PATHS = {
    "number": "INSFourni/IdIndividu/NumIdentifiant",
    "key": "INSFourni/IdIndividu/Cle",
    "oid": "INSFourni/OID",
    "name": "TraitsIdentiteIndividu/NomNaissance",
    "given": "TraitsIdentiteIndividu/ListePrenom",
    "sex": "TraitsIdentiteIndividu/Sexe",
    "born": "TraitsIdentiteIndividu/DateNaissance",
    "place": "TraitsIdentiteIndividu/LieuNaissance",
}


def claim(person: Person, **other: str | None) -> dict[str, str | None]:
    """The person's own INS and traits, some of them altered; None leaves an element out."""
    assert person.ins is not None
    own: dict[str, str | None] = {
        "number": person.ins.matricule,
        "key": person.ins.key,
        "oid": person.ins.oid,
        "name": person.birth_name,
        "given": " ".join(person.given_names),
        "sex": person.sex,
        "born": str(person.birth_date),
        "place": person.birth_place,
    }
    return own | other


def verified(claimed: Mapping[str, str | None], attributes: str = "", *, namespace: str | None = REQUEST) -> str:
    """IndividuVerifie."""

    def element(name: str, key: str) -> str:
        value = claimed[key]
        return "" if value is None else f"<{name}>{escape(value)}</{name}>"

    declared = f' xmlns="{namespace}"' if namespace is not None else ""
    traits = "".join(element(path.rpartition("/")[2], key) for key, path in PATHS.items() if path.startswith("Traits"))
    return (
        f"<{ROOT}{declared}{attributes}><INSFourni><IdIndividu>{element('NumIdentifiant', 'number')}"
        f"{element('Cle', 'key')}</IdIndividu>{element('OID', 'oid')}</INSFourni><TraitsIdentiteIndividu>"
        f"{traits}</TraitsIdentiteIndividu></{ROOT}>"
    )


def unitary(claimed: Mapping[str, str | None], **headers: Any) -> bytes:
    """A whole message."""
    return message(verified(claimed), _without_action(headers))


def _without_action(headers: Mapping[str, Any]) -> dict[str, str]:
    return blocks(**headers) | {"action": ""}


def altered(value: str) -> Iterable[str]:
    """The value with each of its characters changed, dropped or doubled."""
    for position, char in enumerate(value):
        other = "B" if char == "A" else "A" if char.isalpha() else str((int(char) + 1) % 10) if char.isdigit() else "X"
        yield value[:position] + other + value[position + 1 :]
        yield value[:position] + value[position + 1 :]
        yield value[:position] + char + value[position:]


def demand(
    lines: Iterable[tuple[str, Mapping[str, str | None]]], reference: str | None = "demande-1", **headers: Any
) -> bytes:
    """The creation of a batch: lines are (rank, what is claimed)."""
    inner = "".join(f'<b:LIGNE Rang="{rank}">{verified(claimed)}</b:LIGNE>' for rank, claimed in lines)
    named = f"<b:IdDemande>{escape(reference)}</b:IdDemande>" if reference is not None else ""
    content = f'<b:CREERDEMANDE xmlns:b="{NAMESPACE}">{named}{inner}</b:CREERDEMANDE>'
    return message(content, _without_action(headers))


def result(number: str) -> bytes:
    """The question for its result."""
    content = (
        f'<b:RECUPERERRESULTAT xmlns:b="{NAMESPACE}"><b:NumeroDemande>{escape(number)}</b:NumeroDemande>'
        "</b:RECUPERERRESULTAT>"
    )
    return message(content, _without_action({}))
