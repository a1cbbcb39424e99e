"""An exchange of the journal read back: the traits as they were sent, the answer as it left."""

from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lxml import etree

from ins_sim.domain.model import Caller, Mode
from ins_sim.homologation.called import Answered, Called, Sent, Software, Told, Vitale
from ins_sim.homologation.said import Said
from ins_sim.wire.contexts import find_assertions, read_headers
from ins_sim.wire.names import BODY_ROOT, RESULTAT, VITALE_ROOT
from ins_sim.wire.ws_ins1 import parse_asked
from ins_sim.wire.ws_ins2 import parse_traits
from socle.assertions.freshness import instant
from socle.assertions.reading import read_instants
from socle.soap.headers import content_type
from socle.soap.refusal import Refused
from socle.soap.xml import parse

_REPLAY = "x-socles-replay"
_LONGEST = 300
"""Characters of a trait, or of a finding's words, that are looked at: no person of the book has half as many, and
thousands of calls are held at once."""
_MOST = 30
"""First names and findings of one call, likewise."""


def called(entry: Mapping[str, Any]) -> Called | None:
    """From an entry as ``JournalStore.get`` gives it; None when its request was not kept whole, or is no call."""
    kind = next((value for name, value in entry["request"]["headers"] if name.lower() == "content-type"), "")
    root = _tree(octets(entry["request"]), content_type(kind).get("charset"))
    parts = _parts(root)
    if parts is None:
        return None
    header, body = parts
    card = body.tag == VITALE_ROOT
    caller = Caller()
    if header is not None:
        read_headers(header, caller, card=card)
    return Called(
        id=entry["id"],
        at=datetime.fromisoformat(entry["receivedAt"]),
        operation=entry["operation"],
        outcome=entry["outcome"],
        status=entry["status"],
        code=entry["code"] or "",
        fault=entry["fault"],
        finess=entry["finess"] or "",
        software=_software(caller),
        authenticated=_authenticated(caller, entry["tls"]),
        replayed=any(name.lower() == _REPLAY for name, _ in entry["request"]["headers"]),
        sent=_sent(body),
        answered=_answered(octets(entry["response"])),
        vitale=_vitale(header) if card else None,
        seconds=entry["durationMs"] / 1000,
        findings=tuple(map(_told, entry["findings"][:_MOST])),
    )


def octets(recorded: Mapping[str, Any]) -> bytes | None:
    """One direction of an entry; None when the journal has not kept it whole in place."""
    if recorded["cut"]:
        return None
    pieces = []
    for segment in recorded["body"]:
        if "blob" in segment:
            return None
        pieces.append(b64decode(segment["base64"]) if "base64" in segment else segment["text"].encode())
    return b"".join(pieces)


def _tree(data: bytes | None, charset: str | None = None) -> etree._Element | None:
    try:
        return None if data is None else parse(data, charset=charset)
    except Refused:
        return None


def _parts(root: etree._Element | None) -> tuple[etree._Element | None, etree._Element] | None:
    """Header and what the body holds."""
    if root is None:
        return None
    namespace = etree.QName(root).namespace
    header, body = root.find(f"{{{namespace}}}Header"), root.find(f"{{{namespace}}}Body")
    first = None if body is None else next(body.iterchildren("*"), None)
    return None if first is None else (header, first)


def _software(caller: Caller) -> Software:
    said = caller.software
    name = said.name.removeprefix("urn:lps:").partition(":")[0]
    return Software(said.idam[:_LONGEST], name[:_LONGEST], said.version[:_LONGEST])


def _authenticated(caller: Caller, tls: str | None) -> str:
    """By whom the call says it is made. ``tls`` holds more than a version when a client certificate came."""
    if caller.assertion.mode is not Mode.CERTIFICATE:
        return caller.assertion.mode.value
    return Mode.CERTIFICATE.value if " CN=" in (tls or "") else ""


def _sent(body: etree._Element) -> Sent:
    if body.tag == VITALE_ROOT:
        asked = parse_asked(body)
        return Sent(
            asked.birth_name[:_LONGEST],
            born=asked.birth_date[:_LONGEST],
            insured=asked.insured.number[:13],
            rank=asked.rank[:_LONGEST],
        )
    if body.tag != BODY_ROOT:
        return Sent()
    traits = parse_traits(body)
    given = tuple(name[:_LONGEST] for name in traits.given_names[:_MOST])
    others = (text[:_LONGEST] for text in (traits.sex, traits.birth_date, traits.birth_place))
    return Sent(traits.birth_name[:_LONGEST], given, *others)


def _vitale(header: etree._Element | None) -> Vitale | None:
    assertion = find_assertions(header, card=True).vitale
    if assertion is None:
        return None
    return Vitale(assertion.get("ID", ""), instant(read_instants(assertion).issued))


def _answered(data: bytes | None) -> Answered | None:
    parts = _parts(_tree(data))
    if parts is None or parts[1].tag != f"{{{RESULTAT}}}RESULTAT":
        return None
    result, r = parts[1], {"r": RESULTAT}
    code = result.findtext("r:CR/r:CodeCR", "", r)
    active = result.find("r:INDIVIDU/r:INSACTIF", r)
    if active is None:
        return Answered(code)
    return Answered(
        code,
        matricule=active.findtext("r:IdIndividu/r:NumIdentifiant", "", r),
        key=active.findtext("r:IdIndividu/r:Cle", "", r),
        oid=active.findtext("r:OID", "", r),
        history=len(result.findall("r:INDIVIDU/r:INSHISTO", r)),
    )


def _told(finding: Mapping[str, Any]) -> Told:
    title = Said(finding["titleFr"], finding["titleEn"])
    given = (str(finding[name])[:_LONGEST] for name in ("where", "expected", "found", "remedy"))
    return Told(finding["rule"], finding["severity"], title, *given)
