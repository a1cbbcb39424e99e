"""The page in a real browser: it shows, it lives, it explains, and it asks nobody else for anything."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Page, expect

from socle.http_server import HttpServer, listen
from socle.web.factory import create_app
from support.browser import opened
from support.metrics_events import document, stay
from support.metrics_served import NOW, Served, served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@asynccontextmanager
async def metrics_page(
    folder: Path, scheme: Literal["light", "dark"] = "light"
) -> AsyncIterator[tuple[Served, Page, list[str]]]:
    """The page of a running service, and what went wrong in it or left this machine."""
    async with served(folder) as run:
        server = HttpServer(create_app(run.ground, [run.service]), [listen("127.0.0.1", 0)], stop_seconds=1)
        await server.start()
        async with opened(f"http://127.0.0.1:{server.addresses[0][1]}", scheme=scheme) as (page, wrong):
            yield run, page, wrong
        run.ground.stopping.set()
        await server.stop()


async def test_values_rise_live_and_explain_themselves(tmp_path: Path) -> None:
    async with metrics_page(tmp_path) as (run, page, wrong):
        site = next(
            each for each in run.ground.control.population("default").establishments if each.kind.value == "sanitary"
        )
        own = {"finess_eg": site.finess_eg, "finess_ej": site.finess_ej}
        cell = page.locator("tbody tr", has_text=f"FINESS {site.finess_eg}").locator("td button").first
        await expect(cell.locator(".value")).to_have_text("n. d.")
        await expect(page.locator("#live-text")).to_contain_text("en direct")
        await expect(page.locator("#empty")).to_contain_text("Rien encore dans cette période")

        await run.emit([stay("s1", discharged=NOW, **own), stay("s2", discharged=NOW, **own)])
        await run.emit([document("s1", at=NOW, **own)])
        await run.emit([document("s2", at=NOW + timedelta(days=31), **own)])
        await expect(cell.locator(".value")).to_have_text("50,0 %", timeout=5000)
        await expect(cell.locator(".gap")).to_have_text("−20,0 pts")
        await expect(page.locator("#empty")).to_be_hidden()
        await expect(page.locator("thead .total td button").first.locator(".value")).to_have_text("50,0 %")

        await cell.click()
        panel = page.get_by_role("dialog")
        await expect(panel.get_by_role("heading", name=site.name)).to_be_visible()
        await expect(panel.locator(".stay")).to_have_count(2)
        await panel.locator(".stay", has_text="s2").locator("summary").click()
        await expect(panel.get_by_text("Arrivé après le délai")).to_be_visible()
        link = panel.locator(".stay", has_text="s2").get_by_role("link", name="échange").first
        assert (await link.get_attribute("href") or "").startswith("_sandbox/exchanges/")
        await panel.get_by_text("Non compté", exact=True).click()
        await expect(panel.locator(".stay")).to_have_count(1)
        await page.keyboard.press("Escape")
        await expect(panel).not_to_be_visible()

        await page.get_by_text("Région", exact=True).click()
        await expect(page.locator("thead th").first).to_have_text("Région")
        await expect(page.locator("tbody tr", has_text=site.region or "").locator(".value").first).to_have_text(
            "50,0 %"
        )
        assert wrong == []


async def test_targets_that_are_not_official_are_marked_in_both_schemes(tmp_path: Path) -> None:
    async with metrics_page(tmp_path, "dark") as (_, page, wrong):
        head = page.locator("thead th", has_text="DMP-SORTIE")
        await expect(head.locator(".mark")).to_be_visible()
        assert "presse" in (await head.locator(".mark").get_attribute("title") or "")
        await expect(page.locator("thead th", has_text="DMP-LL").locator(".target")).to_have_text("cible à fixer")
        background = await page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor")
        assert background == "rgb(17, 22, 27)"
        assert wrong == []
