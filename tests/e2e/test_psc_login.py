"""The login page in a real browser: found, chosen and validated with keys alone, clean for axe."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Literal
from urllib.parse import urlencode

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from psc_sim.domain import names
from support.browser import opened
from support.psc_served import Asking
from support.sandbox_thread import RunningSandbox, sandbox_in_thread

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with sandbox_in_thread(tmp_path_factory.mktemp("psc")) as running:
        yield running


@pytest.fixture
async def back() -> AsyncIterator[str]:
    """The client's own address, to which the browser returns."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            page = b"<!doctype html><html lang=fr><title>LPS</title><link rel=icon href=data:,><h1>Retour</h1>"
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" + page)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/retour"


async def violations(page: Page) -> list[str]:
    found = await Axe().run(page)
    return [f"{one['id']}: {one['nodes'][0]['target']}" for one in found.response["violations"]]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 1440), ("light", 360)])
async def test_every_page_is_clean_for_axe_and_fits_its_window(
    sandbox: RunningSandbox, scheme: Literal["light", "dark"], width: int
) -> None:
    async with opened(sandbox.url, scheme=scheme, width=width) as (page, wrong):
        wrong.clear()  # the sandbox has no page at its root
        link = f"{sandbox.url}/auth?{urlencode(Asking().params)}"
        for path in (link, f"{link}&recherche=zzzzz", f"{sandbox.url}/auth", f"{sandbox.url}{names.LOGOUT}"):
            await page.goto(path)
            assert await violations(page) == [], path
            assert await page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, path
        await page.goto(link)
        await page.locator(".people button").first.click()
        await expect(page.get_by_role("button", name="Valider la connexion")).to_be_visible()
        assert await violations(page) == []
        assert [one for one in wrong if "400" not in one] == []


async def test_with_keys_alone_from_the_request_to_the_client(sandbox: RunningSandbox, back: str) -> None:
    async with opened(sandbox.url) as (page, _):
        await page.goto(f"{sandbox.url}/auth?{urlencode(Asking(more={'redirect_uri': back}).params)}")
        await expect(page.locator("h1")).to_have_text("Je me connecte avec Pro Santé Connect")
        await expect(page.locator(".badge")).to_contain_text("Simulation")
        name = await page.locator(".who").last.inner_text()
        await page.locator("#recherche").focus()
        await page.keyboard.type(name.split()[-1])
        await page.keyboard.press("Enter")
        await expect(page.locator(".who").first).to_contain_text(name.split()[-1])
        await page.locator(".people button").first.focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_contain_text("e-CPS")
        await page.get_by_role("button", name="Valider la connexion").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_have_text("Retour")
        assert page.url.startswith(f"{back}?code=")
        assert "state=etat-1" in page.url
