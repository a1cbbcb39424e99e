"""Settings of the TLS listeners."""

from enum import StrEnum
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class TlsVersion(StrEnum):
    """The oldest that is spoken."""

    V1_2 = "1.2"
    V1_3 = "1.3"


class TlsSettings(BaseSettings):
    """Read from ``SOCLES_TLS_…``. Without a port there is no listener."""

    model_config = SettingsConfigDict(env_prefix="SOCLES_TLS_", frozen=True)

    port: int | None = Field(
        None, ge=0, le=65535, description="HTTPS, no client certificate asked for; 0: any free port."
    )
    mutual_port: int | None = Field(
        None,
        ge=0,
        le=65535,
        description="HTTPS with a client certificate of the sandbox's authorities; 0: any free port.",
    )
    certificate: Path | None = Field(
        None,
        description="Key and certificate (PEM) of your own; without it one of the sandbox's is made at each start.",
    )
    hosts: list[str] = Field(
        default_factory=list, description='More names of the certificate that is made, as JSON: ["sandbox.example"].'
    )
    oldest: TlsVersion = Field(TlsVersion.V1_2, description="Oldest version of TLS.")
    suites: str | None = Field(
        None,
        description="Suites of TLS 1.2 in OpenSSL's notation, such as ECDHE-RSA-AES256-GCM-SHA384; "
        "without it those that the DMP names.",
    )
    handshake_seconds: float = Field(10.0, gt=0, description="How long a handshake may take.")


class EdgeSettings(BaseSettings):
    """Read from ``SOCLES_EDGE_…``: whether there is an edge before this process that speaks TLS in its place."""

    model_config = SettingsConfigDict(env_prefix="SOCLES_EDGE_", frozen=True)

    key_file: Path | None = Field(
        None,
        description="File of the key by which the edge makes itself known; what it then says of clients and their "
        "certificates is believed. Without it nobody is believed.",
    )


DMP_SUITES = (
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES256-SHA384",
    "ECDHE-RSA-CHACHA20-POLY1305",
)
"""TLS 1.2 suites of the DMP (domain/dmp.md §0.2, PDT-INF-579 v4)."""
