"""A page in a real browser, and what went wrong on it."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import pytest
from playwright.async_api import Page, async_playwright, expect

_QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
_QUIET += ["--disable-component-update", "--disable-sync"]
expect.set_options(timeout=30_000)  # five seconds are no promise of ours, and a busy machine needs them


@asynccontextmanager
async def opened(
    url: str, *, scheme: Literal["light", "dark"] = "light", width: int = 1500
) -> AsyncIterator[tuple[Page, list[str]]]:
    """The page at ``url``, and a list of script errors, console errors and requests to anywhere else."""
    wrong: list[str] = []
    host = url.rstrip("/")
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium's own sandbox does not run as root
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=_chromium(), args=[*_QUIET, *(["--no-sandbox"] if as_root else [])]
        )
        context = await browser.new_context(
            locale="fr-FR", color_scheme=scheme, viewport={"width": width, "height": 1000}
        )
        page = await context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
        page.on("console", lambda line: wrong.append(f"console: {line.text}") if line.type == "error" else None)
        page.on("request", lambda one: None if one.url.startswith((host, "data:")) else wrong.append(one.url))
        await page.goto(f"{host}/")
        try:
            yield page, wrong
        finally:
            await browser.close()


def _chromium() -> str:
    found = os.environ.get("SOCLES_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        message = "no Chromium here: install Debian's chromium, or name one in SOCLES_CHROMIUM"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found
