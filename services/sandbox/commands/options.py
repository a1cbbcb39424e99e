"""Options that the commands share, and what completes their values."""

from typing import Annotated

import typer

DEFAULT_URL = "http://127.0.0.1:8080"


def workspace_names(incomplete: str) -> list[str]:
    """For the shell's completion: the workspaces of the sandbox that SOCLES_URL names; none when there is none."""
    return _names("/_sandbox/workspaces", "name", incomplete)


def fault_ids(incomplete: str) -> list[str]:
    """For the shell's completion: the faults of the catalogue."""
    return _names("/_sandbox/faults/catalogue", "id", incomplete)


def _names(path: str, member: str, incomplete: str) -> list[str]:
    import os

    import httpx

    try:
        found = httpx.get(os.environ.get("SOCLES_URL", DEFAULT_URL) + path, timeout=1.0, trust_env=False).json()
        return sorted(one[member] for one in found if one[member].startswith(incomplete))
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError, KeyError):
        return []  # completion stays silent


Url = Annotated[str, typer.Option("--url", envvar="SOCLES_URL", help="Adresse du bac à sable / the sandbox.")]
In = Annotated[
    str | None,
    typer.Option(
        "--workspace",
        "-w",
        envvar="SOCLES_WORKSPACE",
        help="Espace de travail, sinon « default ».",
        autocompletion=workspace_names,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="La réponse en JSON sur la sortie / as JSON.")]
WorkspaceName = Annotated[
    str, typer.Argument(help="Nom de l'espace de travail.", metavar="ESPACE", autocompletion=workspace_names)
]
