"""Archives as bodies of requests and answers, and how what is wrong with them is said."""

import asyncio
import errno
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from fastapi import Request
from fastapi.responses import StreamingResponse

from socle.archive.errors import BadArchive, CannotArchive, TooLarge
from socle.control.snapshots import PIECE
from socle.control.workshop import UnknownWorkspace
from socle.web.errors import Refusal, not_found

ZIP = "application/zip"
BODY = {"requestBody": {"required": True, "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}}}
"""For ``openapi_extra``: the body is read as a stream, not by FastAPI."""


@asynccontextmanager
async def refusing() -> AsyncIterator[None]:
    """Turn what archives raise into JSON errors."""
    try:
        yield
    except (BadArchive, CannotArchive) as error:
        raise Refusal(error.status, error.code, error.message_fr, str(error)) from error
    except LookupError as error:
        if isinstance(error, UnknownWorkspace):
            raise
        raise not_found(f"Le service {error} dans ce processus", f"Service {error} in this process") from error
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise Refusal(
            507,
            "archive.no-space",
            "Plus de place sur le disque (dossier spool de SOCLES_DATA_DIR) : rien n'est changé.",
            "No space left on the disk (folder spool of SOCLES_DATA_DIR): nothing is changed.",
        ) from error
    except ValueError as error:
        raise Refusal(422, "workspace.name", "Ce nom d'espace n'est pas admis.", str(error)) from error


async def receive(request: Request, path: Path, most: int) -> None:
    """Write the body to a file. Raises :class:`TooLarge`."""
    size = 0
    file = await asyncio.to_thread(path.open, "wb")
    try:
        async for piece in request.stream():
            size += len(piece)
            if size > most:
                raise TooLarge(most)
            await asyncio.to_thread(file.write, piece)
    finally:
        await asyncio.to_thread(file.close)


def sent(path: Path, stack: AsyncExitStack, name: str) -> StreamingResponse:
    """A file, to be called ``name``; the stack is closed behind it."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_whole(path, stack), media_type=ZIP, headers=headers)


async def _whole(path: Path, stack: AsyncExitStack) -> AsyncIterator[bytes]:
    async with stack:
        source = pieces(path)
        while piece := await asyncio.to_thread(next, source, b""):
            yield piece


def pieces(path: Path) -> Iterator[bytes]:
    """A file's octets."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
