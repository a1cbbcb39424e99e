"""Settings of the journal."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class JournalSettings(BaseSettings):
    """Read from ``SOCLES_JOURNAL_…``."""

    model_config = SettingsConfigDict(env_prefix="SOCLES_JOURNAL_", frozen=True)

    max_exchanges: int = Field(default=20_000, ge=1, description="Exchanges kept for each workspace, newest first")
    max_bytes: int = Field(default=512 * 2**20, ge=1, description="Bytes of bodies kept in each workspace's journal")
    max_body_bytes: int = Field(
        default=2 * 2**20, ge=0, description="Bytes of one body kept in place; the rest is cut and the entry says so"
    )
    queue_exchanges: int = Field(default=10_000, ge=1, description="Exchanges that may wait to be written")
    queue_bytes: int = Field(
        default=32 * 2**20,
        ge=1,
        description="Bytes that may wait to be written; beyond, entries are dropped and counted",
    )
