"""The console in a real browser, on live traffic: found, understood, sent again, with keys alone, by everybody."""

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from support import console_traffic as traffic
from support.browser import opened
from support.sandbox_thread import RunningSandbox, sandbox_in_thread

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with sandbox_in_thread(tmp_path_factory.mktemp("console")) as running:
        yield running


@pytest.fixture(scope="module")
def broken(sandbox: RunningSandbox) -> str:
    """A deposit refused for its hash, after one that was accepted; and the rest of what strangers send."""
    traffic.deposit(sandbox)
    traffic.hostile(sandbox)
    traffic.mail(sandbox)
    return traffic.wrong_hash(sandbox)


async def violations(page: Page) -> list[str]:
    """What axe has to say against a page, best practices included."""
    found = await Axe().run(page)
    return [f"{one['id']}: {one['nodes'][0]['target']}" for one in found.response["violations"]]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 1440), ("light", 400)])
async def test_every_page_is_clean_for_axe_and_fits_its_window(
    sandbox: RunningSandbox, broken: str, scheme: Literal["light", "dark"], width: int
) -> None:
    mails = sandbox.get("/_sandbox/exchanges", service="mss_sim")["items"]
    paths = ["", f"exchanges/{broken}", f"exchanges/{broken}/difference", f"exchanges/{broken}/mended"]
    paths += [f"exchanges/{broken}/request/1", f"exchanges/{mails[0]['id']}", "exchanges/nobody"]
    async with opened(sandbox.url, scheme=scheme, width=width) as (page, wrong):
        for path in paths:
            await page.goto(f"{sandbox.url}/console/{path}")
            await expect(page.locator("#workspaces option")).not_to_have_count(0)
            if not path:
                await expect(page.locator("#table tbody tr").first).to_be_visible()
            assert await violations(page) == [], path
            assert await page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, path
        assert [one for one in wrong if "404" not in one] == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 400)])
async def test_an_address_that_leads_nowhere_leads_on(
    sandbox: RunningSandbox, scheme: Literal["light", "dark"], width: int
) -> None:
    async with opened(sandbox.url, scheme=scheme, width=width) as (page, wrong):
        for path in ("/nulle/part", "/w/inconnu/console/"):
            await page.goto(f"{sandbox.url}{path}")
            assert await violations(page) == [], path
            assert await page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, path
            await page.get_by_role("link", name="Console").click()
            await expect(page.locator("#table")).to_be_visible()
    assert [one for one in wrong if "404" not in one] == []


async def test_from_the_link_in_a_log_to_the_line_and_what_to_do(sandbox: RunningSandbox, broken: str) -> None:
    async with opened(sandbox.url) as (page, wrong):
        await page.goto(f"{sandbox.url}/_sandbox/exchanges/{broken}")
        await expect(page.locator("h1")).to_contain_text("Refusé avec le code XDSNonIdenticalHash")
        finding = page.locator(".finding").first
        await expect(finding).to_contain_text("dmp.part.hash")
        await expect(finding.locator(".excerpt .marked").first).to_be_visible()
        await expect(finding.locator(".excerpt")).to_contain_text("0" * 40)
        line = await finding.locator("dd a").get_attribute("href") or ""
        await finding.locator("dd a").click()
        await expect(page.locator(line)).to_be_in_viewport()
        assert wrong == []


async def test_the_mended_request_is_sent_from_the_page_and_accepted(sandbox: RunningSandbox, broken: str) -> None:
    async with opened(sandbox.url) as (page, wrong):
        await page.goto(f"{sandbox.url}/console/exchanges/{broken}/mended")
        await page.get_by_role("button", name="Rejouer la requête corrigée").click()
        await expect(page.get_by_text("Rejoué : accepté.")).to_be_visible()
        await page.get_by_role("link", name="Voir le nouvel échange").click()
        await expect(page.locator("h1")).to_have_text("Accepté, sans remarque.")
        assert wrong == []


async def test_the_list_lives_and_can_be_paused(sandbox: RunningSandbox, broken: str) -> None:
    async with opened(sandbox.url) as (page, wrong):
        await page.goto(f"{sandbox.url}/console/")
        await expect(page.locator("#live-text")).to_have_text("en direct")
        rows = page.locator("#table tbody tr")
        first = traffic.deposit(sandbox)
        await expect(rows.first).to_contain_text(first[-12:], timeout=5000)
        await page.keyboard.press("p")
        await expect(page.locator("#live-text")).to_have_text("suspendu")
        second = traffic.deposit(sandbox)
        await expect(page.locator("#news")).to_have_text("1 nouveau, afficher", timeout=5000)
        await expect(rows.first).to_contain_text(first[-12:])
        await page.locator("#news").click()
        await expect(rows.first).to_contain_text(second[-12:])
        assert wrong == []


