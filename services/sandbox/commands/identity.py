"""``socles identity``: the persons of a workspace brought in, made, taken away, shown."""

from pathlib import Path
from typing import Annotated, Any

import typer

from sandbox.commands import identity_matrix, show
from sandbox.commands.api import opened
from sandbox.commands.identity_matrix import BASE, write
from sandbox.commands.identity_options import (
    Born,
    Codes,
    CsvEncoding,
    Encoding,
    Fictitious,
    FileForm,
    Form,
    Given,
    Headers,
    HeadersIn,
    IdentityId,
    Keep,
    KeysAny,
    Oid,
    OnePerson,
    Output,
    Place,
    Separated,
    Separator,
    Sex,
    Sorts,
    Status,
    Transliterate,
    Which,
    Whose,
)
from sandbox.commands.options import DEFAULT_URL, AsJson, In, Url

app = typer.Typer(no_args_is_help=True, help="Les personnes fictives d'un espace / the fictitious persons.")
app.command("datamatrix")(identity_matrix.datamatrix)
app.command("read")(identity_matrix.read)

_COLUMNS = ("identifiant", "nom", "prénoms", "sexe", "né(e)", "COG", "matricule", "OID", "note")
_KINDS = {Form.CSV: "text/csv", Form.FHIR: "application/fhir+json", Form.NDJSON: "application/fhir+ndjson"}
_SUFFIXES = {".csv": Form.CSV, ".txt": Form.CSV, ".json": Form.FHIR, ".ndjson": Form.NDJSON}


@app.command("list")
def listing(
    name: Annotated[str | None, typer.Argument(metavar="[NOM]", help="Début du nom de naissance.")] = None,
    *,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    which: Whose = Which.ALL,
    limit: Annotated[int, typer.Option("-n", min=1, max=1000)] = 50,
    as_json: AsJson = False,
) -> None:
    """Qui est là / who is there."""
    with opened(url, workspace) as api:
        _people(api.get(BASE, which=which.value, name=name, limit=limit), as_json=as_json)


@app.command("show")
def look(
    person: IdentityId,
    *,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    shape: Annotated[OnePerson, typer.Option("--format", help="Pour copier dans un message.")] = OnePerson.TABLE,
    codes: Codes = Status.IDENTITY_STATUS,
    as_json: AsJson = False,
) -> None:
    """Une personne, en clair ou en FHIR, HL7 v2, CDA, CSV / one person."""
    with opened(url, workspace) as api:
        if as_json or shape is OnePerson.TABLE:
            found = api.get(f"{BASE}/{person}")
            _people([found], as_json=as_json, single=True)
        else:
            write(None, api.bytes(f"{BASE}/{person}", format=shape.value, codes=codes.value))


@app.command("add")
def add(
    person: IdentityId,
    name: Annotated[str, typer.Argument(metavar="NOM", help="Nom de naissance.")],
    given: Given,
    *,
    sex: Sex,
    born: Born,
    place: Place = None,
    ins: Annotated[str | None, typer.Option(help="Matricule : 13 caractères, ou 15 avec la clé.")] = None,
    oid: Annotated[str | None, typer.Option(help="OID du matricule ; sinon celui de test.")] = None,
    keys_any: KeysAny = False,
    fictitious: Fictitious = False,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    as_json: AsJson = False,
) -> None:
    """Ajouter une personne, ou remplacer celle de cet identifiant / add a person, or replace one."""
    number = {"matricule": ins[:13], "key": ins[13:] or None} if ins else None
    if number is not None and oid is not None:
        number["oid"] = oid
    wanted = {
        "id": person,
        "birthName": name,
        "givenNames": given,
        "sex": sex,
        "birthDate": born,
        "birthPlace": place,
        "ins": number,
        "knownToInsi": ins is not None,
    }
    order = {"persons": [wanted], "allowedIns": [ins] if ins and fictitious else []}
    with opened(url, workspace) as api:
        _taken(api.post(BASE, order, keys=_keys(keys_any)), as_json=as_json)


