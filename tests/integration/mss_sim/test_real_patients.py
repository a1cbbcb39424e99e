"""A real patient's number, wherever a mail has it: refused before anything is stored, and written nowhere."""

import asyncio
import smtplib

import pytest

from mss_sim.domain.patients import CITIZEN_DOMAIN
from socle.identifiers.ins import OID_NIR, make_ins
from support.mails import cda, mail, metadata, xdm, zipped
from support.mss_served import Mss

STRANGER = make_ins(sex="M", year=1951, month=6, place="33063", order=471, oid=OID_NIR)


async def test_a_real_patients_address_is_refused_and_written_nowhere(served: Mss) -> None:
    address = f"{STRANGER.value}@{CITIZEN_DOMAIN}"
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        await served.send(mail(), [address])
    assert refused.value.recipients[address][0] == 550
    await asyncio.sleep(0.05)
    assert served.rules == ["patient.not-fictitious"]
    assert served.journal.last.redacted
    assert STRANGER.value not in repr(served.journal.exchanges)
    assert await served.stored() == []


GROUPS = " ".join(
    (STRANGER.value[0], *(STRANGER.value[at : at + 2] for at in (1, 3, 5)), *("063", "471"), STRANGER.key)
)
TOLD = f"<td>INS</td><td>{STRANGER.value}</td>"
HIDDEN = f'<id extension="{STRANGER.value}" root="{OID_NIR}"/>'.encode()


@pytest.mark.parametrize(
    "where",
    ["cda", "metadata", "header", "subject", "text", "html", "broken zip", "no cda", "beside", "no metadata"],
)
async def test_a_real_patient_in_the_message_is_refused_before_storing(served: Mss, where: str) -> None:
    _, receiver = served.two
    raw = {
        "cda": mail(xdm(cda(ins=(STRANGER.value, OID_NIR)))),
        "metadata": mail(xdm(cda(), patient=f"{STRANGER.value}^^^&amp;{OID_NIR}&amp;ISO^NH")),
        "header": mail(headers={"Cc": f"Patient <{STRANGER.value}@{CITIZEN_DOMAIN}>"}),
        "subject": mail(subject=f"=?utf-8?q?N=C2=B0_de_s=C3=A9curit=C3=A9_sociale_{STRANGER.value}?="),
        "text": mail(text=f"Bonjour,\n\nVoici le dossier de M. X, {GROUPS}.\n"),
        "html": mail().replace(b"text/plain", b"text/html").replace(b"Bonjour,", TOLD.encode()),
        "broken zip": mail(b"PK\x03\x04" + cda(ins=(STRANGER.value, OID_NIR))),
        "no cda": mail(xdm(b"<Autre>" + HIDDEN + b"</Autre>")),
        "beside": mail(zipped({"IHE_XDM/SUBSET01/METADATA.XML": metadata([]), "IHE_XDM/AUTRE.XML": HIDDEN})),
        "no metadata": mail(zipped({"IHE_XDM/SUBSET01/DOC.XML": cda(ins=(STRANGER.value, OID_NIR))})),
    }[where]
    code, text = await served.send(raw, [receiver.address])
    assert (code, text[:5]) == (554, b"5.7.1")
    assert served.journal.last.redacted
    assert served.journal.last.request.body == ()
    assert await served.stored() == []
