"""One HTTP connection pool per hospital client, and the SOAP call on it."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from sandbox.clients.envelope import Answer, read_answer


class Http:
    """A client of one socles process: base URL, workspace, connections. Use it as an async context manager."""

    def __init__(self, base_url: str, *, workspace: str | None = None, connections: int = 24) -> None:
        self.base_url = base_url.rstrip("/")
        self._client = httpx.AsyncClient(
            base_url=self.base_url,
            headers={"X-Socles-Workspace": workspace} if workspace else {},
            timeout=httpx.Timeout(30.0),
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            trust_env=False,
        )

    async def soap(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """POST an envelope; raises ``WireError`` when the answer is no SOAP, ``httpx.HTTPError`` when there is none."""
        response = await self._client.post(path, headers=headers, content=body)
        return read_answer(
            response.status_code,
            response.headers.get("content-type", ""),
            response.content,
            exchange=response.headers.get("x-socles-exchange"),
        )

    async def get_json(self, path: str, **params: str | int) -> Any:
        """GET JSON; raises ``httpx.HTTPStatusError`` on a refusal."""
        response = await self._client.get(path, params=params)
        response.raise_for_status()
        return response.json()

    async def post_json(self, path: str, content: object) -> Any:
        """POST JSON; raises ``httpx.HTTPStatusError`` on a refusal."""
        response = await self._client.post(path, json=content)
        response.raise_for_status()
        return response.json() if response.content else None

    async def make(self, path: str, content: object) -> bytes:
        """POST JSON, and what comes of it as it is; raises ``httpx.HTTPStatusError`` on a refusal."""
        response = await self._client.post(path, json=content)
        response.raise_for_status()
        return response.content

    async def set_options(self, workspace: str, wanted: Mapping[str, str]) -> None:
        """These options of a workspace; the others stay. Raises ``httpx.HTTPStatusError`` on a refusal."""
        path = f"/_sandbox/workspaces/{workspace}"
        options = (await self.get_json(path))["options"] | wanted
        (await self._client.patch(path, json={"options": options})).raise_for_status()

    async def delete(self, path: str) -> None:
        """DELETE; raises ``httpx.HTTPStatusError`` on a refusal."""
        (await self._client.delete(path)).raise_for_status()

    async def close(self) -> None:
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
