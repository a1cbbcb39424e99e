"""What the JSON API shows, with true examples: the tests compare them to real answers."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class ApiModel(BaseModel):
    """camelCase on the wire."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class RecipientView(ApiModel):
    """One recipient of the envelope, and what became of the message for it."""

    address: str = Field(examples=["dr.martin@chu-exemple.mssante.fr"])
    citizen: bool = Field(examples=[False])
    state: str = Field(examples=["delivered"], description="`delivered` or `failed`")
    rule: str | None = Field(None, description="The rule that made it fail", examples=[None])


class MessageSummary(ApiModel):
    """A message in a list."""

    ref: str = Field(examples=["0199d3f0-7b1a-7c55-8a3e-3f1f6d0c2b11"], description="Given in the 250 reply")
    kind: str = Field(examples=["mail"], description="`mail`, or `report` for what the server itself sent")
    exchange_id: str = Field(examples=["0199d3f0-7b12-7d01-b0aa-9a5d2f6c7e02"], description="Its journal entry")
    mail_from: str = Field(examples=["secretariat@chu-exemple.mssante.fr"])
    recipients: list[RecipientView]
    subject: str = Field(examples=["XDM/1.0/DDM+CR de consultation DUPONT Jeanne 01/02/1980"])
    message_id: str | None = Field(examples=["<1@chu-exemple.mssante.fr>"])
    nil: str | None = Field(examples=["12345"], description="X-MSS-NIL")
    size: int = Field(examples=[20044], description="Octets")
    sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    accepted_at: datetime = Field(examples=["2026-11-24T10:15:00Z"], description="By the workspace's clock")


class MessageList(ApiModel):
    """Messages, newest first."""

    messages: list[MessageSummary]


class PartView(ApiModel):
    """One part that holds content; read it at `…/parts/{number}`."""

    number: str = Field(examples=["2"])
    content_type: str = Field(examples=["application/zip"])
    disposition: str | None = Field(examples=["attachment"])
    filename: str | None = Field(examples=["IHE_XDM.ZIP"])
    encoding: str = Field(examples=["base64"])
    charset: str | None = Field(examples=[None])
    encoded_size: int = Field(examples=[13214], description="Octets before the transfer encoding is undone")


class MessageView(MessageSummary):
    """A message in full: headers, parts, archives and its check report. `/raw` gives its bytes."""

    headers: list[tuple[str, str]] = Field(examples=[[["X-MSS-NIL", "12345"]]])
    parts: list[PartView]
    archives: list[dict[str, Any]] = Field(
        description="IHE_XDM archives: files, and documents with their type, chain, stay and fingerprint"
    )
    findings: list[dict[str, Any]] = Field(description="The check report: every rule the message breaks, with remedy")


class BoxView(ApiModel):
    """A box of the population."""

    address: str = Field(examples=["dr.martin@chu-exemple.mssante.fr"])
    type: str = Field(examples=["PER"])
    label: str = Field(examples=["Dr_Jeanne_MARTIN_CHU-EXEMPLE"])
    state: str = Field(examples=["open"])
    messages: int = Field(examples=[3])


class BoxList(ApiModel):
    """Boxes of the workspace."""

    boxes: list[BoxView]
