"""Settings of the DMP; a workspace's options go before them."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class DmpSettings(BaseSettings):
    """Environment variables ``SOCLES_DMP_…``."""

    model_config = SettingsConfigDict(env_prefix="SOCLES_DMP_", frozen=True)

    multipart_repository: bool = Field(
        default=True,
        description="Answer /repository as multipart/related even without a document, as the live service does; "
        "the workspace option soap.multipart (on, off) goes before it",
    )
    base_path: str = Field(
        default="/si-dmp-server/v2/services", description="What stands before /repository and /registry"
    )
