"""A small day of a few hospitals, played through the wire into a workspace of a running sandbox."""

import asyncio
import io
from typing import Any

import httpx
from rich.console import Console

from sandbox.demo.days import Programme
from sandbox.demo.run import Attachment, attached
from sandbox.demo.screen import Screen
from support.sandbox_thread import RunningSandbox

SMALL = Programme(seed=5, establishments=3, duration=0, history=0)


def play(sandbox: RunningSandbox, workspace: str, programme: Programme = SMALL) -> None:
    """Deposits, mails, look-ups and stays; what they count to agrees with what was sent when this returns."""
    screen = Screen(Console(file=io.StringIO()))
    result = asyncio.run(attached(Attachment(sandbox.url, sandbox.smtp, workspace, sandbox.url), programme, screen))
    assert result.agrees, result.differences


def indicators(sandbox: RunningSandbox, workspace: str, window: str = "90d") -> dict[str, Any]:
    """Level and key → indicator → numerator, denominator, measures: every row there is, and the total."""
    path = f"{sandbox.url}/w/{workspace}/api/indicators"
    answer = httpx.get(path, params={"window": window, "group": "eg", "spark": 0}, timeout=30, trust_env=False)
    answer.raise_for_status()
    told = answer.json()
    return {
        f"{row['level']}/{row['key']}": {
            code: (cell["num"], cell["den"], cell["measures"]) for code, cell in sorted(row["cells"].items())
        }
        for row in [*told["rows"], {**told["total"], "level": "total", "key": ""}]
    }
