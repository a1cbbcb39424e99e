"""Signatures of assertions: right ones verify however they are laid out, wrong ones are refused by their own rule."""

import asyncio
import base64
import random
import re

import pytest
from cryptography import x509
from lxml import etree

from socle.assertions.making.crafting import FLAWS, Flaw
from socle.assertions.making.wrapping import FORGED, WRAPPINGS
from socle.assertions.verifier import FRESH_SECONDS, Verifier, _keep
from socle.pki.kinds import Kind, Subject
from socle.xmldsig.sign import Digest, Style
from socle.xmldsig.verify import verify
from support.outside import of_no_version
from support.signed import DS, STRUCTURE, envelope, first, header, holder, judged, pki, rules

STYLES = [
    Style(digest, prefixes, last)
    for digest in Digest
    for prefixes in ((), ("ds", "saml", "#default", "xsi"), ("q",))
    for last in (False, True)
]
JUDGED_ELSEWHERE = ("assertion.stale", "assertion.future", "assertion.instant", "assertion.conditions", "dmp.")


@pytest.mark.parametrize("prefix", ["saml2", ""])
@pytest.mark.parametrize("identifier", ["_5f0c", "3f2b0c0e-5a3c-4b3e-9d3b-0c6f5a1d2e3f"])
def test_right_signatures_verify(prefix: str, identifier: str) -> None:
    for style in STYLES:
        found = judged(header(style=style, prefix=prefix, identifier=identifier), declared=not style.prefixes)
        assert found.findings == []
        assert found.signatory is not None
        assert found.signatory.structure == STRUCTURE
        assert (found.signatory.person, found.signatory.signs) == (False, True)


def test_a_card_is_told_from_an_organisation() -> None:
    signatory = judged(header(kind=Kind.CPS_SIGN)).signatory
    assert signatory is not None
    assert (signatory.person, signatory.signs, signatory.common_name) == (True, True, "899900000010")
    signatory = judged(header(kind=Kind.ORG_AUTH_CLI)).signatory
    assert signatory is not None
    assert (signatory.person, signatory.signs) == (False, False)


@pytest.mark.parametrize("flaw", FLAWS.values(), ids=lambda flaw: flaw.name)
def test_a_flaw_breaks_the_rule_it_names_alone(flaw: Flaw) -> None:
    expected = [] if flaw.breaks.startswith(JUDGED_ELSEWHERE) else [flaw.breaks]
    for style in (Style(), Style(Digest.SHA1, ("#default",), last=True)):
        assert rules(header(flaw=flaw, style=style), declared=not style.prefixes) == expected


@pytest.mark.parametrize("attack", WRAPPINGS)
def test_wrapping_is_refused_though_the_signed_assertion_is_still_there(attack: str) -> None:
    block = header(flaw=FLAWS[attack])
    assert FORGED in block
    assert "899900000010" in block
    assert rules(block) == ["assertion.single"]


def test_every_altered_byte_of_what_is_signed_is_refused() -> None:
    """A sample; the slow suite takes them all."""
    block = header()
    drawn = random.Random(4)
    for place in drawn.sample(signed_places(block), 150):
        assert altered(block, place), block[place - 20 : place + 20]


@pytest.mark.slow
def test_every_altered_byte_of_what_is_signed_is_refused_one_by_one() -> None:
    for style in (Style(), Style(Digest.SHA1, last=True)):
        block = header(style=style)
        for place in signed_places(block):
            assert altered(block, place), block[place - 20 : place + 20]


def signed_places(block: str) -> list[int]:
    """Where another letter changes what is signed, or the signature: names, values and texts of the assertion."""
    start, end = block.index("<saml2:Assertion"), block.index("</wsse:Security>")
    certificate = re.search("<ds:X509Certificate>(.*?)<", block)
    assert certificate is not None
    return [
        place
        for place in range(start, end)
        if block[place].isalnum() and not certificate.start(1) <= place < certificate.end(1)
    ]


def altered(block: str, place: int) -> bool:
    """With the next letter or digit there it is no XML, is no assertion any more, or breaks a rule."""
    changed = block[:place] + ("b" if block[place] == "a" else "a") + block[place + 1 :]
    try:
        return bool(rules(changed))
    except (etree.XMLSyntaxError, AssertionError):
        return True


