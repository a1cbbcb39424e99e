"""Settings of the console: environment variables with the prefix ``SOCLES_CONSOLE_``."""

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class ConsoleSettings(BaseSettings):
    """Each with a default that suits the console inside the launcher."""

    model_config = SettingsConfigDict(env_prefix="SOCLES_CONSOLE_", frozen=True)

    sandbox: str | None = Field(
        None,
        pattern=r"^https?://[^/?#\s]+$",
        description="Scheme, host and port of the sandbox whose public APIs the console shows; without it, of the "
        "process that serves the console. As a process of its own (python -m console) it must be given.",
    )
    smtp_port: int = Field(
        2587, ge=0, le=65535, description="Of mail submission, for the commands shown to send again."
    )
    answer_seconds: float = Field(5.0, gt=0, description="How long the console waits for one answer of the sandbox.")

    @field_validator("sandbox", mode="before")
    @classmethod
    def _empty_is_none(cls, given: object) -> object:
        return given or None  # an empty variable, as Compose files have, is none
