"""The DMP verifies the signature of a lot where the workspace wants it: off, warn, strict; each rule broken alone."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from socle.assertions.making.lot_spoiling import LOT_FLAWS
from socle.pki.kinds import Kind, Subject
from socle.rules import Strictness
from socle.xmldsig.names import DIGEST_SHA1, DIGEST_SHA256, INCLUSIVE_COMMENTS
from support.dmp_cda import cda
from support.dmp_message import Message, deposit, describe
from support.dmp_mutators import no_signature
from support.dmp_served import Dmp, dmp
from support.lots import CARD, DOCUMENT, ORGANISATION, SIGNATURE, changed, direct, fresh, sign_lot
from support.outside import editors_authority, issued, pem_of
from support.rule_table import RuleTable
from support.signed import pki, pki_folder

TRANSFORM = f'<ds:Transforms><ds:Transform Algorithm="{INCLUSIVE_COMMENTS}"></ds:Transform></ds:Transforms>'
METHOD = f'<ds:DigestMethod Algorithm="{DIGEST_SHA1}"></ds:DigestMethod>'
WARNS = {"dmp.xades.policy", "dmp.xades.purpose", "dmp.xades.name", "dmp.xades.certificate.outside"}
CARD_SIGNS = {"kind": Kind.CPS_SIGN, "subject": CARD}


@pytest.fixture
async def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Dmp]:
    await asyncio.to_thread(pki)
    monkeypatch.setenv("SOCLES_PKI_DIR", str(pki_folder()))
    async with dmp(tmp_path) as running:
        for mode in ("off", "warn", "strict"):
            await running.workspace(mode, Strictness.LENIENT, **{"assertions.lots": mode})
        yield running


async def told(served: Dmp, message: Message, workspace: str = "strict") -> tuple[list[str], bool]:
    """The rules, and whether the deposit was taken."""
    answer = await served.deposit(message, workspace)
    return [one.rule.id for one in served.journal.exchanges[-1].findings], answer.accepted


def without_transform(message: Message) -> Message:
    """The reference to the document tells no transform; its digest is that of the bytes."""
    digest = base64.b64encode(hashlib.sha1(message.parts[DOCUMENT], usedforsecurity=False).digest()).decode()
    return changed(message, digest_in(message), f"{METHOD}<ds:DigestValue>{digest}")


def with_sha256(message: Message) -> Message:
    digest = base64.b64encode(hashlib.sha256(message.parts[DOCUMENT]).digest()).decode()
    return changed(
        message, digest_in(message), f'<ds:DigestMethod Algorithm="{DIGEST_SHA256}"/><ds:DigestValue>{digest}'
    )


def digest_in(message: Message) -> str:
    """Of the document: transforms, method and value as they are written."""
    text = message.parts[SIGNATURE].decode()
    start = text.index(TRANSFORM)
    return text[start : text.index("</ds:DigestValue>", start)]


def two_documents() -> Message:
    return deposit([describe(cda(root=f"1.2.250.1.999.2.{number}")) for number in (2, 3)])


def sound_ones() -> Iterator[tuple[str, Message]]:
    yield "an organisation's", sign_lot(fresh())
    yield "a card's", sign_lot(direct(), **CARD_SIGNS)  # type: ignore[arg-type]
    yield "two documents", sign_lot(two_documents())
    yield "no transform, canonical form", changed(sign_lot(fresh()), TRANSFORM, "")
    yield "no transform, bytes", without_transform(sign_lot(fresh()))
    yield "SHA-256 of the bytes", with_sha256(sign_lot(fresh()))


def broken() -> Iterator[tuple[str, str, Message]]:
    for flaw in LOT_FLAWS.values():
        yield flaw.name, flaw.breaks, sign_lot(fresh(), flaw)
        if flaw.certificate is None and not flaw.authentication:
            yield f"{flaw.name}, card", flaw.breaks, sign_lot(direct(), flaw, **CARD_SIGNS)  # type: ignore[arg-type]
    yield "a card in the indirect mode", "dmp.xades.kind", sign_lot(fresh(), **CARD_SIGNS)  # type: ignore[arg-type]
    yield "an organisation in mode DIRECTE", "dmp.xades.kind", sign_lot(direct())
    yield "another structure", "dmp.xades.structure", sign_lot(fresh(), subject=Subject(structure="1699050001"))
    other = Subject(national_id="899999999999")
    yield "another card", "dmp.xades.name", sign_lot(direct(), kind=Kind.CPS_SIGN, subject=other)
    pki().outside.add(pem_of(editors_authority()))
    others = issued(editors_authority(), Kind.ORG_SIGN, ORGANISATION)
    yield "an added authority's", "dmp.xades.certificate.outside", sign_lot(fresh(), signer=others)
    large = sign_lot(fresh())
    large.parts[SIGNATURE] += b" " * 1_000_000
    yield "too large", "dmp.xades.size", large
    no_xml = sign_lot(fresh())
    no_xml.parts[SIGNATURE] = b"\x30\x82"
    yield "no XML", "dmp.xades.readable", no_xml
    altered = sign_lot(fresh())
    altered.document(lambda data: data.replace(b"</ClinicalDocument>", b" </ClinicalDocument>"))
    yield "another document", "dmp.xades.manifest.digest", altered


async def test_each_rule_is_broken_alone_and_satisfied(
    served: Dmp, record_property: Callable[[str, object], None]
) -> None:
    table = RuleTable("DMP, lots")
    for name, message in await asyncio.to_thread(lambda: list(sound_ones())):
        table.case(name, (await told(served, message))[0])
    for name, rule, message in await asyncio.to_thread(lambda: list(broken())):
        rules, accepted = await told(served, message, "warn")
        table.case(name, rules, rule)
        assert accepted, name
    table.close(record_property)


async def test_strict_refuses_and_says_which_rule_in_a_lenient_workspace_too(served: Dmp) -> None:
    made = await asyncio.to_thread(lambda: list(broken()))
    for name, rule, message in made:
        answer = await served.deposit(message, "strict")
        assert answer.accepted is (rule in WARNS), name
        if rule not in WARNS:
            assert answer.errors == ["XDSRepositoryError"], name
            assert f"règle {rule}" in next(answer.body.iter("{*}RegistryError")).get("codeContext", "")


async def test_off_believes_and_an_absent_signature_is_refused_in_strict(served: Dmp) -> None:
    wrong = await asyncio.to_thread(sign_lot, fresh(), LOT_FLAWS["wrong-value"])
    assert await told(served, wrong, "off") == ([], True)
    assert await told(served, wrong, "default") == ([], True)
    none = fresh()
    no_signature(none)
    assert await told(served, none, "warn") == (["dmp.signature.present"], True)
    assert await told(served, none, "strict") == (["dmp.signature.present"], False)


async def test_a_spooled_document_and_a_kos_are_compared_too(served: Dmp) -> None:
    """Three megabytes of XML lie on disk and are canonicalised as a stream; DICOM is compared by its bytes."""
    body = '<!-- commentaire --><text a="2" A="1">' + "é&amp;\n" * 500_000 + "</text>"
    large = deposit([describe(cda(root="1.2.250.1.999.2.4", body=body))])
    assert await told(served, await asyncio.to_thread(sign_lot, large)) == ([], True)
    large = await asyncio.to_thread(sign_lot, deposit([describe(cda(root="1.2.250.1.999.2.5", body=body))]))
    large.document(lambda data: data.replace(b"commentaire", b"Commentaire"))
    assert await told(served, large) == (["dmp.xades.manifest.digest"], False)
    for content, expected in ((b"\0" * 128 + b"DICM\1", []), (b"\0" * 128 + b"DICM\2", ["dmp.xades.manifest.digest"])):
        kos = fresh()
        kos.find("//*[@id='Document01']").set("mimeType", "application/dicom")
        kos.document(lambda _: b"\0" * 128 + b"DICM\1")
        await asyncio.to_thread(sign_lot, kos)
        kos.document(lambda _, content=content: content)  # type: ignore[misc]
        assert [one for one in (await told(served, kos))[0] if ".xades." in one] == expected
