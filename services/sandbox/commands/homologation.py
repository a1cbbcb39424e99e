"""``socles homologation``: the national centre's conformity cases, judged on what the software under test sent."""

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from sandbox.commands import show
from sandbox.commands.api import Api, Exit, Trouble, opened
from sandbox.commands.homologation_view import changes, print_report
from sandbox.commands.options import DEFAULT_URL, AsJson, In, Url

app = typer.Typer(no_args_is_help=True, help="Les cas d'homologation / the conformity cases.")

_PATH = "/_sandbox/ins_sim/homologation"


class Format(StrEnum):
    """Of the report."""

    TERMINAL = "terminal"
    HTML = "html"
    JUNIT = "junit"
    JSON = "json"


@app.command("insi")
def insi(
    *,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    format_: Annotated[Format, typer.Option("--format", help="terminal, html, junit ou json.")] = Format.TERMINAL,
    case: Annotated[
        list[str] | None, typer.Option("--case", help="Début d'un cas : 2, 2.03, 2.03-1 (répétable) ; sinon tous.")
    ] = None,
    software: Annotated[
        str | None, typer.Option(help="Numéro d'autorisation ou nom du logiciel ; sinon le dernier qui a appelé.")
    ] = None,
    finess: Annotated[str | None, typer.Option(help="Seulement les appels de cet établissement.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Seulement depuis ce moment, heure locale.")] = None,
    unauthenticated: Annotated[
        bool, typer.Option("--unauthenticated", help="Admettre les appels sans assertion ni certificat.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Suivre pendant que l'on joue les cas ; finit quand tout est joué.")
    ] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Fichier à écrire ; sinon la sortie.")] = None,
    as_json: AsJson = False,
) -> None:
    """Les cas d'INSi ; code 1 si l'un a échoué ou reste à jouer / INSi's cases; 1 when one failed or is left."""
    asked = {
        "case": case,
        "software": software,
        "finess": finess,
        "since": since.astimezone().isoformat() if since else None,
        "unauthenticated": unauthenticated,
    }
    wanted = Format.JSON if as_json else format_
    with opened(url, workspace) as api:
        found = _watched(api, asked) if watch else _read(api, asked)
        if wanted is Format.TERMINAL and output is None:
            print_report(found, _console_page(api, found))
        else:
            _write(api, asked, wanted, found, output)
        if not found["passed"]:
            left = found["counts"]["failed"], found["counts"]["not-played"]
            raise Trouble(
                Exit.NEGATIVE, "échoués : {}, à jouer : {} / failed: {}, left to play: {}".format(*left, *left)
            )


def _read(api: Api, asked: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = api.get(_PATH, format="json", **asked)
    return found


def _watched(api: Api, asked: dict[str, Any]) -> dict[str, Any]:
    """Tell each change of a verdict as it comes, on the standard error; gives the last report."""
    screen = show.console(stderr=True)
    found = _read(api, asked)
    screen.print("À l'écoute ; Ctrl+C pour arrêter / listening; Ctrl+C ends it")
    with suppress(KeyboardInterrupt):
        for _ in _calls(api):
            before, found = found, _read(api, asked)
            for line in changes(before, found):
                screen.print(line)
            if found["passed"]:
                break
    return found


def _calls(api: Api) -> Iterator[None]:
    """Each time INSi was called; once at the start, for what came before anybody listened."""
    for line in api.lines("/_sandbox/exchanges/tail"):
        if line.startswith(": listening"):
            yield
        if line.startswith("data: ") and json.loads(line.removeprefix("data: "))["service"] == "ins_sim":
            yield


def _write(api: Api, asked: dict[str, Any], wanted: Format, found: dict[str, Any], output: Path | None) -> None:
    if wanted is Format.JSON:
        content = (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()
    elif wanted is Format.TERMINAL:
        raise Trouble(Exit.USAGE, "-o demande --format html, junit ou json / -o asks for another --format")
    else:
        content = api.bytes(_PATH, format=wanted.value, **asked)
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        output.write_bytes(content)


def _console_page(api: Api, found: dict[str, Any]) -> str:
    return f"{api.url}/w/{found['workspace']}/console/homologation"
