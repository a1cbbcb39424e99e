"""The body of ``socles load``: options checked, run, report written, exit code."""

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from sandbox.commands.api import Exit, Trouble, fail
from sandbox.load.acts import TOPICS
from sandbox.load.address import host_and_port, smtp_address
from sandbox.load.fleet import Broken
from sandbox.load.html import page
from sandbox.load.options import LoadOptions
from sandbox.load.profiles import BadProfile, Profile, from_file, named
from sandbox.load.report import as_json
from sandbox.load.run import Unreachable, Unready, load
from sandbox.load.screen import Screen, show
from socle.serve import run as serve_run

BALANCED, UNBALANCED, INVALID = 0, 1, 5
"""Exit codes, beside those of every command (:class:`sandbox.commands.api.Exit`)."""
_PLAIN_WIDTH = 160
SPACINGS = ("poisson", "uniform")


class BadOption(ValueError):
    """``option`` is the one that is wrong."""

    def __init__(self, option: str, message: str) -> None:
        super().__init__(message)
        self.option = option


@dataclass(frozen=True, slots=True)
class Wanted:
    """The curve, as the options say it."""

    profile: str = "constant"
    curve: Path | None = None
    rate: float | None = None
    acts_rate: float | None = None
    scale: float = 1.0
    duration: float | None = None

    def settled(self) -> Profile:
        """Raises :class:`BadOption`."""
        if self.rate is not None and self.acts_rate is not None:
            raise BadOption("--acts-rate", "--rate (événements/s) ou --acts-rate (actes/s), pas les deux / not both")
        if self.curve is not None and (self.rate or self.acts_rate or self.profile != "constant"):
            raise BadOption("--curve", "un fichier dit lui-même ses débits : --scale les multiplie / use --scale")
        try:
            profile = (
                from_file(self.curve)
                if self.curve is not None
                else named(self.profile, events_rate=self.rate, acts_rate=self.acts_rate)
            )
        except BadProfile as error:
            raise BadOption("--curve" if self.curve is not None else "--profile", str(error)) from error
        time = self.duration / profile.curve.duration if self.duration is not None else 1.0
        curve = profile.curve.scaled(self.scale, time)
        return Profile(profile.name, profile.label_fr, profile.label_en, curve, profile.mix, profile.documents)


def addresses(url: str, services: list[str], smtp: str) -> tuple[dict[str, str], tuple[str, int]]:
    """(service → base URL, SMTP address). ``services`` are ``name=url``. Raises :class:`BadOption`."""
    urls = dict.fromkeys(TOPICS, url.rstrip("/"))
    for one in services:
        name, equals, own = one.partition("=")
        if not equals or name not in urls:
            raise BadOption("--service", f"{one!r} : service=http://hôte:port, service parmi {', '.join(urls)}")
        urls[name] = own.rstrip("/")
    for name, each in urls.items():
        try:
            host_and_port(each)
        except ValueError as error:
            raise BadOption("--service" if each != url.rstrip("/") else "--url", f"{name} : {error}") from error
    try:
        return urls, smtp_address(smtp)
    except ValueError as error:
        raise BadOption("--smtp", str(error)) from error


def main(options: LoadOptions, *, html: Path | None, folder: Path | None, as_json: bool) -> int:
    """Run, show, write; the exit code. Ends the process with a message when the run cannot come to a report."""
    console = Console(stderr=as_json, highlight=False)
    if not console.is_terminal:
        console = Console(stderr=as_json, highlight=False, width=_PLAIN_WIDTH)
    reports: list[dict[str, Any]] = []

    async def whole() -> None:
        reports.append(await run(options, console))

    try:
        serve_run(whole())
    except Unreachable as error:
        fail(Trouble(Exit.UNREACHABLE, str(error)))
    except (Unready, Broken, httpx.HTTPError) as error:
        sys.exit(f"socles load: {str(error) or type(error).__name__}")
    write(reports[0], html, folder)
    if as_json:
        print(json.dumps(reports[0], ensure_ascii=False))
    return exit_code(reports[0])


async def run(options: LoadOptions, console: Console) -> dict[str, Any]:
    """Run, and show the report. Raises :class:`Unready`, ``Broken``, ``httpx.HTTPError``."""
    screen = Screen(console)
    try:
        result = await load(options, screen)
    finally:
        screen.stop()
    report = await asyncio.to_thread(as_json, result)
    show(console, report)
    return report


def write(report: dict[str, Any], html: Path | None, folder: Path | None) -> None:
    """Write the files that were asked for: one HTML file, or ``load.html`` and ``load.json`` in a folder."""
    files = {html: page(report)} if html is not None else {}
    if folder is not None:
        files[folder / "load.html"] = page(report)
        files[folder / "load.json"] = json.dumps(report, ensure_ascii=False, indent=1)
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def exit_code(report: dict[str, Any]) -> int:
    """0 only when the books balance and the generator kept its moments."""
    if not report["balanced"]:
        return UNBALANCED
    return BALANCED if report["valid"] else INVALID
