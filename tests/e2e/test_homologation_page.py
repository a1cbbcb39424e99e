"""The page of the conformity cases in a real browser: followed live, by keys alone, by everybody."""

import asyncio
from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from support.browser import opened
from support.homologation_editors import Bad, Editor, Good
from support.sandbox_thread import RunningSandbox, sandbox_in_thread

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with sandbox_in_thread(tmp_path_factory.mktemp("homologation")) as running:
        yield running


@pytest.fixture(scope="module")
def mixed(sandbox: RunningSandbox) -> str:
    """Some of each verdict, earlier attempts, and a second software; gives the address."""
    good, bad = Good(sandbox.url), Bad(sandbox.url)
    cases = {case["id"]: case for case in good.report()["cases"]}
    Editor(sandbox.url, name="autre&lt;b&gt;", idam="GE1").search("CORSE", ["ANTHONY"], "M", "1980-03-02")
    for editor, case in ((good, "1.01"), (good, "2.05"), (bad, "2.05"), (bad, "2.03-3"), (good, "2.07-1")):
        editor.play(cases[case])
    return f"{sandbox.url}/console/homologation"


async def violations(page: Page) -> list[str]:
    found = await Axe().run(page)
    return [f"{one['id']}: {one['nodes'][0]['target']}" for one in found.response["violations"]]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390)])
async def test_it_is_clean_for_axe_and_fits_its_window(
    sandbox: RunningSandbox, mixed: str, scheme: Literal["light", "dark"], width: int
) -> None:
    async with opened(sandbox.url, scheme=scheme, width=width) as (page, wrong):
        for address in (mixed, f"{mixed}?case=9", f"{sandbox.url}/_sandbox/ins_sim/homologation?format=html"):
            await page.goto(address)
            if address == mixed:
                await expect(page.locator("#live-text")).to_have_text("en direct")
                await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            assert await violations(page) == [], address
            assert await page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, address
        assert [one for one in wrong if "404" not in one] == []


async def test_it_follows_the_tester_and_opens_the_next_case(sandbox: RunningSandbox) -> None:
    async with opened(sandbox.url) as (page, wrong):
        await page.request.post(f"{sandbox.url}/_sandbox/workspaces", data={"name": "suivi"})
        url = f"{sandbox.url}/w/suivi"
        await page.goto(f"{url}/console/homologation?case=2.05&case=2.07-1")
        await expect(page.locator("#live-text")).to_have_text("en direct")
        case = page.locator("#c-2-05")
        await expect(case).to_have_attribute("open", "")
        await expect(case.get_by_text("Aucun appel de ce cas.")).to_be_visible()
        bad = Bad(url)
        await asyncio.to_thread(bad.play, {"id": "2.05"})
        await expect(case).to_have_attribute("data-verdict", "failed", timeout=10_000)
        await expect(case.get_by_text("Envoyer M ou F").first).to_be_visible()
        good = Good(url)
        told = await asyncio.to_thread(good.report, case="2.05")
        await asyncio.to_thread(good.play, told["cases"][0])
        await expect(case).to_have_attribute("data-verdict", "passed", timeout=10_000)
        await expect(page.locator("#c-2-07-1")).to_have_attribute("open", "")
        await expect(page.locator(".counts")).to_contain_text("1 réussi")
        await expect(page.locator("#said")).to_have_text("2.05 : réussi")
        await expect(case.get_by_text("1 autre essai")).to_be_visible()
        await case.locator(".call a").first.click()
        await page.wait_for_url("**/w/suivi/console/exchanges/*")
        assert wrong == []


async def test_the_keyboard_goes_through_the_cases(sandbox: RunningSandbox, mixed: str) -> None:
    async with opened(sandbox.url) as (page, wrong):
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await page.goto(mixed)
        await expect(page.locator("#live-text")).to_have_text("en direct")
        await page.keyboard.press("Escape")
        await expect(page.locator(".case[open]")).to_have_count(0)
        await page.keyboard.press("j")
        await page.keyboard.press("j")
        await page.keyboard.press("k")
        await page.keyboard.press("Enter")
        await expect(page.locator(".case[open]")).to_have_attribute("id", "c-1-01")
        await page.keyboard.press("c")
        await expect(page.locator("#toast")).to_have_text("Nom de naissance : copié")
        assert await page.evaluate("navigator.clipboard.readText()") == "NESSI"
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog", name="Au clavier")).to_be_visible()
        assert wrong == []


async def test_an_identity_is_copied_as_it_is_to_be_typed(sandbox: RunningSandbox, mixed: str) -> None:
    async with opened(sandbox.url) as (page, wrong):
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await page.goto(f"{mixed}?case=2.03-3")
        await page.locator("#c-2-03-3").get_by_role("button", name="Copier : Nom de naissance").click()
        assert await page.evaluate("navigator.clipboard.readText()") == "D’ÆION"
        assert wrong == []


async def test_the_filters_stand_in_the_address(sandbox: RunningSandbox, mixed: str) -> None:
    async with opened(sandbox.url) as (page, wrong):
        await page.goto(mixed)
        await page.get_by_label("Logiciel", exact=False).and_(page.locator("select")).select_option("GE1/autre<b>")
        await page.wait_for_url("**software=GE1*")
        await expect(page.locator("#c-2-08-1")).to_have_attribute("data-verdict", "passed")
        await expect(page.locator("#c-2-05")).to_have_attribute("data-verdict", "not-played")
        assert await page.locator("main b b").count() == 0
        await page.get_by_label("Cas", exact=True).fill("2.05 2.08")
        await page.get_by_role("button", name="Juger").click()
        await expect(page.locator(".case")).to_have_count(3)
        await page.get_by_role("button", name="Repartir de maintenant").click()
        await page.wait_for_url("**since=*")
        await expect(page.locator("#c-2-08-1")).to_have_attribute("data-verdict", "not-played")
        report = await page.get_by_role("link", name="à imprimer").get_attribute("href") or ""
        answer = await page.request.get(f"{sandbox.url}{report}")
        assert answer.ok
        assert "pas encore joués" in await answer.text()
        assert wrong == []


async def test_what_the_console_sends_again_is_not_the_softwares(sandbox: RunningSandbox) -> None:
    async with opened(sandbox.url) as (page, wrong):
        await page.request.post(f"{sandbox.url}/_sandbox/workspaces", data={"name": "rejeu"})
        url = f"{sandbox.url}/w/rejeu"
        await asyncio.to_thread(Editor(url).search, "PROVISOIRE", ["Matricule"], "M", "2009-07-01")
        await page.goto(f"{url}/console/homologation?case=2.05")
        await page.locator(".call a").first.click()
        await page.get_by_role("link", name="Requête corrigée", exact=True).click()
        await page.get_by_role("button", name="Rejouer la requête corrigée").click()
        await expect(page.get_by_text("Rejoué : accepté.")).to_be_visible()
        await page.goto(f"{url}/console/homologation?case=2.05")
        await expect(page.locator("#c-2-05")).to_have_attribute("data-verdict", "failed")
        await expect(page.get_by_text("1 message rejoué")).to_be_visible()
        assert wrong == []


async def test_without_scripts_every_case_is_there(sandbox: RunningSandbox, mixed: str) -> None:
    async with opened(sandbox.url) as (page, _):
        browser = page.context.browser
        assert browser is not None
        context = await browser.new_context(java_script_enabled=False)
        plain = await context.new_page()
        await plain.goto(mixed)
        await expect(plain.locator(".case")).to_have_count(16)
        await plain.locator("#c-2-03-3 > summary").click()
        await expect(plain.locator("#c-2-03-3 .reason").first).to_be_visible()
