"""Settings of Pro Santé Connect; a workspace's options go before them."""

from collections.abc import Mapping
from datetime import timedelta

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from psc_sim.domain.model import Lifetimes, Login, Policy
from socle.control.options import number, one_of, read_number


class PscSettings(BaseSettings):
    """Environment variables ``SOCLES_PSC_…``. Durations in seconds of the workspace's clock."""

    model_config = SettingsConfigDict(env_prefix="SOCLES_PSC_", frozen=True)

    code_seconds: int = Field(60, ge=1, le=3600, description="How long a code may wait to be exchanged; ours.")
    access_seconds: int = Field(120, ge=1, le=86_400, description="Of access and ID tokens; the real ones have 2 min.")
    refresh_seconds: int = Field(1800, ge=1, le=604_800, description="Of refresh tokens; the real ones have 30 min.")
    session_seconds: int = Field(14_400, ge=1, le=604_800, description="Of a login, however it is refreshed; 4 h.")
    ciba_seconds: int = Field(120, ge=1, le=3600, description="How long a CIBA request may wait to be confirmed.")
    login: Login = Field(
        Login.PAGE,
        description="page: choose a professional, validate by a button. auto: the simulated phone validates by itself "
        "after a second. at-once: no page where login_hint names a professional.",
    )

    def policy(self, options: Mapping[str, str]) -> Policy:
        """What holds in a workspace. Options: ``psc.login``, ``psc.clients`` (any, registered), ``psc.pkce``
        (optional, required), ``psc.ciba`` (auto, manual), ``psc.access-seconds``, ``psc.refresh-seconds``."""
        login = options.get("psc.login", "")
        return Policy(
            Lifetimes(
                timedelta(seconds=self.code_seconds),
                timedelta(seconds=_seconds(options.get("psc.access-seconds"), self.access_seconds)),
                timedelta(seconds=_seconds(options.get("psc.refresh-seconds"), self.refresh_seconds)),
                timedelta(seconds=self.session_seconds),
                timedelta(seconds=self.ciba_seconds),
            ),
            login=Login(login) if login in tuple(Login) else self.login,
            registered_only=options.get("psc.clients") == "registered",
            pkce_required=options.get("psc.pkce") == "required",
            ciba_manual=options.get("psc.ciba") == "manual",
        )


_SECONDS = range(1, 604_801)
one_of("psc.login", Login)
one_of("psc.clients", ["any", "registered"])
one_of("psc.pkce", ["optional", "required"])
one_of("psc.ciba", ["auto", "manual"])
for _name in ("psc.access-seconds", "psc.refresh-seconds"):
    number(_name, _SECONDS)


def _seconds(option: str | None, otherwise: int) -> int:
    """A number of seconds, from one to a week; what is none is passed over."""
    seconds = None if option is None else read_number(option, _SECONDS)
    return otherwise if seconds is None else seconds
