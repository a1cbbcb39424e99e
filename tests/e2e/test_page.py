"""The live page of the whole product: a deposit on the wire moves its cell while one watches."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from sandbox import examples
from sandbox.clients.http import Http
from support.browser import opened
from support.drill import running

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

SITE = "699050001"
"""The first establishment of the default population, for which the ready example is deposited."""
LIVE_MS = 10_000


async def test_a_deposit_moves_its_cell_and_can_be_explained(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as up, Http(up.url) as http, opened(up.url) as (page, wrong):
        await expect(page.locator("#body tr")).to_have_count(20)
        cell = page.locator("#body tr", has_text=SITE).locator("td:nth-child(4) button")
        await expect(page.locator("#head")).to_contain_text("DMP-VOL")
        await expect(cell.locator(".value")).to_have_text("0")

        example = examples.deposit()
        answer = await http.soap(example.path, {"Content-Type": example.content_type}, example.body)
        assert answer.body.get("status", "").endswith("Success")
        await expect(cell.locator(".value")).to_have_text("1", timeout=LIVE_MS)

        await cell.click()
        panel = page.get_by_role("dialog")
        await expect(panel).to_contain_text("CHU de Montclar-sur-Azergues")
        await expect(panel.locator("#panel-list > *")).to_have_count(1)
        assert wrong == []


async def test_a_narrow_window_scrolls_the_table_not_the_page(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as up, opened(up.url, width=420) as (page, wrong):
        await expect(page.locator("#body tr")).to_have_count(20)
        assert await page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        assert wrong == []
