"""What an answer means for the books."""

import pytest

from sandbox.load.acts import Act
from sandbox.load.outcome import Kind, Outcome, of_http, of_smtp

SUCCESS = b'<ns3:RegistryResponse status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"/>'
FAILURE = b'status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure"><ns3:RegistryError errorCode="%s"/>'
FAULT = b"<soap:Fault><soap:Code><soap:Value>soap:%s</soap:Value>%s</soap:Code></soap:Fault>"
SUBCODE = b"<soap:Subcode><soap:Value>dmp:%s</soap:Value></soap:Subcode>"


@pytest.mark.parametrize(
    ("act", "status", "body", "outcome"),
    [
        (Act.DEPOSIT, 200, SUCCESS, Outcome(Kind.ACCEPTED)),
        (Act.DEPOSIT, 200, FAILURE % b"XDSRepositoryBusy", Outcome(Kind.OVERLOAD, "XDSRepositoryBusy")),
        (Act.CONSULT, 200, FAILURE % b"XDSRegistryBusy", Outcome(Kind.OVERLOAD, "XDSRegistryBusy")),
        (Act.DEPOSIT, 200, FAILURE % b"XDSMissingDocument", Outcome(Kind.RULE, "XDSMissingDocument")),
        (Act.DEPOSIT, 500, FAULT % (b"Sender", SUBCODE % b"DMPx"), Outcome(Kind.RULE, "DMPx", whole=False)),
        (Act.DEPOSIT, 500, FAULT % (b"Receiver", b""), Outcome(Kind.LOST, "HTTP 500")),
        (Act.LOOKUP, 200, b"<CR><CodeCR>00</CodeCR></CR>", Outcome(Kind.ACCEPTED, "00")),
        (Act.LOOKUP, 200, b"<ns:CodeCR>02</ns:CodeCR>", Outcome(Kind.ACCEPTED, "02")),
        (
            Act.LOOKUP,
            500,
            b'<siram:Erreur xmlns:siram="urn:siram" severite="fatal" code="insi_102">x</siram:Erreur>',
            Outcome(Kind.RULE, "insi_102"),
        ),
        (Act.LOOKUP, 500, b'<siram:Erreur code="desir_1020">x</siram:Erreur>', Outcome(Kind.OVERLOAD, "desir_1020")),
        (Act.LOOKUP, 503, FAULT % (b"Receiver", b""), Outcome(Kind.OVERLOAD, "503")),
        (Act.LOOKUP, 502, b"<html>", Outcome(Kind.LOST, "502")),
        (Act.STAY, 200, b"{}", Outcome(Kind.ACCEPTED)),
        (Act.STAY, 503, b"{}", Outcome(Kind.OVERLOAD, "503")),
        (Act.STAY, 422, b"{}", Outcome(Kind.RULE, "422", whole=False)),
    ],
)
def test_http(act: Act, status: int, body: bytes, outcome: Outcome) -> None:
    assert of_http(act, status, body) == outcome


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("250 2.0.0 Accepted as 019", Outcome(Kind.ACCEPTED)),
        ("451 4.3.2 Busy", Outcome(Kind.OVERLOAD, "451")),
        ("421 4.3.2 Too many connections", Outcome(Kind.OVERLOAD, "421")),
        ("550 5.1.1 Unknown", Outcome(Kind.RULE, "550", whole=False)),
        ("hello", Outcome(Kind.LOST, "not SMTP")),
    ],
)
def test_smtp(reply: str, outcome: Outcome) -> None:
    assert of_smtp(reply) == outcome
