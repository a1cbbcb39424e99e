"""``socles load`` as the command line offers it; everything heavy is imported when it runs."""

from pathlib import Path
from typing import Annotated

import typer


def load(
    *,
    url: Annotated[
        str, typer.Option(envvar="SOCLES_URL", help="Où sont les services (HTTP).")
    ] = "http://127.0.0.1:8080",
    smtp: Annotated[str, typer.Option(help="Où est le serveur SMTP : hôte:port.")] = "127.0.0.1:2587",
    service: Annotated[
        list[str] | None, typer.Option(help="Un service ailleurs : dmp_sim=http://hôte:port (répétable).")
    ] = None,
    profile: Annotated[
        str, typer.Option(help="constant, national-hour, burst, lab-batch ou chu-morning.")
    ] = "constant",
    curve: Annotated[Path | None, typer.Option(help="Une courbe à soi, en YAML (docs/load.md).")] = None,
    rate: Annotated[
        float | None,
        typer.Option(
            "--rate", "--events-rate", min=0.1, help="Pointe, en ÉVÉNEMENTS par seconde (290 : pointe nationale)."
        ),
    ] = None,
    acts_rate: Annotated[float | None, typer.Option(min=0.1, help="Pointe, en ACTES par seconde.")] = None,
    scale: Annotated[float, typer.Option(min=0.0001, help="Multiplie tous les débits.")] = 1.0,
    duration: Annotated[float | None, typer.Option(min=1, help="Secondes : étire ou resserre la courbe.")] = None,
    arrivals: Annotated[str, typer.Option(help="poisson ou uniform.")] = "poisson",
    seed: Annotated[int, typer.Option(help="Graine des arrivées et des actes.")] = 1,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processus générateurs.")] = 1,
    establishments: Annotated[int | None, typer.Option(min=1, help="Établissements ; sinon tous.")] = None,
    workspace: Annotated[str | None, typer.Option(help="Espace de travail ; sinon un neuf, load-….")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Supprimer à la fin l'espace créé.")] = False,
    small: Annotated[bool, typer.Option("--small", help="Sans les grands PDF numérisés.")] = False,
    flaws: Annotated[float, typer.Option(min=0, max=1, help="Part de dépôts fautifs (clé d'INS).")] = 0.02,
    signed: Annotated[
        bool,
        typer.Option("--signed", help="Signer assertions et lots ; l'espace créé n'accepte rien d'autre (strict)."),
    ] = False,
    connections: Annotated[int, typer.Option(min=1, help="Connexions par service et par processus.")] = 640,
    in_flight: Annotated[int, typer.Option(min=1, help="Actes en cours par processus, au plus.")] = 2000,
    timeout: Annotated[float, typer.Option(min=0.1, help="Secondes d'attente d'une réponse.")] = 30.0,
    mails_per_connection: Annotated[int, typer.Option(min=0, help="0 : autant que possible.")] = 0,
    drain: Annotated[float, typer.Option(min=1, help="Secondes pour que tout soit compté, après.")] = 180.0,
    late_bound: Annotated[float, typer.Option(min=0.001, help="Retard admis du générateur (p99), en secondes.")] = 0.1,
    html: Annotated[Path | None, typer.Option(help="Le rapport, en un fichier HTML.")] = None,
    report_dir: Annotated[Path | None, typer.Option(help="Dossier pour load.html et load.json.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Le rapport en JSON sur la sortie.")] = False,
    forget: Annotated[int, typer.Option(hidden=True, min=0)] = 0,
) -> None:
    """Charger les services, et tenir les comptes / offer load, and balance the books."""
    from sandbox.load import command
    from sandbox.load.options import LoadOptions
    from sandbox.load.task import Limits

    try:
        wanted = command.Wanted(profile, curve, rate, acts_rate, scale, duration).settled()
        urls, mail = command.addresses(url, service or [], smtp)
        if arrivals not in command.SPACINGS:
            raise command.BadOption("--arrivals", f"{arrivals!r} : {' | '.join(command.SPACINGS)}")
    except command.BadOption as error:
        raise typer.BadParameter(str(error), param_hint=error.option) from error
    options = LoadOptions(
        profile=wanted,
        urls=urls,
        smtp=mail,
        seed=seed,
        spacing=arrivals,
        workers=workers,
        workspace=workspace,
        remove=remove,
        establishments=establishments,
        large=not small,
        flaws=flaws,
        signed=signed,
        drain=drain,
        late_bound=late_bound,
        limits=Limits(connections, in_flight, timeout, mails_per_connection),
        forget=forget,
    )
    raise typer.Exit(command.main(options, html=html, folder=report_dir, as_json=as_json))
