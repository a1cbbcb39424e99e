"""Settings of the control plane."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _key(given: SecretStr) -> SecretStr:
    if re.fullmatch(r"[0-9a-fA-F]{64}", given.get_secret_value()) is None:
        raise ValueError("64 hexadecimal digits are needed: openssl rand -hex 32")
    return given


class ControlSettings(BaseSettings):
    """Read from ``SOCLES_CONTROL_…``. Seed and size count at the first start only: what is there then stays there,
    until ``POST /_sandbox/seed`` makes another population."""

    model_config = SettingsConfigDict(env_prefix="SOCLES_CONTROL_", frozen=True, hide_input_in_errors=True)

    population_seed: int = Field(default=1, description="Seed of the common population: same seed, same people")
    establishments: int = Field(default=20, ge=1, le=2000, description="Sites (EG) of the common population")
    patients_per_establishment: int = Field(
        default=100, ge=1, le=10_000, description="Generated patients for each site"
    )
    poll_seconds: float = Field(
        default=0.1, gt=0, le=0.2, description="How often the changes of other processes are looked for (D14: 200 ms)"
    )
    sweep_seconds: float = Field(
        default=15.0,
        gt=0,
        description="How often uses of workspaces are written down, and those nobody uses any more are deleted",
    )
    keep_dead_seconds: float = Field(
        default=60.0,
        ge=0,
        description="How long data of deleted workspaces and ended epochs, seen by nobody, wait for their removal",
    )
    contents_seconds: float = Field(
        default=1800.0,
        gt=0,
        description="How often contents that no document or mail refers to are looked for; one goes in the second such "
        "round. It must be longer than twice the longest act",
    )
    patient_ref_key: Annotated[SecretStr, AfterValidator(_key)] | None = Field(
        default=None,
        description="Key of the patient references in events, 64 hexadecimal digits, the same for every process; "
        "without it: made at the first start, and kept in a file of the data folder (SQLite) or in the control schema",
    )
