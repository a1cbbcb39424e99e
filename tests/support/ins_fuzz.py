"""What must hold for whatever is sent to INSi, and how a test holds it to that."""

import asyncio
import codecs
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lxml import etree

from ins_sim.wire.names import RECSANS, RESULTAT
from socle.exchange import Outcome
from socle.rules import Strictness
from socle.soap.model import SOAP11
from support.ins_served import Insi, insi
from support.ins_verified import result
from support.ins_verified_breaks import SOUND, SOUND_DEMAND
from support.insi import CONTENT_TYPE, assertion, blocks, body, message, zoe
from support.insi_card import card_blocks, card_body, card_message

SENT = (
    "application/soap+xml; charset=utf-8",
    CONTENT_TYPE,
    "text/xml",
    "application/soap+xml",
    "multipart/related",
    "",
)

WORKSPACES: Mapping[str, tuple[Strictness, Mapping[str, str]]] = {
    "official": (Strictness.OFFICIAL, {}),
    "lenient": (Strictness.LENIENT, {"insi.dialect": "B"}),
    "warned": (Strictness.LENIENT, {"assertions": "warn"}),
}
MESSAGES = (
    message(zoe("63220")),
    message(zoe(), blocks(security=assertion("CPS", "1690000013")), ("message-id", "action", "security", "bam", "lps")),
    message(body("ECETINSI", ["PIERRE-ALAIN", "MURIEL"], "M", "2009-07-14", prefix=""), blocks(message_id=None)),
    message(body("D'ARTAGNAN DE L'HERAULT", ["PIERRE-ALAIN MURIEL"], "M", "2001-06-17", "63220"), soap=SOAP11),
    message(body("TCHITCHI", ["CATARINA"], "F", "1936-06-21"), blocks(security=assertion("PSC", capital=True))),
    card_message(),
    card_message(card_body(born="2010-08-07", keys=(None, "10")), card_blocks(security=assertion("CPS"))),
    SOUND,
    SOUND_DEMAND,
    result("1"),
)


class Judge:
    """Sends to INSi, served as it is; raises ``AssertionError`` when an answer is not one that INSi may give."""

    def __init__(self, served: Insi, runner: asyncio.Runner) -> None:
        self._served = served
        self._runner = runner

    def hold(self, raw: bytes, content_type: str, workspace: str) -> None:
        """Whatever ``raw`` is, the answer is a result or a fault in SOAP, and nobody else's identity."""
        answer = self._runner.run(self._served.call(raw, workspace=workspace, content_type=content_type))
        exchange = self._served.journal.exchanges[-1]
        assert exchange.outcome is not Outcome.ERROR, (exchange.id, raw)
        assert answer.status_code in (200, 500, 413, 415), (answer.status_code, raw)
        root = etree.fromstring(answer.content)
        result = root.find(f".//{{{RESULTAT}}}RESULTAT")
        if answer.status_code == 500:
            assert root.find(".//{*}Fault") is not None, raw
        elif answer.status_code == 200:
            assert root.find(".//{*}Body")[0] is not None, raw  # type: ignore[index]
        if result is not None and result.find("{*}INDIVIDU") is not None:
            self._same_person(result, raw, content_type)

    def _same_person(self, result: etree._Element, raw: bytes, content_type: str) -> None:
        """Who is found has the traits that were sent. What was sent is read by another way than the product's."""
        envelope = _read(raw, content_type)
        asked = next(each for part in envelope.iterfind("{*}Body") for each in part.iterchildren("*"))
        if asked.tag != f"{{{RECSANS}}}RECSANSVITALE":
            return  # by another operation: its traits are not all in the message
        for name in ("NomNaissance", "Sexe", "DateNaissance"):
            assert asked.findtext(f"{{{RECSANS}}}{name}") == result.findtext(f".//{{*}}TIQ/{{*}}{name}"), raw
        place = asked.findtext(f"{{{RECSANS}}}LieuNaissance")
        if place:
            assert place == result.findtext(".//{*}TIQ/{*}LieuNaissance"), raw
        given = " ".join(one.text or "" for one in asked.findall(f"{{{RECSANS}}}Prenom")).split()
        listed = (result.findtext(".//{*}TIQ/{*}ListePrenom") or "").split()
        assert given
        assert listed[: len(given)] == given, raw


def _read(raw: bytes, content_type: str) -> etree._Element:
    """RFC 7303: a byte order mark speaks first, then the Content-Type, then the XML declaration."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _of_text(raw.decode("utf-16"))
    if raw.startswith((b"<\0", b"\0<")):
        return _of_text(raw.decode("utf-16-le" if raw[0] else "utf-16-be"))
    marked = raw.startswith(codecs.BOM_UTF8) or "charset=utf-8" in content_type
    return etree.fromstring(
        raw, etree.XMLParser(huge_tree=True, encoding="utf-8" if marked else None, resolve_entities=False)
    )


def _of_text(text: str) -> etree._Element:
    bare = re.sub(r"^\s*<\?xml.*?\?>", "", text, count=1, flags=re.DOTALL)
    return etree.fromstring(
        bare.encode("utf-8", "surrogatepass"), etree.XMLParser(huge_tree=True, resolve_entities=False)
    )


@contextmanager
def judge(folder: Path) -> Iterator[Judge]:
    """A judge before an INSi that runs in this thread, with the ``WORKSPACES``."""
    with asyncio.Runner() as runner:
        running = insi(folder)
        served = runner.run(running.__aenter__())
        try:
            for name, (strictness, options) in WORKSPACES.items():
                served.control.create_workspace(name, strictness=strictness, options=options)
            yield Judge(served, runner)
        finally:
            runner.run(running.__aexit__(None, None, None))
