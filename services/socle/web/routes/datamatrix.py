"""The INS datamatrix of a person, as an image or as what it says; and one that was scanned, read."""

import asyncio
from enum import StrEnum
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from socle.identities.datamatrix.payload import BY_MARK, payload
from socle.identities.datamatrix.reading import Read, read
from socle.identities.problem import NotTaken
from socle.rules import Severity
from socle.web.files import read_body
from socle.web.identities import DatamatrixFinding, DatamatrixRead, DatamatrixText, refusal_of
from socle.web.model import Current
from socle.web.register import Register


class Picture(StrEnum):
    """How it is wanted."""

    PNG = "png"
    SVG = "svg"
    PAYLOAD = "payload"
    """The characters, GS as ASCII 29."""


_SCANNED: Final = {
    "right": {
        "value": {
            "payload": "IS010000000000000000000000S1279035121518989S21.2.250.1.213.1.4.10S3DOMINIQUE MARIE-LOUISE<GS>"
            "S4PAT-TROIS<GS>S5FS628-03-1979S751215"
        }
    },
    "date the other way round, no separator": {
        "value": {
            "payload": "IS010000000000000000000000S1279035121518989S21.2.250.1.213.1.4.10S3DOMINIQUES4PAT-TROIS<GS>"
            "S5FS61979-03-28"
        }
    },
}
MOST_IMAGE: Final = 10 << 20
"""Bytes of an image; ours."""
SCANS: Final = 2
"""Images read at once: each may take a second and a hundred megabytes while it is."""
_IMAGE: Final = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("image/png", "image/jpeg")},
    }
}
_UNREAD: Final[dict[int | str, dict[str, Any]]] = {
    413: {"description": "Too large"},
    422: {"description": "No image, or no legible Data Matrix in it"},
}
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    404: {"description": "Nobody of that id in this workspace"},
    409: {"description": "Nobody whose identity is qualified, or a trait that does not fit"},
}


def install(api: APIRouter, register: Register) -> None:
    """Add the routes."""

    @api.get("/{person_id}/datamatrix", responses=_ANSWERS, response_class=Response)
    def matrix(
        workspace: Current,
        person_id: str,
        picture: Annotated[Picture, Query(alias="format")] = Picture.PNG,
        scale: Annotated[int, Query(ge=1, le=40, description="Pixels of a module")] = 6,
        label: Annotated[bool, Query(description="With the words “INS à scanner”")] = True,
    ) -> Response:
        """The datamatrix: PNG, SVG, or its content as text."""
        try:
            content = payload(register.person(workspace.name, person_id))
        except NotTaken as error:
            raise refusal_of(error) from error
        if picture is Picture.PAYLOAD:
            return Response(content, media_type="text/plain")
        from socle.identities.datamatrix import image  # its libraries are of use here only

        if picture is Picture.SVG:
            return Response(image.svg(content, scale=scale, label=label), media_type="image/svg+xml")
        return Response(image.png(content, scale=scale, label=label), media_type="image/png")

    @api.post("/datamatrix/read")
    def scanned(workspace: Current, text: Annotated[DatamatrixText, Body(openapi_examples=_SCANNED)]) -> DatamatrixRead:
        """Read what a scanner gave: its fields, and every breach of the format."""
        return told(workspace.name, text.payload, read(text.payload))

    scanning = asyncio.Semaphore(SCANS)

    @api.post("/datamatrix/scan", openapi_extra=_IMAGE, responses=_UNREAD)
    async def printed(request: Request, workspace: Current) -> DatamatrixRead:
        """Read an image of one, printed or on the screen: its content, fields, and every breach of the format."""
        data = await read_body(request, MOST_IMAGE)

        def scanned_image() -> DatamatrixRead:
            from socle.identities.datamatrix.scanning import scan  # its libraries are of use here only

            return told(workspace.name, *scan(data))

        try:
            async with scanning:
                return await run_in_threadpool(scanned_image)
        except NotTaken as error:
            raise refusal_of(error) from error

    def told(workspace: str, content: str, found: Read) -> DatamatrixRead:
        person = register.population(workspace).person_by_ins(found.values.get("S1", ""))
        return DatamatrixRead(
            valid=not any(finding.rule.severity is Severity.ERROR for finding in found.findings),
            payload=content,
            fields={BY_MARK[mark].name: value for mark, value in found.values.items()},
            person_id=person.id if person is not None else None,
            findings=tuple(
                DatamatrixFinding(
                    rule=one.rule.id,
                    severity=one.rule.severity,
                    certainty=one.rule.certainty,
                    title_fr=one.rule.title_fr,
                    title_en=one.rule.title_en,
                    where=one.where,
                    expected=one.expected,
                    found=one.found,
                    remedy=one.rule.remedy,
                )
                for one in found.findings
            ),
        )
