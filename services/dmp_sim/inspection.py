"""JSON routes to look into the DMP. Not part of the real service."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from dmp_sim.domain.query import StoredEntry
from dmp_sim.store import DmpStore
from socle.control.model import Workspace


class _Json(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


_UUID = "urn:uuid:0c586fa7-e821-11f1-9bf1-af7e8225baad"


class DocumentSummary(_Json):
    """One registered document."""

    unique_id: str = Field(examples=["1.2.250.1.213.1.1.1.29.2022.1.1"])
    entry_uuid: str = Field(examples=[_UUID])
    chain: str = Field(examples=[_UUID], description="Logical id in events: the lid of the chain's first version")
    revision: int = Field(examples=[1], description="1, then one more for each replacement")
    status: str = Field(examples=["urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"])
    title: str = Field(examples=["Lettre de liaison à la sortie"])
    type_code: str | None = Field(examples=["11490-0"])
    class_code: str | None = Field(examples=["10"])
    size: int = Field(examples=[76111], description="Octets")
    sha1: str = Field(examples=["e3260af942836626ddf1102a3ec8cb572e3403f6"])
    submission_set: str = Field(examples=["2.25.77"], description="uniqueId of its lot")
    exchange_id: str = Field(examples=["01a20e4f-4767-7c3f-b23f-224d5fe4b226"], description="Its journal entry")
    registered_at: datetime = Field(examples=["2026-11-24T16:06:46Z"], description="By the workspace's clock")
    replaces: str | None = Field(examples=[None], description="entryUUID of the version replaced")


class DocumentDetail(DocumentSummary):
    """A document with its metadata as sent."""

    lid: str = Field(examples=[_UUID], description="As the wire says it")
    metadata: dict[str, Any] = Field(examples=[{"mime_type": "text/xml", "language": "fr-FR"}])


def router(store: DmpStore) -> APIRouter:
    """``/_sandbox/dmp_sim/documents``: list, one, its bytes; of the caller's workspace."""
    api = APIRouter(prefix="/_sandbox/dmp_sim", tags=["dmp_sim"])

    async def find(request: Request, unique_id: str) -> StoredEntry:
        workspace: Workspace = request.state.workspace
        asked = [] if "\0" in unique_id else [unique_id]  # PostgreSQL takes no such text, and no document has it
        stored = (await store.documents(workspace.name, workspace.epoch, asked)).get(unique_id)
        if stored is None:
            raise HTTPException(404, f"no document {unique_id} in workspace {workspace.name}")
        return stored

    @api.get("/documents", summary="Documents of the workspace, newest first")
    async def documents(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        offset: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    ) -> list[DocumentSummary]:
        workspace: Workspace = request.state.workspace
        found = await store.latest(workspace.name, workspace.epoch, limit, offset)
        return [DocumentSummary(**_summary(one)) for one in found]

    @api.get("/documents/{unique_id}", summary="One document's metadata")
    async def document(request: Request, unique_id: str) -> DocumentDetail:
        stored = await find(request, unique_id)
        return DocumentDetail(**_summary(stored), lid=stored.lid, metadata=msgspec.to_builtins(stored.entry))

    @api.get(
        "/documents/{unique_id}/raw", summary="One document's bytes, as received", response_class=StreamingResponse
    )
    async def raw(request: Request, unique_id: str) -> StreamingResponse:
        stored = await find(request, unique_id)
        content: AsyncIterator[bytes] = store.stream(stored.sha256)
        return StreamingResponse(content, media_type=stored.entry.mime_type or "application/octet-stream")

    return api


def _summary(stored: StoredEntry) -> dict[str, Any]:
    entry = stored.entry
    return {
        "unique_id": entry.unique_id,
        "entry_uuid": stored.entry_uuid,
        "chain": stored.chain,
        "revision": stored.revision,
        "status": stored.status,
        "title": entry.title,
        "type_code": entry.type_code.code if entry.type_code else None,
        "class_code": entry.class_code.code if entry.class_code else None,
        "size": stored.size,
        "sha1": stored.sha1,
        "submission_set": stored.submission_set,
        "exchange_id": stored.exchange_id,
        "registered_at": stored.registered_at,
        "replaces": stored.replaces,
    }
