"""No real patient (D11): the one rule on numbers, broken and satisfied wherever a service is told one."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from dmp_sim.domain.query import FIND_DOCUMENTS
from mss_sim.domain.patients import CITIZEN_DOMAIN
from socle.control.known import NOT_FICTITIOUS
from socle.control.model import BoxType
from socle.exchange import Exchange
from socle.identifiers.ins import OID_NIR, make_ins
from support.dmp_cda import INS, OID, STRUCTURE
from support.dmp_mutators import patient, sound
from support.dmp_served import dmp
from support.ins_served import insi
from support.ins_verified import CONTENT_TYPE, claim, demand, unitary
from support.ins_verified_breaks import PIERRE
from support.insi_card import CARD_TYPE, card_blocks, card_body, card_message, coverage
from support.mails import cda, mail, xdm
from support.mss_served import mss
from support.raw_smtp import RawSmtp
from support.rule_table import RuleTable
from support.xoauth2 import shown

STRANGER = make_ins(sex="M", year=1985, month=5, place="78006", order=84, oid=OID_NIR)
"""As a real person's: nobody of the population, none of the published."""
BARE = "application/soap+xml"
Play = Callable[[], Awaitable[object]]
Places = dict[str, tuple[Play, Play]]
"""Where a number is told: a sound request, and one with the stranger's."""


@asynccontextmanager
async def in_insi(folder: Path) -> AsyncIterator[tuple[Places, Callable[[], Exchange]]]:
    own: dict[str, str | None] = {"number": STRANGER.matricule, "key": STRANGER.key, "oid": OID_NIR}
    async with insi(folder) as served:

        def asks(raw: bytes, kind: str = CONTENT_TYPE) -> Play:
            return lambda: served.call(raw, content_type=kind)

        card = asks(card_message(), CARD_TYPE)
        yield (
            {
                "INSi, verification": (asks(unitary(claim(PIERRE))), asks(unitary(claim(PIERRE, **own)))),
                "INSi, demand": (
                    asks(demand([("1", claim(PIERRE))], "a"), BARE),
                    asks(demand([("1", claim(PIERRE)), ("2", claim(PIERRE, **own))], "b"), BARE),
                ),
                "INSi, card": (card, asks(card_message(card_body(STRANGER.matricule)), CARD_TYPE)),
                "INSi, header of a card": (
                    card,
                    asks(card_message(headers=card_blocks(coverage=coverage(STRANGER.matricule))), CARD_TYPE),
                ),
            },
            lambda: served.last,
        )


@asynccontextmanager
async def in_dmp(folder: Path) -> AsyncIterator[tuple[Places, Callable[[], Exchange]]]:
    known, strange = f"{INS}^^^&{OID}&ISO^NH", f"{STRANGER.value}^^^&{OID_NIR}&ISO^NH"
    slots = [("$XDSDocumentEntryStatus", "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')")]
    message = sound()
    patient(strange)(message)
    async with dmp(folder) as served:
        yield (
            {
                "DMP, deposit": (lambda: served.deposit(sound()), lambda: served.deposit(message)),
                "DMP, query": (
                    lambda: served.query(FIND_DOCUMENTS, slots, known),
                    lambda: served.query(FIND_DOCUMENTS, slots, strange),
                ),
                "DMP, retrieval": (
                    lambda: served.retrieve(known, STRUCTURE, "1.2.250.1.999.2.1"),
                    lambda: served.retrieve(strange, STRUCTURE, "1.2.250.1.999.2.1"),
                ),
            },
            lambda: served.journal.exchanges[-1],
        )


@asynccontextmanager
async def in_mss(folder: Path) -> AsyncIterator[tuple[Places, Callable[[], Exchange]]]:
    async with mss(folder) as served:
        sender, receiver = (box.address for box in served.boxes(BoxType.PER)[:2])
        strange = f"{STRANGER.value}@{CITIZEN_DOMAIN}"

        def sends(raw: bytes) -> Play:
            return lambda: served.send(raw, [receiver])

        def asks(mail_from: str, rcpt_to: str) -> Play:
            async def play() -> None:
                client = await RawSmtp.ready(served.port, served.context, sender)
                for command in (f"MAIL FROM:{mail_from}", f"RCPT TO:{rcpt_to}", "RSET"):
                    await client.ask(command)
                await client.close()

            return play

        citizen = served.boxes(BoxType.CITIZEN)[0].address
        usual = asks(f"<{sender}>", f"<{citizen}> ORCPT=rfc822;{citizen}")
        document = sends(mail(xdm(cda())))
        metadata = mail(xdm(cda(), patient=f"{STRANGER.value}^^^&amp;{OID_NIR}&amp;ISO^NH"))
        yield (
            {
                "MSSanté, login": (usual, lambda: shown(served, strange, "socles")),
                "MSSanté, sender": (usual, asks(f"<{strange}>", f"<{citizen}>")),
                "MSSanté, recipient": (usual, asks(f"<{sender}>", f"<{strange}>")),
                "MSSanté, original recipient": (usual, asks(f"<{sender}>", f"<{receiver}> ORCPT=rfc822;{strange}")),
                "MSSanté, header": (sends(mail()), sends(mail(headers={"Cc": f"Patient <{strange}>"}))),
                "MSSanté, another header": (
                    sends(mail(headers={"Disposition-Notification-To": f"<{citizen}>"})),
                    sends(mail(headers={"Disposition-Notification-To": f"<{strange}>"})),
                ),
                "MSSanté, document": (document, sends(mail(xdm(cda(ins=(STRANGER.value, OID_NIR)))))),
                "MSSanté, metadata": (document, sends(metadata)),
                "MSSanté, text": (
                    sends(mail(text=f"Tél. 01 23 45 67 89, réf. {STRANGER.value}")),
                    sends(mail(text=f"INS {STRANGER.value}")),
                ),
            },
            lambda: served.journal.last,
        )


async def test_the_rule_is_broken_alone_and_satisfied_wherever_a_number_is_told(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    table = RuleTable("Real patients")
    for service in (in_insi, in_dmp, in_mss):
        async with service(tmp_path / service.__name__) as (places, last):
            for name, (usual, strange) in places.items():
                for play, rule in ((usual, None), (strange, NOT_FICTITIOUS.id)):
                    await play()
                    exchange = last()
                    table.case(name, [finding.rule.id for finding in exchange.findings], rule)
                    assert exchange.redacted is (rule is not None), name
    table.close(record_property)
