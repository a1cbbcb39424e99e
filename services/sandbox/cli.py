"""The command line: what starts things is here; what asks a running sandbox is in ``commands``."""

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer
from rich.console import Console

from sandbox.commands import exchange, fault, homologation, identity, pki, sign, snapshot, workspace
from sandbox.commands.edge import edge
from sandbox.commands.events import events
from sandbox.commands.hosts import hosts
from sandbox.commands.open_page import open_page
from sandbox.commands.seed import seed
from sandbox.commands.status import status
from sandbox.commands.tail import tail
from sandbox.commands.trust import trust
from sandbox.listening import Host, MutualPort, Port, SmtpPort, SmtpsPort, TlsPort, require_free
from sandbox.load.cli import load
from sandbox.migrate import migrate

if TYPE_CHECKING:
    from sandbox.demo.compare import Comparison

STARTED = time.perf_counter()
SMTP_PORT = 2587
PLAIN_WIDTH = 160
"""Columns when the output is no terminal: the table keeps its names."""

app = typer.Typer(no_args_is_help=True, help="Socles : INSi, DMP, MSSanté et Pro Santé Connect simulés / simulated.")


@app.command()
def version() -> None:
    """Donner la version / print the version."""
    print(_version())


@app.command()
def up(
    *,
    host: Host = "127.0.0.1",
    port: Port = 8080,
    smtp_port: SmtpPort = 2587,
    data_dir: Annotated[
        Path,
        typer.Option(
            envvar="SOCLES_DATA_DIR", help="Dossier des données, gardé d'une fois à l'autre / data, kept between runs."
        ),
    ] = Path(".socles"),
    establishments: Annotated[
        int | None, typer.Option(min=1, help="Établissements, au premier démarrage (sinon SOCLES_CONTROL_…, ou 20).")
    ] = None,
    tls_port: TlsPort = None,
    mutual_port: MutualPort = None,
    smtps_port: SmtpsPort = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Dire les adresses en une ligne de JSON sur la sortie, une fois prêt.")
    ] = False,
) -> None:
    """Servir, sans trafic / serve all services, with no traffic."""
    from sandbox.launcher import LaunchOptions, Sandbox

    secure = {"tls_port": tls_port, "mutual_port": mutual_port, "smtps_port": smtps_port}
    options = LaunchOptions(data_dir, host, port, smtp_port, establishments=establishments, **secure)
    console = _console(stderr=as_json)
    ports = {"--port": port, "--smtp-port": smtp_port, "--smtps-port": smtps_port}
    require_free(host, ports | {"--tls-port": tls_port, "--mutual-port": mutual_port})
    console.print("Démarrage… / starting…")

    async def main() -> None:
        from socle.logs import configure
        from socle.serve import until_told

        configure()
        async with Sandbox(options) as sandbox:
            if as_json:
                print(json.dumps(sandbox.addresses), flush=True)
            seconds = time.perf_counter() - STARTED
            console.print(f"Prêt / ready ({seconds:.1f} s) : {sandbox.url} (Ctrl+C pour arrêter / to stop)")
            console.print(f"Échanges / exchanges : {sandbox.url}/console/")
            console.print(f"SMTP (STARTTLS) : {sandbox.smtp[0]}:{sandbox.smtp[1]} ; données / data : {data_dir}")
            if sandbox.smtps is not None:
                console.print(f"SMTP (TLS d'emblée) : {sandbox.smtps[0]}:{sandbox.smtps[1]}")
            for mutual, name in ((False, "TLS"), (True, "TLS mutuel")):
                if (address := sandbox.secure_url(mutual=mutual)) is not None:
                    console.print(f"{name} : {address} (autorités : socles pki ca)")
            await until_told(sandbox.stopping)

    _run(main)


