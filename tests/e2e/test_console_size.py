"""The console over 100,000 exchanges: search while one types, on live traffic, and a list that stays small."""

import asyncio
import contextlib
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from socle.settings import GroundSettings
from support import console_traffic as traffic
from support import journal_filled
from support.browser import opened
from support.sandbox_thread import RunningSandbox, sandbox_in_thread

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(300)]

COUNT = 100_000
SEARCH_MS = 300
"""What issue 5 asks: from the key to the rows, measured in the page."""
TIMES = 5
TRIES = 3
"""Rounds: a machine may be busy with something else in one of them."""
FAR = 3_000
KNOWN = "[...document.querySelectorAll('#table tbody')].reduce((sum, body) => sum + body.chunk.items.length, 0)"
ROWS_IN_DOCUMENT = 1_000


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    folder = Path(tmp_path_factory.mktemp("many"))
    with pytest.MonkeyPatch.context() as environment:
        for name, value in journal_filled.ROOMY.items():
            environment.setenv(name, value)
        journal_filled.fill(GroundSettings(data_dir=folder), COUNT)
        with sandbox_in_thread(folder) as running:
            yield running


MEASURED = """new Promise((told) => {
  const look = setInterval(() => {
    const [measure] = performance.getEntriesByName("search");
    if (measure) { clearInterval(look); told(measure.duration); }
  }, 5);
})"""
"""The policy forbids Playwright's own way of waiting, which evaluates text in the page."""


async def searched(page: Page, text: str) -> float:
    """Milliseconds from the last key to the rows, by the page's own clock."""
    await page.evaluate("performance.clearMeasures('search')")
    await page.locator("#text").fill(text)
    return float(await page.evaluate(MEASURED))


async def median(page: Page, text: str) -> float:
    durations = []
    for _ in range(TIMES):
        durations.append(await searched(page, text))
        await searched(page, "")
    return statistics.median(durations)


async def busy(sandbox: RunningSandbox) -> None:
    while True:
        await asyncio.to_thread(traffic.deposit, sandbox)
        await asyncio.sleep(0.2)


async def test_search_in_100_000_exchanges_answers_as_one_types(sandbox: RunningSandbox) -> None:
    some = sandbox.get("/_sandbox/exchanges", limit=100)["items"][-1]["id"]
    texts = (journal_filled.NEEDLE, "dmp.part.hash", some, "10.0.7.", "absolument rien de tel", "a")
    async with opened(sandbox.url) as (page, wrong):
        await page.goto(f"{sandbox.url}/console/")
        await expect(page.locator("#total")).to_contain_text("plus de 10")
        live = asyncio.create_task(busy(sandbox))
        for _ in range(TRIES):
            told = {text: await median(page, text) for text in texts}
            print({text: round(duration) for text, duration in told.items()})
            if max(told.values()) < SEARCH_MS:
                break
        live.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await live
        assert max(told.values()) < SEARCH_MS, told
        await searched(page, journal_filled.NEEDLE)
        await expect(page.locator("#table tbody tr")).to_have_count(1)
        assert wrong == []


async def test_the_document_stays_small_however_far_one_scrolls(sandbox: RunningSandbox) -> None:
    async with opened(sandbox.url) as (page, wrong):
        await page.goto(f"{sandbox.url}/console/")
        await expect(page.locator("#table tbody tr").first).to_be_visible()
        top = await page.locator("#table tbody tr a").first.get_attribute("href")
        known = 0
        for _ in range(600):
            await page.mouse.wheel(0, 4000)
            await page.wait_for_timeout(50)
            if (known := await page.evaluate(KNOWN)) >= FAR:
                break
        assert known >= FAR
        assert await page.locator("#table tbody tr").count() < ROWS_IN_DOCUMENT
        await page.evaluate("scrollTo(0, 0)")
        await expect(page.locator(f"#table a[href='{top}']")).to_be_in_viewport()
        assert wrong == []
