"""``socles exchange``: find exchanges, look at one, mend it, send it again, report on all for a CI."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from sandbox.commands import show
from sandbox.commands.api import Api, Exit, Trouble, opened
from sandbox.commands.exchange_view import print_exchange, print_mending
from sandbox.commands.options import DEFAULT_URL, AsJson, In, Url

app = typer.Typer(no_args_is_help=True, help="Les échanges du journal / the journal's exchanges.")

Id = Annotated[str, typer.Argument(metavar="ÉCHANGE", help="Son numéro, le lien X-Socles-Exchange, ou « last ».")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Fichier à écrire ; sinon la sortie.")]


class Side(StrEnum):
    """Which body."""

    REQUEST = "request"
    RESPONSE = "response"


class Format(StrEnum):
    """Of a report."""

    JUNIT = "junit"
    SARIF = "sarif"


class Severity(StrEnum):
    """What fails a report."""

    ERROR = "error"
    WARNING = "warning"


@app.command("list")
def find(
    text: Annotated[
        str | None, typer.Argument(metavar="TEXTE", help="Contenu dans numéro, sujet, code, règle …")
    ] = None,
    *,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    service: Annotated[str | None, typer.Option(help="ins_sim, dmp_sim, mss_sim.")] = None,
    operation: str | None = None,
    outcome: Annotated[str | None, typer.Option(help="accepted, refused, fault, error, overload.")] = None,
    rule: Annotated[str | None, typer.Option(help="Une règle enfreinte.")] = None,
    severity: Annotated[Severity | None, typer.Option(help="Seulement ce qui a un tel constat.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 30,
    as_json: AsJson = False,
) -> None:
    """Chercher, le plus récent d'abord / search, newest first."""
    with opened(url, workspace) as api:
        page = api.get(
            "/_sandbox/exchanges",
            text=text,
            service=service,
            operation=operation,
            outcome=outcome,
            rule=rule,
            severity=severity,
            limit=limit,
        )
        if as_json:
            show.as_json(page["items"])
        else:
            show.table(show.EXCHANGE_COLUMNS, map(show.exchange_row, page["items"]))


@app.command("show")
def look(
    exchange: Id,
    *,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    bodies: Annotated[bool, typer.Option("--bodies", help="Avec en-têtes et corps.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tout d'un échange : verdict, constats, remèdes / one exchange whole."""
    with opened(url, workspace) as api:
        entry = api.get(f"/_sandbox/exchanges/{_identity(api, exchange)}")
        if as_json:
            show.as_json(entry)
        else:
            print_exchange(entry, _link(api, entry), bodies=bodies)


@app.command("body")
def body(
    exchange: Id,
    side: Annotated[Side, typer.Argument(help="request ou response.")] = Side.REQUEST,
    *,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    output: Output = None,
) -> None:
    """Les octets tels qu'ils sont passés / the bytes as they went over the wire."""
    with opened(url, workspace) as api:
        _write(api.bytes(f"/_sandbox/exchanges/{_identity(api, exchange)}/{side}"), output)


@app.command("mend")
def mend(
    exchange: Id,
    *,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """La demande corrigée, là où la correction est mécanique ; code 1 s'il reste à faire / the mended request."""
    with opened(url, workspace) as api:
        place = _mended(api, _identity(api, exchange))
        found = api.get(place)
        if output is not None:
            _write(api.bytes(f"{place}/body"), output)
        if as_json:
            show.as_json(found)
        else:
            print_mending(found)
        if found["left"]:
            raise Trouble(Exit.NEGATIVE, f"{len(found['left'])} constat(s) à corriger à la main / left to you")


@app.command("replay")
def replay(
    exchange: Id,
    *,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    mended: Annotated[bool, typer.Option("--mended", help="Envoyer la demande corrigée.")] = False,
    as_json: AsJson = False,
) -> None:
    """Renvoyer la demande (SOAP) ; code 1 si elle n'est pas acceptée / send the request again."""
    with opened(url, workspace) as api:
        entry = api.get(f"/_sandbox/exchanges/{_identity(api, exchange)}")
        if entry["protocol"] != "soap":
            raise Trouble(Exit.REFUSED, "seul SOAP se rejoue ; « exchange body -o » donne le message / only SOAP")
        answered = _again(api, entry, mended=mended)
        result = api.get(f"/_sandbox/exchanges/{answered}")
        if as_json:
            show.as_json(result)
        else:
            print_exchange(result, _link(api, result))
        if result["outcome"] != "accepted":
            raise Trouble(Exit.NEGATIVE, "pas accepté / not accepted")


@app.command("report")
def report(
    *,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    format_: Annotated[Format, typer.Option("--format", help="junit ou sarif.")] = Format.JUNIT,
    fail_on: Annotated[Severity, typer.Option(help="À partir de quelle gravité un échange échoue.")] = Severity.ERROR,
    output: Output = None,
) -> None:
    """Le journal comme rapport de tests ou d'analyse / the journal as JUnit XML or SARIF, for a CI."""
    with opened(url, workspace) as api:
        _write(api.bytes("/_sandbox/exchanges/report", format=format_.value, failOn=fail_on.value), output)


@app.command("export")
def export(*, url: Url = DEFAULT_URL, workspace: In = None, output: Output = None) -> None:
    """Tous les échanges, un document JSON par ligne / all of them, one JSON document a line."""
    with opened(url, workspace) as api:
        _write(api.bytes("/_sandbox/exchanges/export"), output)


def _identity(api: Api, named: str) -> str:
    """From an id, a link that ends with it, or ``last``."""
    if named != "last":
        return named.rstrip("/").rpartition("/")[2]
    items = api.get("/_sandbox/exchanges", limit=1)["items"]
    if not items:
        raise Trouble(Exit.NEGATIVE, "aucun échange encore / no exchange yet")
    return str(items[0]["id"])


def _link(api: Api, entry: dict[str, Any]) -> str:
    return f"{api.url}/w/{entry['workspace']}/console/exchanges/{entry['id']}"


def _mended(api: Api, identity: str) -> str:
    """Where its mended request is. Raises ``Trouble`` for one of a protocol in which nothing is mended."""
    from socle.mending.model import MENDED_PROTOCOLS, NOT_OURS

    entry = api.get(f"/_sandbox/exchanges/{identity}")
    if entry["protocol"] not in MENDED_PROTOCOLS:
        raise Trouble(Exit.REFUSED, f"{NOT_OURS.fr}\n{NOT_OURS.en}")
    return f"/_sandbox/{entry['service']}/mended/{identity}"


def _again(api: Api, entry: dict[str, Any], *, mended: bool) -> str:
    """Post the request to where it went; gives the new exchange's id."""
    headers = {name.lower(): value for name, value in entry["request"]["headers"]}
    kind, action = headers.get("content-type", ""), headers.get("soapaction")
    if mended:
        answer = api.ask("GET", f"{_mended(api, entry['id'])}/body")
        content, kind = answer.content, answer.headers["content-type"]
    else:
        content = api.bytes(f"/_sandbox/exchanges/{entry['id']}/request")
    sent = {"Content-Type": kind, "X-Socles-Workspace": entry["workspace"], "X-Socles-Replay": "socles"}
    if action is not None:
        sent["SOAPAction"] = action
    answer = api.ask("POST", entry["path"], also=frozenset(range(400, 600)), content=content, headers=sent)
    link = answer.headers.get("x-socles-exchange")
    if link is None:
        raise Trouble(Exit.REFUSED, f"HTTP {answer.status_code}, sans échange / no exchange was answered")
    return str(link).rpartition("/")[2]


def _write(content: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        output.write_bytes(content)
