"""WS_INS2, as hospital software asks INSi for an identity by traits (insi.md §1.4, §1.6)."""

from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from uuid import UUID

from sandbox.clients.envelope import SOAP12, WSA, Answer

PATH = "/lps"
ACTION = "urn:ServiceIdentiteCertifiee:1.0.0:rechercherInsAvecTraitsIdentite"
HEADERS = {"Content-Type": f'application/soap+xml; charset=utf-8; action="{ACTION}"'}
IDAM = "LDS-000001"
"""The authorisation number our software shows; invented, and accepted by the sandbox."""
UNKNOWN_IDAM = "FAKE-IDAM"
"""The number that the sandbox refuses with desir_550, as it is not listed."""
_RESULT = "http://www.cnamts.fr/INSiResultat"


@dataclass(frozen=True, slots=True)
class Traits:
    """What the admission desk typed; a None is not sent."""

    birth_name: str | None
    given_name: str
    sex: str
    birth_date: date
    birth_place: str | None = None


@dataclass(frozen=True, slots=True)
class InsiAnswer:
    """``outcome``: 00, 01, 02, or the fault's code (``insi_19`` …)."""

    outcome: str
    matricule: str | None = None
    """13 characters and key, when found."""
    oid: str | None = None
    exchange: str | None = None


def request(traits: Traits, *, sender: str, token: UUID, now: datetime, idam: str = IDAM, security: str = "") -> bytes:
    """The envelope; ``sender`` is the Emetteur: 1 + FINESS for an establishment. ``security``: ``wsse:Security``."""
    instant = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    fields = "".join(
        f"<ins:{name}>{escape(value)}</ins:{name}>"
        for name, value in (
            ("NomNaissance", traits.birth_name),
            ("Prenom", traits.given_name),
            ("Sexe", traits.sex),
            ("DateNaissance", traits.birth_date.isoformat()),
            ("LieuNaissance", traits.birth_place),
        )
        if value is not None
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="{SOAP12}" xmlns:wsa="{WSA}"><soap:Header>'
        '<bam:ContexteBAM xmlns:bam="urn:siram:bam:ctxbam" Version="01_02" Nature="CTXBAM">'
        f"<bam:Id>{token}</bam:Id><bam:Temps>{instant}</bam:Temps><bam:Emetteur>{sender}</bam:Emetteur>"
        "<bam:COUVERTURE/></bam:ContexteBAM>"
        '<lps:ContexteLPS xmlns:lps="urn:siram:lps:ctxlps" Version="01_00" Nature="CTXLPS">'
        f"<lps:Id>{token}</lps:Id><lps:Temps>{instant}</lps:Temps><lps:Emetteur>{sender}</lps:Emetteur>"
        f'<lps:LPS><lps:IDAM R="4">{idam}</lps:IDAM><lps:Version>0.1</lps:Version>'
        f"<lps:Instance>{token}</lps:Instance><lps:Nom>urn:lps:SOCLES-HOPITAL:0.1</lps:Nom></lps:LPS></lps:ContexteLPS>"
        f"<wsa:Action>{ACTION}</wsa:Action><wsa:MessageID>uuid:{token}</wsa:MessageID>{security}</soap:Header>"
        '<soap:Body><ins:RECSANSVITALE xmlns:ins="http://www.cnamts.fr/INSiRecSans">'
        f"{fields}</ins:RECSANSVITALE></soap:Body></soap:Envelope>"
    ).encode()


def read(answer: Answer) -> InsiAnswer:
    """CodeCR and the active INS, or the fault's own code."""
    if answer.is_fault:
        error = answer.body.find(".//{urn:siram}Erreur")
        code = error.get("code") if error is not None else None
        return InsiAnswer(code or answer.fault_codes()[0], exchange=answer.exchange)

    def text(path: str) -> str | None:
        return answer.body.findtext("/".join(f"{{{_RESULT}}}{step}" for step in path.split("/")))

    number, key = text("INDIVIDU/INSACTIF/IdIndividu/NumIdentifiant"), text("INDIVIDU/INSACTIF/IdIndividu/Cle")
    return InsiAnswer(
        text("CR/CodeCR") or "",
        f"{number}{key or ''}" if number else None,
        text("INDIVIDU/INSACTIF/OID"),
        answer.exchange,
    )
