"""Every real CDA at hand, deposited in the whole product: counted under its type, replacement pairs once."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from sandbox.clients.http import Http
from sandbox.clients.iti41 import PATH
from support.dmp_message import Described, deposit, describe
from support.drill import running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

REPLACEMENTS = [
    ("CR_Radio_CDAN1_v1.XML", "CR_Radio_CDAN1_v2.XML"),
    ("SEGUR_CR-BIO_2023.01_Electrophorese.xml", "SEGUR_CR_Bio_CDA_Niv3_v2.xml"),
]


async def test_each_type_is_counted_and_a_replacement_adds_nothing(tmp_path: Path, shared_data: Path) -> None:
    samples = [describe(path.read_bytes()) for path in sorted((shared_data / "cda").iterdir())]
    pairs = [
        [describe((shared_data / "cda-replacement" / name).read_bytes()) for name in pair] for pair in REPLACEMENTS
    ]
    async with (
        running(tmp_path / "data") as up,
        Http(up.url) as plain,
        Http(up.url, workspace="samples") as http,
    ):
        await plain.post_json("/_sandbox/workspaces", {"name": "samples", "strictness": "lenient"})
        for one in samples:
            await _deposit(http, one)
        expected = Counter(one.header.type_code for one in samples)
        assert await _counted(http, sum(expected.values())) == expected
        for old, new in pairs:
            await _deposit(http, old)
            new.replaces = await _entry(http, old)
            await _deposit(http, new)
        expected += Counter(old.header.type_code for old, _ in pairs)
        assert await _counted(http, sum(expected.values())) == expected


async def _deposit(http: Http, one: Described) -> None:
    body, content_type = deposit([one]).write()
    answer = await http.soap(PATH, {"Content-Type": content_type}, body)
    assert answer.body.get("status", "").endswith(":Success"), etree.tostring(answer.body).decode()


async def _entry(http: Http, one: Described) -> str:
    found: dict[str, Any] = await http.get_json(f"/_sandbox/dmp_sim/documents/{one.unique_id}")
    return str(found["entryUuid"])


async def _counted(http: Http, total: int) -> dict[str, int]:
    """typeCode → documents, once there are ``total`` of them; never more, even a little later."""
    async with asyncio.timeout(20):
        while (await _volume(http))["num"] < total:
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)
    cell = await _volume(http)
    assert cell["num"] == total
    prefix = "typeCode="
    return {name.removeprefix(prefix): value for name, value in cell["measures"].items() if name.startswith(prefix)}


async def _volume(http: Http) -> dict[str, Any]:
    answer = await http.get_json("/api/indicators", group="all", indicator="DMP-VOL", spark=0)
    cell: dict[str, Any] = answer["total"]["cells"]["DMP-VOL"]
    return cell
