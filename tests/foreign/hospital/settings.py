"""Where the national services are."""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

HTTP = httpx.Client(timeout=30)
"""Kept open: making one for each call costs more than the call."""


@dataclass(frozen=True)
class Settings:
    """What the hospital's administrator fills in."""

    repository_url: str
    insi_url: str
    smtp_host: str
    smtp_port: int
    smtp_login_prefix: str
    smtp_password: str

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Settings":
        """From environment variables."""
        return cls(
            environment["SOCLES_DMP_REPOSITORY_URL"],
            environment["SOCLES_INSI_URL"],
            environment["SOCLES_SMTP_HOST"],
            int(environment["SOCLES_SMTP_PORT"]),
            environment["SOCLES_SMTP_LOGIN_PREFIX"],
            environment["SOCLES_SMTP_PASSWORD"],
        )
