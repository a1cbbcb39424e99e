"""A thrifty HTTP/1.1 client for benches: prepared bytes, keep-alive connections, a few of them at once."""

import asyncio
import functools
import ssl
from collections.abc import Callable, Sequence


def http_request(
    path: str, body: bytes, content_type: str, *, method: str = "POST", headers: Sequence[tuple[str, str]] = ()
) -> bytes:
    """One request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Type: {content_type}"]
    lines += [f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode() + body


def http_load(
    port: int,
    requests: Sequence[bytes],
    *,
    connections: int = 8,
    status: int = 200,
    contains: bytes = b"",
    context: ssl.SSLContext | None = None,
) -> int:
    """Send all requests; gives their number. Raises on another status, or an answer without ``contains``. ``context``:
    over TLS."""
    asyncio.run(_load(port, requests, connections, functools.partial(_check, status, contains), context))
    return len(requests)


async def _load(
    port: int,
    requests: Sequence[bytes],
    connections: int,
    check: Callable[[int, bytes], None],
    context: ssl.SSLContext | None,
) -> None:
    waiting = iter(requests)
    name = None if context is None else "localhost"

    async def one_connection() -> None:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, limit=1 << 20, ssl=context, server_hostname=name
        )
        try:
            for request in waiting:
                writer.write(request)
                check(*await read_answer(reader))
        finally:
            writer.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(one_connection())


def _check(status: int, contains: bytes, got: int, body: bytes) -> None:
    if got != status or contains not in body:
        raise RuntimeError(f"status {got} instead of {status}: {body[:2000]!r}")


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Status and body of one answer, chunked or not."""
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    status = int(head[9:12])
    at = lower.find(b"\r\ncontent-length:")
    if at >= 0:
        length = int(lower[at + 17 : lower.index(b"\r\n", at + 2)])
        return status, await reader.readexactly(length)
    body = bytearray()
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return status, bytes(body)
