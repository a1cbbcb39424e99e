"""``socles pki``: certificates of every kind, right or wrong, from the sandbox's own authorities."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sandbox.commands import show
from sandbox.commands.api import opened
from sandbox.commands.options import DEFAULT_URL, AsJson, Url

app = typer.Typer(no_args_is_help=True, help="Certificats du bac à sable / the sandbox's certificates.")

_BASE = "/_sandbox/pki"
Output = Annotated[Path, typer.Option("--output", "-o", dir_okay=False, help="Fichier à écrire.")]


class Format(StrEnum):
    """Of a certificate and its key."""

    PEM = "pem"
    P12 = "p12"
    P12_OLD = "p12-old"


class Store(StrEnum):
    """Of the authorities."""

    PEM = "pem"
    JAVA = "java"


class Issues(StrEnum):
    """What an added authority issues."""

    ORGANISATIONS = "organisations"
    PERSONS = "persons"


@app.command("issue")
def issue(
    kind: Annotated[
        str, typer.Argument(help="server, insi-auto, insi-manu, org-auth-cli, org-sign, cps-auth ou cps-sign.")
    ],
    output: Output,
    *,
    url: Url = DEFAULT_URL,
    flaw: Annotated[
        str | None,
        typer.Option(help="expired, not-yet-valid, revoked, wrong-host, foreign-root, wrong-cn ou weak-key."),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="p12-old : Java 8, Windows anciens.")] = Format.PEM,
    password: Annotated[str | None, typer.Option(help="Du fichier PKCS#12 ; sinon « socles ».")] = None,
    structure: Annotated[str | None, typer.Option(help="OU : 1 et le FINESS, ou 3 et le SIRET.")] = None,
    organisation: str | None = None,
    national_id: Annotated[str | None, typer.Option(help="CN d'une carte : 8 et le RPPS.")] = None,
    host: Annotated[list[str] | None, typer.Option(help="Un nom de plus pour un serveur (répétable).")] = None,
    workspace: Annotated[
        str | None, typer.Option("--workspace", "-w", help="D'un client TLS : l'espace où vont ses appels.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Faire un certificat et sa clé ; le numéro de série est la sortie / make one; its serial is the output."""
    wanted = {
        "kind": kind,
        "flaw": flaw,
        "format": form.value,
        "password": password,
        "structure": structure,
        "organisation": organisation,
        "nationalId": national_id,
        "hosts": host,
        "workspace": workspace,
    }
    with opened(url, None) as api:
        order = {name: value for name, value in wanted.items() if value is not None}
        answer = api.ask("POST", f"{_BASE}/certificates", json=order)
        output.touch(mode=0o600)
        output.write_bytes(answer.content)
        serial = answer.headers["x-socles-serial"]
        if as_json:
            show.as_json({"serial": serial, "kind": kind, "file": str(output)})
        else:
            print(serial)


@app.command("list")
def listing(*, url: Url = DEFAULT_URL, as_json: AsJson = False) -> None:
    """Les certificats faits, et les autorités ajoutées / those that were made, and the authorities added."""
    with opened(url, None) as api:
        found, trusted = api.get(f"{_BASE}/certificates"), api.get(f"{_BASE}/authorities")
        if as_json:
            show.as_json([*found, *trusted])
            return
        rows = [
            (
                one["serial"],
                one["subject"],
                show.moment(one["notAfter"]),
                one["revokedAt"] and show.moment(one["revokedAt"]),
            )
            for one in found
        ]
        show.table(("n° de série", "sujet", "jusqu'au", "révoqué"), rows)
        if trusted:
            others = [
                (one["fingerprint"], one["subject"], show.moment(one["notAfter"]), one["range"], one["problemFr"])
                for one in trusted
            ]
            show.table(("autorité ajoutée", "sujet", "jusqu'au", "émet pour", "refusée"), others)


@app.command("revoke")
def revoke(serial: Annotated[str, typer.Argument(metavar="N°")], *, url: Url = DEFAULT_URL) -> None:
    """Révoquer : CRL et OCSP le disent aussitôt / revoke; CRL and OCSP tell at once."""
    with opened(url, None) as api:
        api.post(f"{_BASE}/certificates/{serial}/revoke")


@app.command("ca")
def authorities(
    output: Output,
    *,
    url: Url = DEFAULT_URL,
    form: Annotated[Store, typer.Option("--format", help="java : magasin de confiance PKCS#12.")] = Store.PEM,
) -> None:
    """Les autorités auxquelles se fier / the authorities to trust."""
    with opened(url, None) as api:
        output.write_bytes(api.bytes(f"{_BASE}/{'ca.pem' if form is Store.PEM else 'truststore.p12'}"))


@app.command("trust")
def trust(
    file: Annotated[Path, typer.Argument(metavar="FICHIER", exists=True, dir_okay=False, help="Son certificat, PEM.")],
    *,
    url: Url = DEFAULT_URL,
    issues: Annotated[Issues | None, typer.Option("--range", help="Ce qu'elle émet ; sinon d'après son nom.")] = None,
    as_json: AsJson = False,
) -> None:
    """Se fier à une autre autorité, telle celle de cartes de test / trust another authority.

    Celle qui émet les certificats, non sa racine. Les ports TLS la connaissent à leur prochain démarrage.
    """
    order = {"pem": file.read_text("utf-8", "replace"), **({"range": issues.value} if issues else {})}
    with opened(url, None) as api:
        found = api.post(f"{_BASE}/authorities", order)
        if as_json:
            show.as_json(found)
        else:
            print(found["fingerprint"])


@app.command("distrust")
def distrust(fingerprint: Annotated[str, typer.Argument(metavar="EMPREINTE")], *, url: Url = DEFAULT_URL) -> None:
    """Ne plus se fier à une autorité ajoutée / no longer trust an added authority."""
    with opened(url, None) as api:
        api.delete(f"{_BASE}/authorities/{fingerprint}")
