"""``socles identity datamatrix`` and ``read``: the INS datamatrix of a person, written and read."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from sandbox.commands import show
from sandbox.commands.api import opened
from sandbox.commands.identity_options import IdentityId, Image, Output
from sandbox.commands.options import DEFAULT_URL, AsJson, In, Url

BASE = "/_sandbox/identities"
_IMAGES = (".png", ".jpg", ".jpeg", ".bmp")


def datamatrix(
    person: IdentityId,
    output: Output = None,
    *,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    form: Annotated[Image | None, typer.Option("--format", help="Sinon d'après le nom du fichier.")] = None,
    scale: Annotated[int, typer.Option(min=1, max=40, help="Points par module.")] = 6,
    label: Annotated[bool, typer.Option("--label/--no-label", help="Avec « INS à scanner ».")] = True,
) -> None:
    """Le datamatrix INS d'une personne : PNG, SVG, ou son contenu / the INS datamatrix of a person."""
    by_name = {".png": Image.PNG, ".svg": Image.SVG}
    form = form or (by_name.get(output.suffix.lower(), Image.PAYLOAD) if output else Image.PAYLOAD)
    with opened(url, workspace) as api:
        write(output, api.bytes(f"{BASE}/{person}/datamatrix", format=form.value, scale=scale, label=label))


def read(
    payload: Annotated[
        str,
        typer.Argument(metavar="CONTENU|IMAGE", help="Ce que la douchette a lu (GS s'écrit aussi <GS>), ou un PNG."),
    ],
    *,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    as_json: AsJson = False,
) -> None:
    """Lire un datamatrix INS, contenu ou image ; code 1 s'il est faux / read one; exit code 1 when it is wrong."""
    image = Path(payload) if payload.lower().endswith(_IMAGES) or _is_file(payload) else None
    if image is not None and not _is_file(payload):
        raise typer.BadParameter(f"{image} : pas de tel fichier / no such file", param_hint="CONTENU|IMAGE")
    with opened(url, workspace) as api:
        if image is not None:
            headers = {"Content-Type": "application/octet-stream"}
            found = api.ask("POST", f"{BASE}/datamatrix/scan", content=image.read_bytes(), headers=headers).json()
        else:
            found = api.post(f"{BASE}/datamatrix/read", {"payload": payload})
        if as_json:
            show.as_json(found)
        else:
            show.table(("champ", "valeur"), found["fields"].items())
            told = [(one["where"], one["titleFr"], one["found"], one["remedy"]) for one in found["findings"]]
            if told:
                show.table(("où", "constat", "trouvé", "remède"), told)
        if not found["valid"]:
            raise typer.Exit(1)


def _is_file(text: str) -> bool:
    """What a scanner read may be no path at all: too long, say."""
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False


def write(output: Path | None, content: bytes) -> None:
    """To the file, or to standard output."""
    if output is not None:
        output.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
