"""The demonstration from end to end: a day played through the wire, indicators compared with what was sent.

On a sandbox of its own, which goes on serving afterwards; or attached to a running one, in a workspace of that one.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sandbox import examples
from sandbox.demo.compare import Comparison, compare
from sandbox.demo.days import Programme, play
from sandbox.demo.indicators import Indicators
from sandbox.demo.screen import Screen
from sandbox.demo.stage import Stage, emptied
from sandbox.hospitals.hospital import Hospital
from sandbox.hospitals.ledger import Ledger
from sandbox.launcher import LaunchOptions, Sandbox

SETTLE = 20.0
"""Seconds the indicators may take to reach their last value after the last act."""
PAGE = "/"


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """How the day is played on a sandbox of its own."""

    launch: LaunchOptions
    programme: Programme = field(default_factory=Programme)
    once: bool = False
    forget: int = 0
    """Accepted deposits each ledger loses before the comparison: shows that a false ledger is found out."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A running sandbox, and how its user reaches it."""

    url: str
    smtp: tuple[str, int]
    workspace: str
    """Made, or emptied."""
    public_url: str
    """What the user's browser calls; ``url`` may be a name inside a container network."""

    @property
    def page(self) -> str:
        """Of the workspace's indicators."""
        return f"{self.public_url.rstrip('/')}/w/{self.workspace}{PAGE}"


async def demo(options: DemoOptions, screen: Screen, started: float) -> Comparison:
    """Play and compare; unless ``once``, serve until told to stop. ``started``: perf_counter at the process's start."""
    async with Sandbox(options.launch) as sandbox:
        screen.ready(time.perf_counter() - started, sandbox.url + PAGE, sandbox.smtp)
        result, hospitals = await _played(
            options.programme, screen, Stage(sandbox.url, sandbox.smtp), forget=options.forget
        )
        if not options.once:
            await _serve(options, screen, sandbox, hospitals[0])
    return result


async def attached(attachment: Attachment, programme: Programme, screen: Screen, forget: int = 0) -> Comparison:
    """Play and compare on a running sandbox, which goes on. Raises ``NotReady``."""
    stage = await emptied(attachment.url, attachment.smtp, attachment.workspace)
    screen.attached(attachment.workspace, attachment.page)
    result, _hospitals = await _played(programme, screen, stage, forget=forget)
    screen.remains(attachment.page)
    return result


async def _played(
    programme: Programme, screen: Screen, stage: Stage, *, forget: int
) -> tuple[Comparison, Sequence[Hospital]]:
    async with stage.http() as http:
        played = await play(programme, screen, stage, http)
        for ledger in played.ledgers:
            ledger.forget(forget)
        indicators = Indicators(http)
        result = await _settled(played.ledgers, indicators)
        result = replace(result, everything=await indicators.everything())
        screen.table(result, await indicators.targets())
    screen.verdict(result)
    return result, played.hospitals


async def _settled(ledgers: Sequence[Ledger], indicators: Indicators) -> Comparison:
    """The comparison once it agrees, or as it stands when time is over."""
    deadline = time.monotonic() + SETTLE
    while True:
        result = compare(ledgers, await indicators.values())
        if not result.differences or time.monotonic() > deadline:
            return result
        await asyncio.sleep(0.25)


async def _serve(options: DemoOptions, screen: Screen, sandbox: Sandbox, hospital: Hospital) -> None:
    from socle.serve import until_told

    folder = options.launch.data_dir / "exemples"
    deposit, insi = examples.deposit(hospital.site), examples.insi(hospital.site)
    await asyncio.to_thread(examples.write, folder, [deposit, insi])
    place, journal = f"{folder}/", f"{sandbox.url}/_sandbox/exchanges?limit=3"
    screen.serving(
        {
            "Indicateurs": sandbox.url + PAGE,
            "Contrôle (OpenAPI)": f"{sandbox.url}/openapi.json",
            "INSi": f"{sandbox.url}{insi.path}",
            "DMP": f"{sandbox.url}{deposit.path}",
            "MSSanté (SMTP)": "{}:{}".format(*sandbox.smtp),
            "Données": str(options.launch.data_dir),
        },
        [
            ("déposer une lettre de liaison au DMP (ITI-41, MTOM)", deposit.command(sandbox.url, place)),
            ("demander une identité à INSi (WS_INS2)", insi.command(sandbox.url, place)),
            ("voir les dernières transactions et leurs constats", f"curl -sS '{journal}'"),
        ],
    )
    await until_told(sandbox.stopping)
