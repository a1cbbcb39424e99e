"""Tokens of Pro Santé Connect open the boxes of MSSanté: AUTH XOAUTH2 on the same folder of keys."""

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from socle.control.model import BoxType
from support.mss_served import Mss, mss
from support.psc_served import Psc, psc
from support.signed import pki_folder
from support.xoauth2 import shown

CHALLENGE = "334 " + base64.b64encode(b'{"status":"401","schemes":"bearer","scope":"mail"}').decode()


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[tuple[Psc, Mss]]:
    """Two processes' worth of services on one data folder."""
    async with psc(tmp_path, keys=pki_folder()) as provider, mss(tmp_path) as mail:
        yield provider, mail


async def minted(provider: Psc, rpps: str | None, **more: object) -> str:
    answer = await provider.http.post("/_sandbox/psc_sim/tokens", json={"rpps": rpps, **more})
    token: str = answer.json()["access_token"]
    return token


async def test_a_professional_opens_their_own_box_and_those_of_their_site(both: tuple[Psc, Mss]) -> None:
    provider, mail = both
    own, other = mail.boxes(BoxType.PER)[0], mail.boxes(BoxType.PER)[-1]
    token = await minted(provider, own.rpps)
    assert (await shown(mail, own.address, token)).startswith("235")
    shared = next(box for box in mail.boxes(BoxType.ORG) if box.finess_eg == own.finess_eg)
    assert (await shown(mail, shared.address, token)).startswith("235")
    strange = next(box for box in mail.boxes(BoxType.ORG) if box.finess_eg != own.finess_eg)
    for address in (other.address, strange.address):
        assert await shown(mail, address, token) == CHALLENGE
        assert [finding.rule.id for finding in mail.journal.last.findings] == ["mss.smtp.box-right"]


async def test_what_is_wrong_with_a_token_is_told_in_the_journal(both: tuple[Psc, Mss]) -> None:
    provider, mail = both
    box = mail.boxes(BoxType.PER)[0]
    for flaw, found in (("expired", "time"), ("wrong-signature", "signature"), ("alg-none", "alg")):
        token = await minted(provider, box.rpps, flaw=flaw)
        assert await shown(mail, box.address, token) == CHALLENGE
        finding = mail.journal.last.findings[0]
        assert finding.rule.id == "mss.smtp.token"
        assert finding.found.startswith(found)
        assert token[:40] not in repr(mail.journal.last)


async def test_a_workspace_may_want_tokens_only(both: tuple[Psc, Mss]) -> None:
    provider, mail = both
    box = mail.boxes(BoxType.PER)[0]
    assert (await shown(mail, box.address, "socles")).startswith("235")
    await asyncio.to_thread(mail.control.configure, "default", options={"mss.xoauth2": "token"})
    assert await shown(mail, box.address, "socles") == CHALLENGE
    assert (await shown(mail, box.address, await minted(provider, box.rpps))).startswith("235")
