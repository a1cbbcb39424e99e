"""Asking INSi for an identity by traits: WS_INS2."""

from dataclasses import dataclass
from uuid import uuid4
from xml.etree import ElementTree

from hospital.letters import Ward, filled
from hospital.settings import HTTP, Settings

ACTION = "urn:ServiceIdentiteCertifiee:1.0.0:rechercherInsAvecTraitsIdentite"


@dataclass(frozen=True)
class Identity:
    """``outcome``: 00 found, 01 nobody, 02 several, or the code of a fault."""

    outcome: str
    ins: str | None = None


def identify(settings: Settings, ward: Ward, *, name: str, given: str, sex: str, born: str, place: str) -> Identity:
    """One call; ``born`` is YYYY-MM-DD."""
    traits = {"name": name, "given": given, "sex": sex, "born": born, "place": place}
    body = filled("insi.xml", {"token": str(uuid4()), "finess": ward.finess, **traits})
    headers = {"Content-Type": f'application/soap+xml; charset=utf-8; action="{ACTION}"'}
    root = ElementTree.fromstring(HTTP.post(settings.insi_url, content=body, headers=headers).content)
    error = root.find(".//{urn:siram}Erreur")
    if error is not None:
        return Identity(error.get("code", ""))
    number, key = root.findtext(".//{*}INSACTIF//{*}NumIdentifiant"), root.findtext(".//{*}INSACTIF//{*}Cle")
    return Identity(root.findtext(".//{*}CodeCR") or "", f"{number}{key}" if number else None)
