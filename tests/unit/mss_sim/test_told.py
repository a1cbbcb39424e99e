"""Where the words of a mail tell a number that may be somebody's."""

from email.message import EmailMessage

import pytest

from mss_sim.wire.describe import describe_bytes
from socle.control.model import BoxType
from socle.identifiers.ins import ins_key

NUMBER = "279035121518989"
assert ins_key(NUMBER[:13]) == NUMBER[13:]


def numbers(*, subject: str = "Courrier", text: str = "Bonjour", html: str = "", file: str = "") -> list[str]:
    mail = EmailMessage()
    mail["Subject"] = subject
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    if file:
        mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename=file)
    found = describe_bytes(mail.as_bytes(), BoxType.PER).content.numbers
    return [ins.matricule + (ins.key or "") for ins in found]


@pytest.mark.parametrize(
    "said",
    [
        {"subject": f"INS {NUMBER}"},
        {"text": f"Le NSS du patient : {NUMBER}"},
        {"text": "2 79 03 51 215 189 89"},
        {"html": f"<p>n&deg; de s&eacute;curit&eacute; sociale&nbsp;: <b>{NUMBER}</b></p>"},
        {"file": f"INS_{NUMBER}.pdf"},
        {"file": f"résultats nir {NUMBER}.pdf"},
    ],
)
def test_told(said: dict[str, str]) -> None:
    assert numbers(**said) == [NUMBER]


@pytest.mark.parametrize("text", [f"Notre référence : {NUMBER}", "Tél. 04 72 00 00 00", f"INS {NUMBER[:13]}"])
def test_not_told(text: str) -> None:
    assert numbers(text=text, subject=text) == []
