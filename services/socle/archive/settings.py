"""Settings of archives and snapshots."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ArchiveSettings(BaseSettings):
    """Read from ``SOCLES_ARCHIVE_…``."""

    model_config = SettingsConfigDict(env_prefix="SOCLES_ARCHIVE_", frozen=True, env_ignore_empty=True)

    max_bytes: int = Field(
        2**30, ge=2**20, description="Octets of an archive, unpacked, at most; a zip of more octets is not read at all"
    )
    parts: dict[str, str] = Field(
        default_factory=dict,
        description="Where services that run in other processes are: JSON of service and address, "
        '{"dmp_sim": "http://dmp_sim:8080"}; the process that makes or restores an archive asks them for their parts',
    )
    part_seconds: float = Field(120.0, gt=0, description="How long another process may take for its part")
