"""How to reach Kafka, our own or somebody else's: ``SOCLES_KAFKA_…``."""

import os
import socket
import ssl
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class SecurityProtocol(StrEnum):
    """Kafka's ``security.protocol``."""

    PLAINTEXT = "PLAINTEXT"
    SSL = "SSL"
    SASL_PLAINTEXT = "SASL_PLAINTEXT"
    SASL_SSL = "SASL_SSL"

    @property
    def encrypted(self) -> bool:
        return self in (SecurityProtocol.SSL, SecurityProtocol.SASL_SSL)

    @property
    def authenticated(self) -> bool:
        """By name and password."""
        return self in (SecurityProtocol.SASL_PLAINTEXT, SecurityProtocol.SASL_SSL)


class SaslMechanism(StrEnum):
    """Kafka's ``sasl.mechanism``, those that take a name and a password."""

    PLAIN = "PLAIN"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    SCRAM_SHA_512 = "SCRAM-SHA-512"


class Compression(StrEnum):
    """Kafka's ``compression.type``. All but ``none`` and ``gzip`` need the package ``cramjam``."""

    NONE = "none"
    GZIP = "gzip"
    SNAPPY = "snappy"
    LZ4 = "lz4"
    ZSTD = "zstd"


class KafkaSettings(BaseSettings):
    """From the environment; without ``bootstrap`` events stay on the embedded bus."""

    model_config = SettingsConfigDict(env_prefix="SOCLES_KAFKA_", frozen=True, hide_input_in_errors=True)

    bootstrap: str | None = Field(
        None, description="Brokers to begin with, host:port, separated by commas. Unset: the embedded bus."
    )
    security_protocol: SecurityProtocol = Field(
        SecurityProtocol.PLAINTEXT, description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."
    )
    sasl_mechanism: SaslMechanism = Field(
        SaslMechanism.PLAIN, description="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; with SASL_PLAINTEXT and SASL_SSL."
    )
    username: str | None = Field(None, description="SASL user name.")
    password: SecretStr | None = Field(None, description="SASL password.")
    ca_file: Path | None = Field(
        None, description="PEM file of the authorities that sign the brokers' certificates; unset: the system's own."
    )
    cert_file: Path | None = Field(None, description="PEM file of our certificate, where brokers ask for one.")
    key_file: Path | None = Field(
        None, description="PEM file of its private key; unset: in the file of the certificate."
    )
    key_password: SecretStr | None = Field(None, description="Password of the private key.")
    check_hostname: bool = Field(
        True, description="Whether a broker's certificate must be for the name it is called by."
    )
    client_id: str = Field("socles", description="What brokers write in their logs; host and process are added to it.")
    compression: Compression = Field(
        Compression.NONE,
        description="How events are compressed: none, gzip; snappy, lz4, zstd when the package cramjam is installed.",
    )
    create_topics: bool = Field(True, description="Create the topics that are not there; off: refuse to start without.")
    replication_factor: int | None = Field(
        None, ge=1, description="Replicas of each topic; unset: what the brokers use for new topics."
    )
    min_insync_replicas: int | None = Field(
        None,
        ge=1,
        description="Replicas that must have an event before it counts as published; unset: the brokers' own.",
    )
    check_retention: bool = Field(
        True,
        description="Refuse topics that forget events: indicators could not be rebuilt from them. Off for a cluster "
        "whose owner does not let you keep them.",
    )
    start_seconds: float = Field(60.0, ge=0, description="How long a starting process waits for the brokers.")
    request_seconds: float = Field(15.0, gt=0, description="How long one request may take before it is tried again.")
    session_seconds: float = Field(
        10.0, ge=1, description="A consumer not heard of for this long loses its partitions to the others of its group."
    )
    keep_published_hours: float = Field(
        6.0, ge=0, description="How long an event stays in its service's own outbox once Kafka has it."
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.security_protocol.authenticated and (self.username is None or self.password is None):
            raise ValueError(f"{self.security_protocol} needs SOCLES_KAFKA_USERNAME and SOCLES_KAFKA_PASSWORD")
        if self.key_file is not None and self.cert_file is None:
            raise ValueError("SOCLES_KAFKA_KEY_FILE needs SOCLES_KAFKA_CERT_FILE")
        return self

    @property
    def servers(self) -> list[str]:
        """The brokers to begin with."""
        return [server.strip() for server in (self.bootstrap or "").split(",") if server.strip()]

    def connection(self, role: str) -> dict[str, Any]:
        """Arguments that aiokafka's clients have in common. Blocking: certificates are read.

        ``role`` tells our connections apart in the brokers' logs. Raises ``OSError`` when a file cannot be read.
        """
        found: dict[str, Any] = {
            "bootstrap_servers": self.servers,
            "client_id": f"{self.client_id}-{role}-{socket.gethostname()}-{os.getpid()}",
            "request_timeout_ms": round(self.request_seconds * 1000),
            "retry_backoff_ms": 100,
            "security_protocol": self.security_protocol.value,
        }
        if self.security_protocol.encrypted:
            found["ssl_context"] = self._ssl()
        if self.security_protocol.authenticated:
            assert self.password is not None
            found |= {
                "sasl_mechanism": self.sasl_mechanism.value,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password.get_secret_value(),
            }
        return found

    def _ssl(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.ca_file)
        context.check_hostname = self.check_hostname
        if self.cert_file is not None:
            password = None if self.key_password is None else self.key_password.get_secret_value()
            context.load_cert_chain(self.cert_file, self.key_file, password)
        return context
