"""What a process is told from outside: environment variables with the prefix ``SOCLES_``, each with a default."""

from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from socle.store.connect import Synchronous


class Migrate(StrEnum):
    """What a start does with a schema that is absent or older than the code."""

    AUTO = "auto"
    """Brings it up to date; of many processes that start at once, one does and the others wait."""
    CHECK = "check"
    """Refuses to start: ``socles migrate`` is run beforehand."""


class GroundSettings(BaseSettings):
    """Settings that all services of a process share."""

    model_config = SettingsConfigDict(env_prefix="SOCLES_", frozen=True, hide_input_in_errors=True)

    data_dir: Path = Field(Path(".socles"), description="Folder of the databases, blobs and spool files.")
    pki_dir: Path | None = Field(
        None,
        description="Folder of the sandbox's authorities and of the certificates it made; replicas share it. "
        "By default 'pki' in the data folder.",
    )
    pki_outside: Path | None = Field(
        None,
        description="Folder of certificates (PEM) of other authorities to trust, for assertions, lots and TLS clients; "
        "it is only read. More are added by 'socles pki trust'.",
    )
    database_url: SecretStr | None = Field(
        None,
        description="PostgreSQL for all that is stored (postgresql://user:password@host:port/database), in one schema "
        "for each service, 'control' and 'journal'; without it: SQLite files in the data folder.",
    )
    database_connections: int = Field(
        8,
        ge=2,
        le=100,
        description="Acts of one service that one process runs at once on PostgreSQL; half as many connections more "
        "for reading. They are opened when they are needed.",
    )
    database_statement_seconds: float = Field(
        30.0,
        gt=0,
        description="PostgreSQL cancels a statement, and ends the session of an act that stands still, after so long.",
    )
    database_lock_seconds: float = Field(
        10.0, gt=0, description="An act that waits longer for another one's lock gives up: the service says it is busy."
    )
    migrate: Migrate = Field(
        Migrate.AUTO,
        description="auto: a start brings the schemas up to date. check: it refuses to start when they are not; "
        "run 'socles migrate' beforehand.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    http_port: int = Field(8080, ge=0, le=65535, description="Port of SOAP and JSON over HTTP; 0: any free one.")
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^/?#\s]+$",
        description="What clients call this process, when an edge before it changes scheme, host or port "
        "(https://sandbox.example:8443): links in answers begin with it; without it, with what the request says.",
    )
    hosts: frozenset[str] = Field(
        frozenset(),
        description="Further names (JSON list) under which browsers may change something here, or whose pages may; "
        '".example.org" stands for all names below it. Programs need none.',
    )
    synchronous: Synchronous = Field(
        Synchronous.NORMAL,
        description="NORMAL: an answered act survives the end of the process at any moment, SIGKILL included. "
        "FULL: a power failure too, for less throughput.",
    )
    store_queue: int = Field(
        2000, ge=1, description="Acts that may wait for one database; beyond it the service answers that it is busy."
    )
    admission_active: int = Field(64, ge=1, description="Acts that one service works on at once.")
    admission_queue: int = Field(512, ge=0, description="Acts that may wait for their turn in one service.")
    stop_seconds: float = Field(20.0, gt=0, description="How long acts in flight may take to finish after SIGTERM.")

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, url: SecretStr | None) -> SecretStr | None:
        if url is None or not url.get_secret_value():  # an empty variable, as Compose files have, is none
            return None
        parts = urlsplit(url.get_secret_value())
        if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
            raise ValueError("expected postgresql://user:password@host:port/database")
        if "@" in parts.path or not _understood(url.get_secret_value()):
            # libpq's own words would repeat the password
            raise ValueError(
                "expected postgresql://user:password@host:port/database, with special characters of user and password "
                "percent-encoded (/ is %2F, @ is %40, % is %25, a space %20)"
            )
        return url


def _understood(url: str) -> bool:
    """Whether libpq can take it apart."""
    from psycopg import ProgrammingError  # imported only where there is such a URL
    from psycopg.conninfo import conninfo_to_dict

    try:
        conninfo_to_dict(url)
    except ProgrammingError:
        return False
    return True
