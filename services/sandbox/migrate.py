"""``socles migrate``: every schema of the configured database brought to the newest revision, by one command."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

if TYPE_CHECKING:
    from sqlalchemy import MetaData

    from socle.settings import GroundSettings


class Schema(NamedTuple):
    """What one schema declares."""

    name: str
    metadata: "MetaData"
    migrations: Path


class Did(StrEnum):
    """What became of a schema."""

    MIGRATED = "mis à jour / migrated"
    NOTHING = "déjà à jour / up to date"
    NOT_READY = "à mettre à jour / not up to date"


TOO_NEW, AWAY, UNCLEAR = 2, 3, 4
"""Exit codes, beside 0 (all is up to date) and 1 (with ``--check``: something is to be done)."""


def schemas() -> list[Schema]:
    """All there are: shared ones first, then each service's."""
    from dmp_sim.store import MIGRATIONS as DMP_MIGRATIONS
    from dmp_sim.tables import METADATA as DMP
    from ins_sim.store import METADATA as INS
    from ins_sim.store import MIGRATIONS as INS_MIGRATIONS
    from metrics.store import MIGRATIONS as METRICS_MIGRATIONS
    from metrics.tables import metadata as metrics
    from mss_sim.app import MIGRATIONS as MSS_MIGRATIONS
    from mss_sim.tables import METADATA as MSS
    from psc_sim.store import METADATA as PSC
    from psc_sim.store import MIGRATIONS as PSC_MIGRATIONS
    from socle.control.database import MIGRATIONS as CONTROL_MIGRATIONS
    from socle.control.tables import METADATA as CONTROL
    from socle.journal.database import MIGRATIONS as JOURNAL_MIGRATIONS
    from socle.journal.tables import METADATA as JOURNAL

    return [
        Schema("control", CONTROL, CONTROL_MIGRATIONS),
        Schema("journal", JOURNAL, JOURNAL_MIGRATIONS),
        Schema("ins_sim", INS, INS_MIGRATIONS),
        Schema("dmp_sim", DMP, DMP_MIGRATIONS),
        Schema("mss_sim", MSS, MSS_MIGRATIONS),
        Schema("psc_sim", PSC, PSC_MIGRATIONS),
        Schema("metrics", metrics, METRICS_MIGRATIONS),
    ]


def migrate_all(settings: "GroundSettings", *, check: bool) -> Iterator[tuple[str, Did]]:
    """Migrate, or only look at, one schema after the other; a failure ends it, what came before stays done.

    Raises ``SchemaTooNew`` when one is newer than the code, ``StoreFailed`` when the database is away or refuses.
    """
    from socle.settings import Migrate
    from socle.store.migrate import SchemaNotReady
    from socle.store.wiring import prepare

    wanted = settings.model_copy(update={"migrate": Migrate.CHECK if check else Migrate.AUTO})
    for schema in schemas():
        try:
            done = prepare(wanted, schema.name, schema.metadata, schema.migrations)
        except SchemaNotReady:
            yield schema.name, Did.NOT_READY
        else:
            yield schema.name, Did.MIGRATED if done else Did.NOTHING


def migrate(
    *,
    check: Annotated[bool, typer.Option("--check", help="Ne rien changer ; code 1 s'il y a à faire.")] = False,
    data_dir: Annotated[
        Path, typer.Option(envvar="SOCLES_DATA_DIR", help="Dossier des données, sans SOCLES_DATABASE_URL.")
    ] = Path(".socles"),
) -> None:
    """Mettre à jour les schémas de la base configurée / bring all schemas of the database up to date.

    Codes : 0 à jour, 1 à faire (--check), 2 schéma plus récent que ce programme, 3 base injoignable, 4 réglage faux.
    """
    from pydantic import ValidationError

    from socle.settings import GroundSettings
    from socle.store.migrate import SchemaTooNew
    from socle.store.port import StoreFailed

    ready = True
    try:
        for name, did in migrate_all(GroundSettings(data_dir=data_dir), check=check):
            print(f"{name:10} {did}", flush=True)
            ready = ready and did is not Did.NOT_READY
    except SchemaTooNew as error:
        typer.echo(f"socles: {error}", err=True)
        raise typer.Exit(TOO_NEW) from error
    except (StoreFailed, OSError) as error:
        typer.echo(f"socles: {error}", err=True)
        raise typer.Exit(AWAY) from error
    except ValidationError as error:
        typer.echo(f"socles: {error}", err=True)
        raise typer.Exit(UNCLEAR) from error
    if not ready:
        raise typer.Exit(1)
