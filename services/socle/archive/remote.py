"""Parts of services that run in other processes: asked for over HTTP, at addresses that the settings give."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx

from socle.archive.errors import BadArchive, CannotArchive
from socle.sweep.scopes import Scope

_PIECE = 256 * 1024


class RemotePart:
    """See :class:`socle.archive.part.Holder`: the same three things, done by the process that has the database."""

    def __init__(self, service: str, address: str, seconds: float) -> None:
        self._url = f"{address.rstrip('/')}/_sandbox/{service}/archive"
        self._service = service
        self._seconds = seconds

    async def dump(self, scope: Scope, path: Path) -> None:
        """Raises :class:`CannotArchive`."""
        async with self._client(scope.workspace) as http:
            try:
                async with http.stream("GET", self._url) as answer:
                    if answer.status_code != httpx.codes.OK:
                        await answer.aread()
                        raise _refused(answer, CannotArchive)
                    out = await asyncio.to_thread(path.open, "wb")
                    try:
                        async for piece in answer.aiter_bytes(_PIECE):
                            await asyncio.to_thread(out.write, piece)
                    finally:
                        await asyncio.to_thread(out.close)
            except httpx.HTTPError as error:
                raise self._away(error) from error

    async def check(self, path: Path, scope: Scope) -> None:
        """Raises :class:`BadArchive`."""
        await self._send(path, scope, "/check")

    async def load(self, path: Path, scope: Scope) -> None:
        """Raises :class:`BadArchive`."""
        await self._send(path, scope, "")

    async def _send(self, path: Path, scope: Scope, what: str) -> None:
        # a workspace that is to be made is not there yet, and the check does not need it
        async with self._client(None if what else scope.workspace) as http:
            try:
                answer = await http.post(
                    f"{self._url}{what}", params={"epoch": scope.epoch}, content=_pieces(path), headers=_ZIP
                )
            except httpx.HTTPError as error:
                raise self._away(error) from error
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            raise _refused(answer, BadArchive)

    def _client(self, workspace: str | None) -> httpx.AsyncClient:
        headers = {"X-Socles-Workspace": workspace} if workspace is not None else {}
        return httpx.AsyncClient(timeout=self._seconds, trust_env=False, headers=headers)

    def _away(self, error: httpx.HTTPError) -> CannotArchive:
        return CannotArchive(
            f"Le service {self._service} ne répond pas pour sa partie de l'archive.",
            f"Service {self._service} does not answer for its part of the archive: {type(error).__name__}.",
            code="archive.part-away",
            status=503,
        )


_ZIP = {"Content-Type": "application/zip"}


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece
    finally:
        await asyncio.to_thread(file.close)


def _refused(answer: httpx.Response, kind: type[BadArchive] | type[CannotArchive]) -> BadArchive | CannotArchive:
    try:
        told = answer.json()["error"]
        return kind(told["messageFr"], told["message"], code=told["code"], status=answer.status_code)
    except (ValueError, KeyError, TypeError):
        return kind("Réponse inattendue d'un service.", f"Unexpected answer: HTTP {answer.status_code}.", status=502)
