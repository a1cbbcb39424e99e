"""No real patient (D11) in what is refused before an operation was found, or could read it; by INSi and the DMP."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from socle.control.known import NOT_FICTITIOUS
from socle.exchange import Exchange, Outcome
from socle.identifiers.ins import OID_NIR, OID_TEST, make_ins
from support.dmp_message import ACTION, soap
from support.dmp_served import REPOSITORY, Dmp, dmp
from support.ins_served import Insi, insi

STRANGER = make_ins(sex="M", year=1985, month=5, place="78006", order=84, oid=OID_NIR)
V, M = STRANGER.value, STRANGER.matricule
KIND = "application/soap+xml"
UNKNOWN = soap("urn:inconnue", f"<x xmlns='urn:x'><NIR>{M}</NIR></x>", "")


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[tuple[Insi, Dmp]]:
    async with insi(tmp_path / "insi") as one, dmp(tmp_path / "dmp") as other:
        yield one, other


async def tell(served: tuple[Insi, Dmp], raw: bytes, kind: str = KIND) -> list[Exchange]:
    """What both made of it."""
    one, other = served
    await one.call(raw, content_type=kind)
    await other.http.post(REPOSITORY, content=raw, headers={"content-type": kind})
    return [one.last, other.journal.exchanges[-1]]


@pytest.mark.parametrize(
    ("raw", "kind", "rule"),
    [
        (UNKNOWN, KIND, "soap.action"),
        (f"pas du XML {V}".encode(), KIND, "xml.well-formed"),
        (f"<a>{M}</a>".encode(), KIND, "soap.envelope"),
        (f"<a>{V}</a".encode("utf-16"), KIND, "xml.well-formed"),
        (f"PID|1||{V}^^^&{OID_NIR}&ISO^INS".encode(), "text/plain", "xml.well-formed"),
        (
            b"--b\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <r>\r\n\r\n"
            + base64.b64encode(f"<a>{V}</a".encode())
            + b"\r\n--b--",
            'multipart/related; boundary="b"; type="application/xop+xml"; start="<r>"',
            "xml.well-formed",
        ),
        (f"--b\r\n\r\n<a>{V}</a>".encode(), 'multipart/related; boundary="b"', "mime.truncated"),
    ],
    ids=["unknown action", "no XML", "no envelope", "UTF-16", "HL7", "base64", "cut off"],
)
async def test_a_number_that_may_be_real_is_not_kept(
    served: tuple[Insi, Dmp], raw: bytes, kind: str, rule: str
) -> None:
    for exchange in await tell(served, raw, kind):
        told = [finding.rule.id for finding in exchange.findings]
        assert exchange.outcome is Outcome.REFUSED
        assert exchange.redacted, told
        assert (len(told), told[1]) == (2, NOT_FICTITIOUS.id)


async def test_nor_of_a_known_operation_that_could_not_read_its_message(served: tuple[Insi, Dmp]) -> None:
    _, other = served
    await other.http.post(
        REPOSITORY, content=soap(ACTION, f"<x xmlns='urn:x'>{V}</x>", ""), headers={"content-type": KIND}
    )
    assert other.journal.exchanges[-1].redacted


@pytest.mark.parametrize(
    "text",
    [
        f"<x>{V}^^^&amp;{OID_TEST}&amp;ISO^NH</x>",
        f"<x>{M}{'00' if V[13:] != '00' else '01'}</x>",
        "<x>275126322074974</x>",
        "<x>0612345678</x><y>12345678901234</y><z>1764549792000</z>",
    ],
    ids=["test OID", "wrong key", "published", "other numbers"],
)
async def test_what_is_nobodys_is_kept(served: tuple[Insi, Dmp], text: str) -> None:
    for exchange in await tell(served, text.encode()):
        assert (exchange.outcome, exchange.redacted) == (Outcome.REFUSED, False)
        assert NOT_FICTITIOUS.id not in [finding.rule.id for finding in exchange.findings]