@app.command("import")
def bring(
    file: Annotated[Path, typer.Argument(metavar="FICHIER", exists=True, dir_okay=False, help="CSV, JSON ou NDJSON.")],
    *,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    form: FileForm = None,
    transliterate: Transliterate = False,
    keys_any: KeysAny = False,
    fictitious: Fictitious = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Contrôler seulement / check only.")] = False,
    as_json: AsJson = False,
) -> None:
    """Importer un CSV, ou du FHIR (Patient, Bundle, NDJSON) : tout ou rien / all or nothing."""
    form = form or _SUFFIXES.get(file.suffix.lower())
    if form is None:
        raise typer.BadParameter(".csv, .json ou .ndjson attendu, ou --format", param_hint="FICHIER")
    with opened(url, workspace) as api:
        answer = api.ask(
            "POST",
            f"{BASE}/import",
            content=file.read_bytes(),
            headers={"Content-Type": _KINDS[form]},
            params={
                "names": "transliterate" if transliterate else "strict",
                "keys": _keys(keys_any),
                "fictitious": fictitious,
                "dryRun": dry_run,
            },
        )
        _taken(answer.json(), as_json=as_json)


@app.command("generate")
def generate(
    count: Annotated[int, typer.Argument(min=1, max=10_000, metavar="[COMBIEN]")] = 20,
    *,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    seed: Annotated[int, typer.Option(min=0, help="Même graine, mêmes personnes.")] = 1,
    sort: Sorts = None,
    oid: Annotated[Oid, typer.Option(help="production : .8 et .9, comme en qualification.")] = Oid.TEST,
    prefix: Annotated[str | None, typer.Option(help="Début des identifiants ; sinon g, la graine et -.")] = None,
    keep: Keep = True,
    as_json: AsJson = False,
) -> None:
    """Faire des personnes, pièges compris (jumeaux, homonymes, NIA, Corse …) / make persons, traps included."""
    wanted = {"count": count, "seed": seed, "sorts": sort or [], "oid": oid.value, "prefix": prefix, "keep": keep}
    with opened(url, workspace) as api:
        made = api.post(f"{BASE}/generate", wanted)
        if as_json:
            show.as_json(made)
        else:
            show.table((*_COLUMNS, "sorte"), [(*_row(one), one["sort"]) for one in made["persons"]])


@app.command("export")
def export(
    output: Output = None,
    *,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    form: FileForm = None,
    which: Whose = Which.ALL,
    separator: Separated = Separator.SEMICOLON,
    encoding: CsvEncoding = Encoding.UTF8_BOM,
    headers: HeadersIn = Headers.FRENCH,
    codes: Codes = Status.IDENTITY_STATUS,
) -> None:
    """Emporter les personnes : CSV, Bundle FHIR ou NDJSON / take the persons away."""
    form = form or (_SUFFIXES.get(output.suffix.lower(), Form.CSV) if output else Form.CSV)
    with opened(url, workspace) as api:
        content = api.bytes(
            f"{BASE}/export",
            format=form.value,
            which=which.value,
            separator=separator.value,
            encoding=encoding.value,
            headers=headers.value,
            codes=codes.value,
        )
        write(output, content)


def _keys(keys_any: bool) -> str:
    return "any" if keys_any else "strict"


def _people(found: list[dict[str, Any]], *, as_json: bool, single: bool = False) -> None:
    if as_json:
        show.as_json(found[0] if single else found)
    else:
        show.table(_COLUMNS, map(_row, found))


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    number = one["ins"] or {"matricule": "", "key": "", "oid": ""}
    return (
        one["id"],
        one["birthName"],
        " ".join(one["givenNames"]),
        one["sex"],
        one["birthDate"],
        one["birthPlace"],
        f"{number['matricule']} {number['key'] or ''}".strip(),
        f"…{number['oid'].rpartition('.')[2]}" if number["oid"] else "",
        one["note"],
    )


def _taken(taken: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show.as_json(taken)
        return
    for remark in taken["remarks"]:
        typer.echo(f"{remark['where']} : {remark['messageFr']}", err=True)
    verb = "contrôlées" if taken["dryRun"] else "prises"
    print(f"{verb} : {taken['read']} ; nouvelles : {taken['added']} ; remplacées : {taken['replaced']}")
