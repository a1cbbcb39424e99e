"""``socles fault``: faults on demand, from the catalogue, from a file, or by hand."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from sandbox.commands import show
from sandbox.commands.api import opened
from sandbox.commands.options import DEFAULT_URL, AsJson, In, Url, fault_ids

app = typer.Typer(no_args_is_help=True, help="Pannes et refus à la demande / faults on demand.")

_BASE = "/_sandbox/faults"
_COLUMNS = ("règle", "panne", "service", "opération", "effet", "où", "quand", "vus", "faits")
Service = Annotated[str | None, typer.Option(help="ins_sim, dmp_sim ou mss_sim.")]


@app.command("catalogue")
def catalogue(
    text: Annotated[
        str | None, typer.Argument(metavar="[TEXTE]", help="Contenu dans l'identifiant ou le titre.")
    ] = None,
    *,
    url: Url = DEFAULT_URL,
    service: Service = None,
    as_json: AsJson = False,
) -> None:
    """Tous les refus et pannes documentés / every documented refusal and failure."""
    with opened(url, None) as api:
        found = [one for one in api.get(f"{_BASE}/catalogue", service=service) if _holds(one, text)]
        if as_json:
            show.as_json(found)
        else:
            rows = [(one["id"], one["titleFr"], one["wire"], one["magic"]) for one in found]
            show.table(("identifiant", "panne", "sur le fil", "valeur magique"), rows)


@app.command("list")
def listing(*, url: Url = DEFAULT_URL, workspace: In = None, as_json: AsJson = False) -> None:
    """Les règles de l'espace, avec leurs compteurs / the workspace's rules with their counters."""
    with opened(url, workspace) as api:
        found = api.get(_BASE)
        if as_json:
            show.as_json(found)
        else:
            show.table(_COLUMNS, map(_row, found))


@app.command("add")
def add(
    fault: Annotated[
        str | None,
        typer.Argument(metavar="[PANNE]", help="Identifiant du catalogue.", autocompletion=fault_ids),
    ] = None,
    *,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    name: Annotated[str | None, typer.Option("--id", help="Nom de la règle, sinon donné.")] = None,
    effect: Annotated[str | None, typer.Option(help="refuse, latency, cut, cut-answer, truncate, drip …")] = None,
    point: Annotated[str | None, typer.Option(help="received, before-commit, before-answer.")] = None,
    service: Service = None,
    operation: str | None = None,
    match: Annotated[list[str] | None, typer.Option(help="attribut=motif (répétable).")] = None,
    nth: Annotated[int | None, typer.Option(min=1, help="À partir du n-ième appel.")] = None,
    times: Annotated[int | None, typer.Option(min=1, help="Combien de fois au plus.")] = None,
    probability: Annotated[float | None, typer.Option(min=0, max=1)] = None,
    code: Annotated[str | None, typer.Option(help="Pour refuse : le code du protocole.")] = None,
    reason: str | None = None,
    latency_ms: Annotated[int | None, typer.Option(min=0)] = None,
    as_json: AsJson = False,
) -> None:
    """Ajouter une panne ; le nom de la règle est la sortie / add a fault; the rule's id is the output."""
    if fault is None and effect is None:
        raise typer.BadParameter("une panne du catalogue, ou --effect / a fault of the catalogue, or --effect")
    wanted = {
        "fault": fault,
        "id": name,
        "effect": effect,
        "point": point,
        "service": service,
        "operation": operation,
        "match": _patterns(match) if match else None,
        "nth": nth,
        "times": times,
        "probability": probability,
        "code": code,
        "reason": reason,
        "latencyMs": latency_ms,
    }
    with opened(url, workspace) as api:
        made = api.post(_BASE, {key: value for key, value in wanted.items() if value is not None})
        if as_json:
            show.as_json(made)
        else:
            print(made["id"])


@app.command("profile")
def profile(
    name: Annotated[str, typer.Argument(metavar="PROFIL", help="slow-monday …")],
    *,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    as_json: AsJson = False,
) -> None:
    """Les lenteurs d'une journée, opération par opération / a day's latencies, by operation."""
    with opened(url, workspace) as api:
        made = api.post(f"{_BASE}/profile", {"profile": name})
        if as_json:
            show.as_json(made)
        else:
            show.table(_COLUMNS, map(_row, made))


@app.command("load")
def load(
    file: Annotated[Path, typer.Argument(metavar="FICHIER", exists=True, dir_okay=False, help="YAML ou JSON.")],
    *,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    as_json: AsJson = False,
) -> None:
    """Remplacer toutes les règles de l'espace par celles d'un fichier / replace all rules by a file's."""
    kind = "application/json" if file.suffix == ".json" else "application/yaml"
    with opened(url, workspace) as api:
        answer = api.ask("PUT", _BASE, content=file.read_bytes(), headers={"Content-Type": kind})
        made = json.loads(answer.content)
        if as_json:
            show.as_json(made)
        else:
            show.table(_COLUMNS, map(_row, made))


@app.command("remove")
def remove(
    name: Annotated[str | None, typer.Argument(metavar="[RÈGLE]", help="Sinon toutes.")] = None,
    *,
    url: Url = DEFAULT_URL,
    workspace: In = None,
) -> None:
    """Retirer une règle, ou toutes / remove one rule, or all."""
    with opened(url, workspace) as api:
        api.delete(_BASE if name is None else f"{_BASE}/{name}")


def _patterns(given: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in given:
        name, sign, pattern = one.partition("=")
        if not sign or not name:
            raise typer.BadParameter(f"attribut=motif attendu, reçu {one!r}", param_hint="--match")
        found[name] = pattern
    return found


def _holds(entry: dict[str, Any], text: str | None) -> bool:
    return text is None or text.casefold() in f"{entry['id']} {entry['titleFr']} {entry['titleEn']}".casefold()


def _row(rule: dict[str, Any]) -> tuple[object, ...]:
    when = [f"à partir du {rule['nth']}e" if rule["nth"] > 1 else ""]
    when += [
        f"{rule['times']} fois" if rule["times"] else "",
        f"p={rule['probability']}" if rule["probability"] else "",
    ]
    return (
        rule["id"],
        rule.get("catalogue") or "",
        rule["service"] or "tous",
        rule["operation"] or "toutes",
        " ".join(part for part in (rule["effect"], rule["code"]) if part),
        rule["point"],
        ", ".join(part for part in when if part) or "toujours",
        rule["seen"],
        rule["fired"],
    )
