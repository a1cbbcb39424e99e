"""TLS over a connection that is open already, whoever read the client's first bytes."""

import asyncio
import ssl
from collections.abc import Callable
from typing import cast


async def start_tls(
    plain: asyncio.Transport,
    protocol: asyncio.BaseProtocol,
    context: ssl.SSLContext,
    heard: Callable[[], bytes],
    *,
    seconds: float | None = None,
) -> asyncio.Transport:
    """The server's side, by the loop's own means; ``protocol`` then hears what was encrypted.

    ``heard``: gives once what ``protocol`` was told before TLS was there to hear it. ``seconds``: for the handshake,
    60 by default. Raises ``OSError`` (``ssl.SSLError`` is one) or ``TimeoutError``.
    """
    loop = asyncio.get_running_loop()

    def pass_on() -> None:
        """TLS has taken the protocol's place, and does not read yet."""
        hello = heard()
        if plain.get_protocol() is not protocol:  # else it did not begin, and says why
            _tell(plain, hello)

    loop.call_soon(pass_on)
    # awaited without a task of its own: that would hear of a failure after the protocol heard of the connection's end
    secure = await loop.start_tls(plain, protocol, context, server_side=True, ssl_handshake_timeout=seconds)
    if secure is None or secure.is_closing():
        raise ConnectionResetError
    return secure


def _tell(plain: asyncio.Transport, hello: bytes) -> None:
    inside = cast(asyncio.BufferedProtocol, plain.get_protocol())  # both loops' TLS is one; uvloop's does not say
    while hello:
        room = memoryview(inside.get_buffer(len(hello)))
        size = min(len(room), len(hello))
        room[:size] = hello[:size]
        inside.buffer_updated(size)
        hello = hello[size:]
