"""``socles workspace``: make, look at, change, empty, carry away and delete workspaces."""

from pathlib import Path
from typing import Annotated, Any

import typer

from sandbox.commands import show
from sandbox.commands.api import opened
from sandbox.commands.options import DEFAULT_URL, AsJson, Url, WorkspaceName

app = typer.Typer(no_args_is_help=True, help="Les espaces de travail / workspaces.")

_BASE = "/_sandbox/workspaces"
_COLUMNS = ("nom", "époque", "exigence", "horloge", "créé", "options")
Strictness = Annotated[str | None, typer.Option(help="official : comme le vrai service ; lenient : constats seuls.")]
Option = Annotated[list[str] | None, typer.Option("--option", help="nom=valeur (répétable).")]


@app.command("list")
def listing(*, url: Url = DEFAULT_URL, as_json: AsJson = False) -> None:
    """Tous les espaces / all of them."""
    with opened(url, None) as api:
        found = api.get(_BASE)
        if as_json:
            show.as_json(found)
        else:
            show.table(_COLUMNS, map(_row, found))


@app.command("create")
def create(
    name: Annotated[str | None, typer.Argument(metavar="[ESPACE]", help="Sinon un nom est donné.")] = None,
    *,
    url: Url = DEFAULT_URL,
    strictness: Strictness = None,
    option: Option = None,
    ttl: Annotated[int | None, typer.Option(min=1, help="Secondes sans usage, après quoi il est supprimé.")] = None,
    snapshot: Annotated[str | None, typer.Option(help="Cliché dont il part.")] = None,
    as_json: AsJson = False,
) -> None:
    """Créer un espace ; son nom est la sortie / make one; its name is the output."""
    with opened(url, None) as api:
        wanted = {
            "name": name,
            "strictness": strictness,
            "options": _options(option) if option else None,
            "ttlSeconds": ttl,
            "seedFrom": snapshot,
        }
        made = api.post(_BASE, {key: value for key, value in wanted.items() if value is not None})
        if as_json:
            show.as_json(made)
        else:
            print(made["name"])


@app.command("show")
def look(name: WorkspaceName, *, url: Url = DEFAULT_URL, as_json: AsJson = False) -> None:
    """Un espace / one workspace."""
    with opened(url, None) as api:
        found = api.get(f"{_BASE}/{name}")
        if as_json:
            show.as_json(found)
        else:
            show.table(_COLUMNS, [_row(found)])


@app.command("set")
def change(
    name: WorkspaceName,
    *,
    url: Url = DEFAULT_URL,
    strictness: Strictness = None,
    option: Option = None,
    as_json: AsJson = False,
) -> None:
    """Changer exigence ou options (celles qu'on ne nomme pas restent) / change strictness or options."""
    with opened(url, None) as api:
        wanted: dict[str, object] = {}
        if strictness is not None:
            wanted["strictness"] = strictness
        if option:
            wanted["options"] = {**api.get(f"{_BASE}/{name}")["options"], **_options(option)}
        found = api.patch(f"{_BASE}/{name}", wanted)
        if as_json:
            show.as_json(found)
        else:
            show.table(_COLUMNS, [_row(found)])


@app.command("reset")
def reset(name: WorkspaceName, *, url: Url = DEFAULT_URL, as_json: AsJson = False) -> None:
    """Vider un espace : données, pannes, horloge ; options et personnes restent / empty it."""
    with opened(url, name) as api:
        _tell(api.post("/_sandbox/reset"), as_json=as_json)


@app.command("delete")
def delete(name: WorkspaceName, *, url: Url = DEFAULT_URL) -> None:
    """Supprimer un espace et ses données / delete it."""
    with opened(url, None) as api:
        api.delete(f"{_BASE}/{name}")


@app.command("export")
def export(
    name: WorkspaceName,
    output: Annotated[Path, typer.Option("--output", "-o", help="L'archive .zip à écrire.", dir_okay=False)],
    *,
    url: Url = DEFAULT_URL,
    as_json: AsJson = False,
) -> None:
    """Emporter un espace entier / take a whole workspace away."""
    with opened(url, None) as api:
        content = api.bytes(f"{_BASE}/{name}/archive")
        output.write_bytes(content)
        if as_json:
            show.as_json({"file": str(output), "size": len(content)})
        else:
            print(f"{output} : {len(content)} octets")


@app.command("import")
def bring(
    archive: Annotated[Path, typer.Argument(metavar="FICHIER", exists=True, dir_okay=False, help="L'archive .zip.")],
    name: WorkspaceName,
    *,
    url: Url = DEFAULT_URL,
    as_json: AsJson = False,
) -> None:
    """Rétablir une archive dans un espace, créé ou vidé / restore an archive into a workspace."""
    with opened(url, None) as api:
        headers = {"Content-Type": "application/zip"}
        api.ask("POST", f"{_BASE}/{name}/archive", content=archive.read_bytes(), headers=headers)
        _tell(api.get(f"{_BASE}/{name}"), as_json=as_json)


def _tell(made: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show.as_json(made)
    else:
        print(f"{made['name']} : époque {made['epoch']}")


def _options(given: list[str]) -> dict[str, str]:
    """``name=value`` …"""
    found: dict[str, str] = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not name:
            raise typer.BadParameter(f"nom=valeur attendu, reçu {one!r}", param_hint="--option")
        found[name] = value
    return found


def _row(found: dict[str, Any]) -> tuple[object, ...]:
    options = ", ".join(f"{name}={value}" for name, value in found["options"].items())
    moments = (show.moment(found[name]) for name in ("now", "createdAt"))
    return (found["name"], found["epoch"], found["strictness"], *moments, options)
