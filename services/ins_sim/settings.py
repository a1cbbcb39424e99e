"""Settings of INSi; a workspace's options go before them."""

from collections.abc import Mapping

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from ins_sim.domain.policy import Policy, Unknown
from socle.rules import Strictness


class InsSettings(BaseSettings):
    """Environment variables ``SOCLES_INS_…``; lists are JSON."""

    model_config = SettingsConfigDict(env_prefix="SOCLES_INS_", frozen=True)

    accepted_idam: frozenset[str] = Field(
        default=frozenset(),
        description="Authorisation numbers that pass; empty: all but the refused ones, since none is issued here",
    )
    refused_idam: frozenset[str] = Field(
        default=frozenset({"FAKE-IDAM"}),
        description="Authorisation numbers answered desir_550; FAKE-IDAM is what an editor's live test sends",
    )
    unknown: Unknown = Field(
        default=Unknown.TEST_BOOK,
        description="What an unknown person gets: 01 (the test book) or insi_102 (the qualification server)",
    )

    def policy(self, strictness: Strictness, options: Mapping[str, str]) -> Policy:
        """The policy of one call. Options: ``insi.idam`` (accepted numbers, comma-separated), ``insi.unknown``."""
        accepted, unknown = self.accepted_idam, self.unknown
        if "insi.idam" in options:
            accepted = frozenset(filter(None, (number.strip() for number in options["insi.idam"].split(","))))
        if options.get("insi.unknown") in tuple(Unknown):
            unknown = Unknown(options["insi.unknown"])
        return Policy(strictness, accepted, self.refused_idam, unknown)
