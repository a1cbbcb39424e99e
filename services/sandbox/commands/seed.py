"""``socles seed``: the common population made anew, or people added to a workspace."""

import json
from pathlib import Path
from typing import Annotated

import typer

from sandbox.commands import show
from sandbox.commands.api import opened
from sandbox.commands.options import DEFAULT_URL, AsJson, In, Url


def seed(
    number: Annotated[int | None, typer.Argument(metavar="[GRAINE]", help="Même graine, mêmes personnes.")] = None,
    *,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    establishments: Annotated[int, typer.Option(min=1, max=2000, help="Combien d'établissements.")] = 20,
    patients: Annotated[int, typer.Option(min=1, max=10_000, help="Patients par établissement.")] = 100,
    people: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Ajouter à l'espace ces personnes et lieux (JSON)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Refaire la population commune, ou peupler un espace / make the population anew, or add people.

    Sans rien : dire de quelle graine elle vient / with nothing: tell what it was made from.
    """
    with opened(url, workspace) as api:
        if people is not None:
            try:
                found = api.post("/_sandbox/population", json.loads(people.read_text(encoding="utf-8")))
            except ValueError as error:
                raise typer.BadParameter(f"{people} : {error}", param_hint="--people") from error
        elif number is not None:
            wanted = {"seed": number, "establishments": establishments, "patientsPerEstablishment": patients}
            found = api.post("/_sandbox/seed", wanted)
        else:
            found = api.get("/_sandbox/seed")
        if as_json:
            show.as_json(found)
        else:
            show.table(("", ""), found.items())
