"""WS_INS2 requests as clients write them, and a small population to search."""

from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import escape

from lxml import etree

from ins_sim.domain.model import Request
from ins_sim.wire.names import ACTION, BAM, LPS, OPERATION, RECSANS, WSSE
from ins_sim.wire.ws_ins2 import parse
from socle.control.model import InsNumber, Person
from socle.soap.model import SOAP12, WSA, Envelope

NIR = "1.2.250.1.213.1.4.8"
MESSAGE_ID = "uuid:6f0d0c0e-5a3c-4b3e-9d3b-0c6f5a1d2e3f"
CONTENT_TYPE = f'application/soap+xml;charset=utf-8; action="{ACTION}"'
HEADER_BLOCKS = ("bam", "lps", "action", "message-id", "security")
COVERAGE = "<bam:COUVERTURE/>"


def body(
    name: str | None,
    given: Sequence[str],
    sex: str | None,
    born: str | None,
    place: str | None = None,
    *,
    prefix: str = "ins",
) -> str:
    """RECSANSVITALE; None leaves an element out."""
    p, declared = (f"{prefix}:", f":{prefix}") if prefix else ("", "")
    elements = [("NomNaissance", name), *(("Prenom", one) for one in given), ("Sexe", sex), ("DateNaissance", born)]
    inner = "".join(
        f"<{p}{element}>{escape(value)}</{p}{element}>"
        for element, value in [*elements, ("LieuNaissance", place)]
        if value is not None
    )
    return f'<{p}RECSANSVITALE xmlns{declared}="{RECSANS}">{inner}</{p}RECSANSVITALE>'


def blocks(
    *,
    idam: str | None = "GE000000000",
    emetteur: str = "10B0152872",
    bam_version: str = "01_02",
    lps_version: str = "01_00",
    message_id: str | None = MESSAGE_ID,
    security: str = "",
    coverage: str = COVERAGE,
    name: str = "urn:lps:essai:1.0",
) -> dict[str, str]:
    """The header blocks by name; an empty one is absent."""
    idam_element = f'<lps:IDAM R="4">{idam}</lps:IDAM>' if idam is not None else ""
    return {
        "bam": (
            f'<bam:ContexteBAM xmlns:bam="{BAM}" Version="{bam_version}" Nature="CTXBAM"><bam:Id>1f7425e2</bam:Id>'
            f"<bam:Temps>2020-01-01T00:00:00.000Z</bam:Temps><bam:Emetteur>{emetteur}</bam:Emetteur>{coverage}"
            "</bam:ContexteBAM>"
        ),
        "lps": (
            f'<lps:ContexteLPS xmlns:lps="{LPS}" Version="{lps_version}" Nature="CTXLPS"><lps:Id>1f7425e2</lps:Id>'
            f"<lps:Temps>2020-01-01T00:00:00.000Z</lps:Temps><lps:Emetteur>{emetteur}</lps:Emetteur><lps:LPS>"
            f"{idam_element}<lps:Version>2.1</lps:Version><lps:Instance>b3549edd</lps:Instance><lps:Nom>{name}</lps:Nom>"
            "</lps:LPS></lps:ContexteLPS>"
        ),
        "action": f'<wsa:Action xmlns:wsa="{WSA}">{ACTION}</wsa:Action>',
        "message-id": f'<wsa:MessageID xmlns:wsa="{WSA}">{message_id}</wsa:MessageID>' if message_id else "",
        "security": security,
    }


def assertion(qualifier: str, billing: str = "", sector: str = "SA05", capital: bool = False) -> str:
    """A wsse:Security with one SAML assertion, as a card or Pro Santé Connect makes it; signature left out."""
    names = ("IdentifiantFacturation", "SecteurActivite") if capital else ("identifiantFacturation", "secteurActivite")
    attributes = "".join(
        f'<Attribute Name="{name}"><AttributeValue>{value}</AttributeValue></Attribute>'
        for name, value in zip(names, (billing, sector), strict=True)
    )
    return (
        f'<wsse:Security xmlns:wsse="{WSSE}"><Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" Version="2.0" '
        'ID="_1" IssueInstant="2026-01-01T00:00:00Z"><Issuer>CN=0</Issuer>'
        f'<Subject><NameID NameQualifier="{qualifier}">00B6087510</NameID></Subject>'
        f"<AttributeStatement>{attributes}</AttributeStatement></Assertion></wsse:Security>"
    )


def message(
    content: str, headers: dict[str, str] | None = None, order: Sequence[str] = HEADER_BLOCKS, soap: str = SOAP12
) -> bytes:
    """A whole envelope, its header blocks in the order given."""
    given = headers if headers is not None else blocks()
    inner = "".join(given[block] for block in order)
    return (
        f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{soap}">'
        f"<soap:Header>{inner}</soap:Header><soap:Body>{content}</soap:Body></soap:Envelope>"
    ).encode()


def zoe(place: str | None = None) -> str:
    """The request that every editor's smoke test sends."""
    return body("ADRUN", ["ZOE"], "F", "1975-12-31", place)


def envelope(raw: bytes) -> Envelope:
    """The envelope as the shared endpoint would hand it over."""
    root = etree.fromstring(raw)
    namespace = etree.QName(root).namespace or ""
    header = root.find(f"{{{namespace}}}Header")
    content = root.find(f"{{{namespace}}}Body")
    assert content is not None
    message_id = header.findtext(f"{{{WSA}}}MessageID") if header is not None else None
    return Envelope(
        namespace, root, header, [] if header is None else list(header), content[0], OPERATION, message_id, raw
    )


def code_of(raw: bytes) -> str:
    """CodeCR of an answer, or the fault's code."""
    root = etree.fromstring(raw)
    error = root.find(".//{urn:siram}Erreur")
    return (root.findtext(".//{*}CodeCR") if error is None else error.get("code")) or ""


def request(raw: bytes) -> Request:
    """The parsed request of a WS_INS2 message."""
    parsed = parse(envelope(raw))
    assert parsed is not None
    return parsed


def person(
    name: str,
    given: str,
    sex: str,
    born: str,
    place: str | None = "63220",
    matricule: str | None = None,
    *,
    history: tuple[InsNumber, ...] = (),
    outcome: str | None = None,
    known: bool = True,
) -> Person:
    """A person of the population; without a number one is made up."""
    number = InsNumber(matricule[:13], matricule[13:], NIR) if matricule else InsNumber("2" * 13, "00", NIR)
    return Person(
        id=f"{name}-{given}-{place}",
        birth_name=name,
        given_names=tuple(given.split()),
        sex=sex,
        birth_date=date.fromisoformat(born),
        birth_place=place,
        ins=number,
        history=history,
        known_to_insi=known,
        outcome=outcome,
    )


class People:
    """A directory over a list."""

    def __init__(self, *persons: Person) -> None:
        self.persons = persons

    def persons_by_birth(self, birth_name: str, sex: str, birth_date: date) -> tuple[Person, ...]:
        key = (birth_name, sex, birth_date)
        return tuple(one for one in self.persons if (one.birth_name, one.sex, one.birth_date) == key)