def test_another_certificate_of_the_same_signer_does_not_verify() -> None:
    other = re.search("<ds:X509Certificate>(.*?)<", header(kind=Kind.CPS_SIGN))
    assert other is not None
    block = re.sub("(<ds:X509Certificate>).*?(?=<)", rf"\g<1>{other[1]}", header())
    assert rules(block) == ["assertion.signature.value"]


def test_base64_that_could_be_written_otherwise_is_refused() -> None:
    value = re.search("<ds:SignatureValue>(.*?)<", header())
    assert value is not None
    loose = value[1][:-3] + chr(ord(value[1][-3]) + 1) + "=="
    assert base64.b64decode(loose) == base64.b64decode(value[1])
    assert rules(header().replace(value[1], loose)) == ["assertion.signature.value"]


def test_line_ends_within_base64_are_taken() -> None:
    block = re.sub("(<ds:(?:SignatureValue|X509Certificate)>.{64})", "\\1\n", header())
    assert rules(block) == []


def test_a_key_beside_the_certificate_is_ignored() -> None:
    key = f'<ds:KeyValue xmlns:ds="{DS}"><ds:RSAKeyValue/></ds:KeyValue><ds:X509Data>'
    assert rules(header().replace("<ds:X509Data>", key)) == []


def test_what_is_too_large_is_not_looked_at() -> None:
    assert rules(header().replace("EXEMPLE", "E" * 1_000_000)) == ["assertion.size"]


def test_what_libxml2_would_search_for_minutes_is_not_canonicalised() -> None:
    names = tuple(f"p{number}" for number in range(2000))
    declared = " ".join(f'xmlns:{name}="urn:{name}"' for name in names)
    for prefixes, rule in ((("q",), "assertion.signature.digest"), (names, "assertion.size")):
        block = header(style=Style(prefixes=prefixes)).replace("<saml2:Assertion", f"<saml2:Assertion {declared}")
        assert rules(block) == [rule]


def test_what_has_no_canonical_form_is_refused() -> None:
    block = header().replace("<saml2:Assertion", '<saml2:Assertion xmlns:z="relatif"')
    assert rules(block) == ["assertion.size"]


def test_a_certificate_of_no_version_cannot_be_read() -> None:
    other = base64.b64encode(of_no_version(holder().certificate)).decode()
    block = re.sub("(<ds:X509Certificate>).*?(?=<)", rf"\g<1>{other}", header())
    assert rules(block) == ["assertion.certificate.readable"]


async def asked(verifier: Verifier, block: str) -> list[str]:
    root = envelope(block)
    judged = await verifier.judge(root, first(root), size=len(block))
    return [finding.rule.id for finding in judged.findings]


async def test_what_was_verified_is_remembered_by_its_bytes_and_nothing_else_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verifier, count = Verifier(pki()), 0

    def counted(assertion: etree._Element, identifier: str) -> x509.Certificate:
        nonlocal count
        count += 1
        return verify(assertion, identifier)

    monkeypatch.setattr("socle.assertions.verifier.verify", counted)
    right = header()
    for _ in range(3):
        assert await asked(verifier, right) == []
    assert count == 1
    assert await asked(verifier, right.replace("EXEMPLE", "AUTRE")) == ["assertion.signature.digest"]
    assert await asked(verifier, right.replace("urn:dmp<", "urn:dmp <")) == ["assertion.signature.digest"]
    assert count == 3
    forged = header(flaw=FLAWS["xsw3"])
    assert await asked(verifier, forged) == ["assertion.single"]
    assert await asked(verifier, right + '<a Id="_5f0c"/>') == ["assertion.id.unique"]
    assert count == 3
    for _ in range(2):
        assert await asked(verifier, header(flaw=FLAWS["wrong-value"])) == ["assertion.signature.value"]
    assert count == 5


async def test_a_signer_is_looked_at_again_however_often_its_assertion_was_verified() -> None:
    signer, verifier = Subject(structure="1699999999"), Verifier(pki())
    block = header(structure=signer.structure)
    assert await asked(verifier, block) == []
    pki().revoke(holder(Kind.ORG_SIGN, None, signer).certificate.serial_number)
    await asyncio.sleep(FRESH_SECONDS)
    assert await asked(verifier, block) == ["assertion.certificate.revoked"]


def test_memory_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socle.assertions.verifier.KEPT", 2)
    memory: dict[str, int] = {}
    for key in "abac":
        _keep(memory, key, 0)
    assert list(memory) == ["a", "c"]
