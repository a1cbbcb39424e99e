"""``socles snapshot``: named states of a workspace, kept by the sandbox."""

from typing import Annotated

import typer

from sandbox.commands import show
from sandbox.commands.api import opened
from sandbox.commands.options import DEFAULT_URL, AsJson, In, Url

app = typer.Typer(no_args_is_help=True, help="Clichés d'un espace de travail / snapshots of a workspace.")

Name = Annotated[str, typer.Argument(metavar="CLICHÉ", help="Nom du cliché.")]


@app.command("list")
def listing(*, url: Url = DEFAULT_URL, workspace: In = None, as_json: AsJson = False) -> None:
    """Les clichés de l'espace / those of the workspace."""
    with opened(url, workspace) as api:
        found = api.get(_base(workspace))
        if as_json:
            show.as_json(found)
        else:
            rows = [(one["name"], show.moment(one["madeAt"]), one["size"]) for one in found]
            show.table(("cliché", "pris", "octets"), rows)


@app.command("take")
def take(name: Name, *, url: Url = DEFAULT_URL, workspace: In = None) -> None:
    """Prendre un cliché / take one."""
    with opened(url, workspace) as api:
        api.post(_base(workspace), {"name": name})


@app.command("restore")
def restore(name: Name, *, url: Url = DEFAULT_URL, workspace: In = None) -> None:
    """Revenir à un cliché : ce qui est venu depuis disparaît / go back to one."""
    with opened(url, workspace) as api:
        api.post(f"{_base(workspace)}/{name}/restore")


@app.command("delete")
def delete(name: Name, *, url: Url = DEFAULT_URL, workspace: In = None) -> None:
    """Supprimer un cliché / delete one."""
    with opened(url, workspace) as api:
        api.delete(f"{_base(workspace)}/{name}")


def _base(workspace: str | None) -> str:
    return f"/_sandbox/workspaces/{workspace or 'default'}/snapshots"
