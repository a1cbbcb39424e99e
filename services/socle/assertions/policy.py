"""What a workspace asks of assertions: how strictly, and how fresh."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from socle.control.options import number, one_of, read_number


class Mode(StrEnum):
    """The workspace option ``assertions``."""

    OFF = "off"
    """Assertions are read and believed."""
    WARN = "warn"
    """Verified; what is wrong is told and refuses nothing."""
    STRICT = "strict"
    """Verified; what is wrong refuses, whatever the workspace's strictness."""


_SECONDS = range(10**9)
for _name in ("assertions", "assertions.lots"):
    one_of(_name, ["", *Mode])
for _name in ("assertions.lifetime", "assertions.lifetime-vitale", "assertions.skew"):
    number(_name, _SECONDS)


@dataclass(frozen=True, slots=True)
class Policy:
    """In force for one call. A lifetime of zero is not checked."""

    mode: Mode = Mode.OFF
    lifetime: timedelta = timedelta(hours=1)
    vitale: timedelta = timedelta(minutes=20)
    skew: timedelta = timedelta(minutes=5)
    lots: Mode = Mode.OFF

    def for_lots(self) -> "Policy":
        """The same, as strict as signatures of lots are judged."""
        return replace(self, mode=self.lots)


class AssertionSettings(BaseSettings):
    """Environment variables ``SOCLES_ASSERTIONS_…``: the installation's defaults, which a workspace's options go
    before."""

    model_config = SettingsConfigDict(env_prefix="SOCLES_ASSERTIONS_", frozen=True)

    mode: Mode = Field(
        Mode.OFF, description="Signed assertions of INSi and DMP: off, warn or strict; workspace option assertions"
    )
    lifetime: float = Field(
        3600, ge=0, description="Seconds an assertion may be old, 0: any; workspace option assertions.lifetime"
    )
    lifetime_vitale: float = Field(
        1200, ge=0, description="The same for a Vitale card's assertion; workspace option assertions.lifetime-vitale"
    )
    skew: float = Field(
        300, ge=0, description="Seconds a client's clock may be ahead; workspace option assertions.skew"
    )
    lots: Mode = Field(
        Mode.OFF, description="Signatures of the DMP's lots: off, warn or strict; workspace option assertions.lots"
    )

    def policy(self, options: Mapping[str, str]) -> Policy:
        """For a workspace with these options; what cannot be read there is as if it were not set."""
        return Policy(
            _mode(options.get("assertions"), self.mode),
            _seconds(options.get("assertions.lifetime"), self.lifetime),
            _seconds(options.get("assertions.lifetime-vitale"), self.lifetime_vitale),
            _seconds(options.get("assertions.skew"), self.skew),
            _mode(options.get("assertions.lots"), self.lots),
        )


def _mode(said: str | None, otherwise: Mode) -> Mode:
    return Mode(said) if said in tuple(Mode) else otherwise


def _seconds(said: str | None, otherwise: float) -> timedelta:
    seconds = None if said is None else read_number(said, _SECONDS)
    return timedelta(seconds=otherwise if seconds is None else seconds)
