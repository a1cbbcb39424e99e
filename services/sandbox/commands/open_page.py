"""``socles open``: the console in the browser."""

import webbrowser
from typing import Annotated

import typer

from sandbox.commands import show
from sandbox.commands.api import opened
from sandbox.commands.options import DEFAULT_URL, AsJson, In, Url


def open_page(
    exchange: Annotated[str | None, typer.Argument(metavar="[ÉCHANGE]", help="Sinon la liste.")] = None,
    *,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    indicators: Annotated[bool, typer.Option("--indicators", help="La page des indicateurs.")] = False,
    show_url: Annotated[bool, typer.Option("--print", help="Dire l'adresse, sans navigateur.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ouvrir la console dans le navigateur / open the console in the browser."""
    with opened(url, workspace) as api:
        if exchange is not None:
            api.get(f"/_sandbox/exchanges/{exchange}")
    prefix = f"/w/{workspace}" if workspace else ""
    page = "/" if indicators else f"/console/exchanges/{exchange}" if exchange else "/console/"
    address = f"{url.rstrip('/')}{prefix}{page}"
    if as_json:
        show.as_json({"url": address})
    elif show_url or not webbrowser.open(address):
        print(address)
