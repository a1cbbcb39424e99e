"""Settings of metrics: environment variables with the prefix ``SOCLES_METRICS_``."""

import json
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Role(StrEnum):
    """What a process of metrics does. Each may run alone, and as often as need be."""

    CONSUMER = "consumer"
    """Takes events in; members of one group share the partitions."""
    API = "api"
    """Answers and streams; reads what the consumers have stored. Also starts rebuilds."""
    INGESTION = "ingestion"
    """Takes stays posted."""


class MetricsSettings(BaseSettings):
    """Each with a default that suits the embedded bus."""

    model_config = SettingsConfigDict(env_prefix="SOCLES_METRICS_", frozen=True)

    roles: Annotated[frozenset[Role], NoDecode] = Field(
        frozenset(Role), min_length=1, description="Any of consumer, api, ingestion, separated by commas."
    )
    batch_max: int = Field(4000, ge=1, description="Events per transaction at most; batches grow with the lag.")
    fetch_seconds: float = Field(1.0, gt=0, description="How long one fetch waits for the first event.")
    gather_seconds: float = Field(
        0.05,
        ge=0,
        le=10,
        description="Pause after a batch that was not large, for events to gather: a transaction costs nearly the same "
        "for one as for fifty. An event after a quiet moment is taken at once; under load freshness grows by as much.",
    )
    retry_seconds: float = Field(0.5, gt=0, description="Pause before a batch that failed is tried again.")
    changes_kept: int = Field(
        1000, ge=1, description="Changes kept for clients of the stream that come back with Last-Event-ID."
    )
    stays_body_max: int = Field(20_000_000, ge=1, description="Octets of a body of POST /api/stays at most.")
    stays_max: int = Field(50_000, ge=1, description="Stays in one POST /api/stays at most.")
    spark_days: int = Field(14, ge=2, le=90, description="Days in the small curves of the page.")

    @field_validator("roles", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        """``consumer,api`` or ``["consumer", "api"]``."""
        if not isinstance(value, str):
            return value
        return json.loads(value) if value.lstrip().startswith("[") else [each.strip() for each in value.split(",")]