@app.command()
def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="Finir après le tableau ; code 1 s'il y a un écart.")] = False,
    seed: Annotated[int, typer.Option(help="Graine : même graine, même journée.")] = 1,
    duration: Annotated[float, typer.Option(min=0, help="Secondes que dure la journée ; 0 : au plus vite.")] = 35.0,
    history: Annotated[int, typer.Option(min=0, max=60, help="Jours joués avant, d'un trait ; 0 : aucun.")] = 13,
    establishments: Annotated[int, typer.Option(min=1, max=200, help="Nombre d'établissements.")] = 20,
    host: Host = "127.0.0.1",
    port: Port = 8080,
    smtp_port: SmtpPort = 2587,
    signed: Annotated[
        bool, typer.Option("--signed", help="Signer les assertions et les lots ; l'espace n'accepte qu'elles.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Avec --once : le résultat en JSON sur la sortie.")] = False,
    url: Annotated[str | None, typer.Option(help="Jouer sur un bac à sable en marche, à cette adresse.")] = None,
    smtp: Annotated[str | None, typer.Option(help="Avec --url : son SMTP (hôte:port).")] = None,
    workspace: Annotated[str, typer.Option(help="Avec --url : espace de travail, créé ou vidé.")] = "demo",
    public_url: Annotated[str | None, typer.Option(help="Avec --url : l'adresse vue du navigateur.")] = None,
    forget: Annotated[int, typer.Option(hidden=True, min=0)] = 0,
) -> None:
    """Jouer une journée d'hôpitaux simulés / play a day of simulated hospitals through the wire."""
    if as_json and not (once or url):
        raise typer.BadParameter("--json demande --once ou --url", param_hint="--json")
    from sandbox.demo.days import Programme
    from sandbox.demo.run import Attachment, DemoOptions, attached, demo
    from sandbox.demo.screen import Screen
    from sandbox.launcher import LaunchOptions, free_port

    console = _console(stderr=as_json)
    screen = Screen(console)
    screen.banner(_version())
    programme = Programme(seed, establishments, duration, signed, history)
    results = []
    if url is not None:
        attachment = Attachment(url, _address(smtp, url), workspace, public_url or url)
        console.print(f"Bac à sable attendu à {url}… / waiting for the sandbox there…")

        async def attach() -> None:
            results.append(await attached(attachment, programme, screen, forget))

        _run(attach)
        _tell(results[0], as_json=as_json)
        return
    data_dir = Path(tempfile.mkdtemp(prefix="socles-demo-"))
    launch = LaunchOptions(data_dir, host, free_port(host, port), free_port(host, smtp_port), seed, establishments)

    async def main() -> None:
        results.append(await demo(DemoOptions(launch, programme, once, forget), screen, STARTED))

    try:
        with _logged(data_dir / "socles.log"):
            _run(main)
    finally:
        if results and not results[0].agrees and not forget:
            console.print(f"Données et journal gardés pour l'enquête : {data_dir}", soft_wrap=True)
        else:
            shutil.rmtree(data_dir, ignore_errors=True)
    _tell(results[0], as_json=as_json)


def _tell(result: "Comparison", *, as_json: bool) -> None:
    """The verdict as text and as exit status."""
    if as_json:
        print(json.dumps(result.as_json(), ensure_ascii=False))
    if not result.agrees:
        raise typer.Exit(1)


def _address(smtp: str | None, url: str) -> tuple[str, int]:
    """``host:port`` → both; by default the host of ``url`` and the submission port."""
    host, _, port = (smtp or "").rpartition(":")
    if smtp is None:
        return urlsplit(url).hostname or "127.0.0.1", SMTP_PORT
    if not host or not port.isdigit():
        raise typer.BadParameter(f"hôte:port attendu, reçu {smtp!r}", param_hint="--smtp")
    return host.strip("[]"), int(port)


def _console(*, stderr: bool = False) -> Console:
    console = Console(stderr=stderr, highlight=False)
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=PLAIN_WIDTH)


@contextmanager
def _logged(path: Path) -> Iterator[None]:
    """Logs go to a file: on the screen they would tear the live table apart."""
    from socle.logs import LogFormat, LogSettings, configure

    with path.open("w", encoding="utf-8") as stream:
        configure(LogSettings(format=LogFormat.JSON), stream)
        try:
            yield
        finally:
            configure()


def _version() -> str:
    from importlib.metadata import version as installed

    return installed("socles")


def _run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    from socle.serve import run

    run(main())


_COMMANDS: dict[str, Callable[..., None]] = {
    "status": status,
    "tail": tail,
    "events": events,
    "seed": seed,
    "open": open_page,
    "load": load,
    "migrate": migrate,
    "hosts": hosts,
    "trust": trust,
    "edge": edge,
}
for _name, _command in _COMMANDS.items():
    app.command(_name)(_command)
for _group in (exchange, workspace, snapshot, fault, homologation, identity, pki, sign):
    app.add_typer(_group.app, name=_group.__name__.rpartition(".")[2])


def main() -> None:
    """Entry point of the ``socles`` command."""
    try:
        app()
    except (OSError, RuntimeError) as error:  # port taken, database or broker away, schema too new: the text says it
        sys.exit(f"socles: {error}")


if __name__ == "__main__":
    main()
