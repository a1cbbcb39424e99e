"""Settings of MSSanté, beside the ground's own."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class MssSettings(BaseSettings):
    """Environment variables ``SOCLES_MSS_…``. Sizes in bytes of the message as transferred."""

    model_config = SettingsConfigDict(env_prefix="SOCLES_MSS_", frozen=True)

    smtp_port: int = Field(
        2587, ge=0, le=65535, description="Port of the submission server (STARTTLS); 0 takes a free one."
    )
    smtps_port: int | None = Field(
        None,
        ge=0,
        le=65535,
        description="Port of the submission server with TLS before the first word (RFC 8314); 0 takes a free one. "
        "Without it there is none.",
    )
    hostname: str = Field(
        "smtp.socles.localhost", description="Name the server gives itself; its certificate has it, too."
    )
    certificate: Path | None = Field(
        None,
        description="Key and certificate (PEM) of your own; without it one of the sandbox's authorities is made for "
        "each process, when the first client asks for TLS.",
    )
    proxy_protocol: bool = Field(
        default=False,
        description="Expect the PROXY protocol before each dialogue, by which an edge proxy says who the client is: "
        "a connection without it is closed.",
    )
    size_limit: int = Field(
        35 << 20,
        ge=1024,
        description="Largest message taken, announced as SIZE. The figure is ours: each operator sets its own.",
    )
    citizen_size_limit: int = Field(
        25_000_000, ge=1024, description="Largest message delivered to a citizen; beyond it a report comes back."
    )
    idle_seconds: float = Field(300.0, gt=0, description="How long a client may be silent before it is let go.")
    max_connections: int = Field(1000, ge=1, description="Connections served at once; the next ones are told 421.")
    stop_seconds: float = Field(15.0, gt=0, description="How long a mail being sent may take to finish at the stop.")
