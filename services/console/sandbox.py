"""The sandbox seen from the console: its public APIs over HTTP, and their errors in words."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

_MOST = 64 * 1024 * 1024
"""Octets of one answer: a recorded exchange with its bodies is far below."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sandbox said. ``data`` is None unless ``status`` is 200; ``words`` then say why, in French."""

    status: int
    data: Any = None
    words: str = ""
    code: str = ""

    @property
    def found(self) -> bool:
        return self.status == httpx.codes.OK


class Sandbox:
    """GETs on one address, in one workspace or none."""

    def __init__(self, client: httpx.AsyncClient, address: str = "", workspace: str | None = None) -> None:
        self._client = client
        self._address = address
        self._base = address + (f"/w/{workspace}" if workspace else "")

    def at(self, address: str, workspace: str | None) -> "Sandbox":
        """One for a request: the connections are shared."""
        return Sandbox(self._client, address, workspace)

    def within(self, workspace: str) -> "Sandbox":
        """The same address, another workspace."""
        return Sandbox(self._client, self._address, workspace)

    async def json(self, path: str, **parameters: str | int | Sequence[str]) -> Answer:
        """A JSON document; an error of the API, a time-out or a silent sandbox is an answer too."""
        found = await self._get(path, parameters, "application/json")
        if not found.found:
            return found
        try:
            return Answer(200, json.loads(found.data))
        except ValueError:
            return Answer(502, words="La réponse de l'API n'est pas du JSON.", code="answer.unreadable")

    async def octets(self, path: str) -> Answer:
        """Bytes as they are."""
        return await self._get(path, {}, "*/*")

    async def _get(self, path: str, parameters: Mapping[str, str | int | Sequence[str]], accept: str) -> Answer:
        try:
            async with self._client.stream(
                "GET", self._base + path, params=parameters, headers={"Accept": accept}
            ) as response:
                data = bytearray()
                async for chunk in response.aiter_bytes():
                    data += chunk
                    if len(data) > _MOST:
                        return Answer(502, words="La réponse de l'API est trop longue.", code="answer.too-long")
        except httpx.TimeoutException:
            return Answer(504, words="Le bac à sable ne répond pas assez vite.", code="sandbox.slow")
        except httpx.HTTPError as error:
            return Answer(502, words=f"Le bac à sable ne répond pas ({type(error).__name__}).", code="sandbox.away")
        if response.status_code == httpx.codes.OK:
            return Answer(200, bytes(data))
        return _refusal(response.status_code, bytes(data))


def _refusal(status: int, data: bytes) -> Answer:
    try:
        error = json.loads(data)["error"]
        return Answer(status, words=str(error["messageFr"]), code=str(error["code"]))
    except (ValueError, KeyError, TypeError):
        return Answer(status, words=f"L'API a répondu {status}.", code="http")
