"""``socles hosts``: which national names to lead here, and what to write instead of them.

Names of the services: the qualification and production hosts that real clients carry in their configuration.
"""

import socket
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit

import typer

from sandbox.commands import show
from sandbox.commands.options import DEFAULT_URL, AsJson, Url


class National(NamedTuple):
    """An address that software is configured with today."""

    service: str
    host: str
    path: str


NATIONAL = (
    National("INSi, assertion (qualification)", "qualiflps.services-ps.ameli.fr", "/lps"),
    National("INSi, certificat (qualification)", "qualiflps-services-ps-tlsm.ameli.fr", "/lps"),
    National("INSi, assertion (production)", "services-ps.ameli.fr", "/lps"),
    National("INSi, certificat (production)", "services-ps-tlsm.ameli.fr", "/lps"),
    National("DMP, dépôt et retrait", "lps2.dmp.gouv.fr", "/si-dmp-server/v2/services/repository"),
    National("DMP, recherche", "lps2.dmp.gouv.fr", "/si-dmp-server/v2/services/registry"),
)
_NOTE = """Donnez à votre logiciel les adresses de droite. Celui qui n'accepte que https:// sur les noms nationaux
vient par le fichier hosts et le port TLS : socles up --tls-port 443 --mutual-port 9443 (docs/trust.md), socles pki ca.
Configure the addresses on the right; software that insists on https:// for the national names comes by the hosts file
and the TLS ports."""


def hosts(
    *,
    url: Url = DEFAULT_URL,
    smtp: Annotated[str, typer.Option(help="Serveur SMTP : hôte:port.")] = "127.0.0.1:2587",
    only_file: Annotated[bool, typer.Option("--file", help="Seulement les lignes pour /etc/hosts.")] = False,
    as_json: AsJson = False,
) -> None:
    """Dire où mener les noms des services nationaux / tell where to lead the national services' names."""
    base = urlsplit(url)
    try:
        address = socket.gethostbyname(base.hostname or "")
    except OSError as error:
        raise typer.BadParameter(f"{base.hostname} : {error}", param_hint="--url") from error
    names = sorted({one.host for one in NATIONAL})
    if only_file:
        print("\n".join(f"{address}\t{name}" for name in names))
        return
    here = url.rstrip("/")
    if as_json:
        addresses = [{"service": one.service, "national": _there(one), "here": here + one.path} for one in NATIONAL]
        show.as_json({"address": address, "hosts": names, "services": addresses, "smtp": smtp})
        return
    rows = [(one.service, _there(one), here + one.path) for one in NATIONAL]
    rows.append(("MSSanté, envoi", "le SMTP de votre opérateur, STARTTLS", f"{smtp}, STARTTLS, AUTH"))
    show.table(("service", "aujourd'hui", "ici"), rows)
    show.console().print(_NOTE, style="dim", soft_wrap=True)


def _there(one: National) -> str:
    return f"https://{one.host}{one.path}"