async def test_the_state_of_the_list_is_in_its_address(sandbox: RunningSandbox, broken: str) -> None:
    async with opened(sandbox.url) as (page, wrong):
        await page.goto(f"{sandbox.url}/console/?service=dmp_sim&severity=error&rule=dmp.part.hash")
        await expect(page.locator("#total")).to_have_text("1 échange")
        await expect(page.get_by_label("Règle enfreinte")).to_have_value("dmp.part.hash")
        await page.get_by_text("INSi", exact=True).first.click()
        await expect(page.get_by_role("heading", name="Rien ne correspond")).to_be_visible()
        assert "service=ins_sim" in page.url
        await page.go_back()
        await expect(page.locator("#total")).to_have_text("1 échange")
        await page.get_by_role("button", name="Effacer les filtres").click()
        await expect(page.locator("#total")).not_to_have_text("1 échange")
        assert page.url.endswith("/console/")
        assert wrong == []


async def test_an_empty_workspace_teaches_how_to_make_its_first_exchange(sandbox: RunningSandbox) -> None:
    async with opened(sandbox.url) as (page, wrong):
        await page.request.post(f"{sandbox.url}/_sandbox/workspaces", data={"name": "vide"})
        await page.goto(f"{sandbox.url}/console/")
        await page.get_by_label("Espace").select_option("vide")
        await page.wait_for_url("**/w/vide/console/")
        await expect(page.get_by_role("heading", name="Aucun échange pour le moment")).to_be_visible()
        await expect(page.locator("#first-call")).to_contain_text(f"{sandbox.url}/w/vide/lps")
        traffic.post(sandbox, "/w/vide/lps", b"<bonjour/>")
        await expect(page.locator("#table tbody tr")).to_have_count(1, timeout=5000)
        assert wrong == []


async def test_the_keyboard_alone_goes_everywhere(sandbox: RunningSandbox, broken: str) -> None:
    async with opened(sandbox.url) as (page, wrong):
        await page.goto(f"{sandbox.url}/console/")
        await expect(page.locator("#table tbody tr").first).to_be_visible()
        await page.keyboard.press("/")
        await page.keyboard.type("part.hash")
        await expect(page.locator("#total")).to_have_text("1 échange")
        await page.keyboard.press("Escape")
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/console/exchanges/{broken}")
        await page.keyboard.press("j")
        await expect(page.locator("#finding-1")).to_be_focused()
        await page.keyboard.press("Enter")
        assert "#q1-" in page.url
        for key, view in (("d", "difference"), ("m", "mended")):
            await page.keyboard.press(key)
            await page.wait_for_url(f"**/{view}")
            await page.keyboard.press("Escape")
            await page.wait_for_url(f"**/console/exchanges/{broken}")
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog", name="Au clavier")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await page.keyboard.press("Escape")
        await page.wait_for_url("**/console/?text=part.hash")
        await page.keyboard.press("Escape")
        await page.wait_for_url("**/console/")
        assert wrong == []


async def test_no_script_of_a_stranger_runs_anywhere(sandbox: RunningSandbox, broken: str) -> None:
    exchanges = sandbox.get("/_sandbox/exchanges", limit=100)["items"]
    async with opened(sandbox.url) as (page, wrong):
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        await page.goto(f"{sandbox.url}/console/")
        await expect(page.locator("#table tbody tr").first).to_be_visible()
        for one in exchanges:
            if one["service"] in ("ins_sim", "mss_sim"):
                for view in ("", "/request/1", "/difference"):
                    await page.goto(f"{sandbox.url}/console/exchanges/{one['id']}{view}")
                    assert await page.locator("main img, main script, main [onerror]").count() == 0
        assert [line for line in wrong if "404" not in line] == []


async def test_without_scripts_an_exchange_is_all_there(sandbox: RunningSandbox, broken: str) -> None:
    """What print and other readers get too: every pane, every finding."""
    async with opened(sandbox.url) as (page, _):
        browser = page.context.browser
        assert browser is not None
        context = await browser.new_context(java_script_enabled=False)
        plain = await context.new_page()
        await plain.goto(f"{sandbox.url}/console/exchanges/{broken}")
        await expect(plain.locator("#q-raw")).to_be_visible()
        await expect(plain.locator("#q-headers")).to_be_visible()
        await expect(plain.locator(".finding").first).to_be_visible()
