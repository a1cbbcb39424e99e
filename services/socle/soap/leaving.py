"""How an answer leaves under a fault rule (D10): cut in the middle, truncated, or drop by drop."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from socle.blobs import Blob
from socle.control.port import FaultEffect
from socle.exchange import Exchange, Outcome
from socle.service import Receive, Scope, Send
from socle.soap.answer import CUT, Answer, portions, size_of
from socle.soap.offload import in_thread

_DROPS_PER_SECOND = 10


async def leave(answer: Answer, exchange: Exchange, scope: Scope, receive: Receive, send: Send) -> None:
    """Send what the rule lets out; the journal gets what really left, as far as this process can know."""
    fault = answer.leaving
    assert fault is not None
    drip = fault.effect is FaultEffect.DRIP
    whole = sum(map(size_of, answer.body))
    most = whole if drip else int(whole * fault.share)
    if fault.effect is FaultEffect.TRUNCATE:
        answer.headers = [(name, b"%d" % most if name == b"content-length" else said) for name, said in answer.headers]
    if not drip:
        exchange.outcome = Outcome.FAULT
    sent = 0
    try:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        pieces = _first(answer, most)
        async with aclosing(_drops(pieces, answer, receive) if drip else pieces) as leaving:
            async for piece in leaving:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                sent += len(piece)
        if sent < most:
            exchange.outcome = Outcome.FAULT  # the client did not wait for the end
        elif fault.effect is FaultEffect.CUT_ANSWER:
            await _drop(scope, receive)
        else:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        answer.body = await _sent(answer, sent)
        answer.record(exchange)


async def _first(answer: Answer, most: int) -> AsyncGenerator[bytes, None]:
    """The first ``most`` bytes of the body."""
    left = most
    for piece in answer.body:
        async with aclosing(portions(piece)) as read:
            async for portion in read:
                if not left:
                    return
                yield portion[:left]
                left -= len(portion[:left])


async def _drops(pieces: AsyncGenerator[bytes, None], answer: Answer, receive: Receive) -> AsyncGenerator[bytes, None]:
    """The same bytes at a pace; ends early when the client leaves, hurries when the process stops."""
    assert answer.leaving is not None
    assert answer.hurry is not None
    bytes_per_second = answer.leaving.bytes_per_second
    gone, hurry = asyncio.create_task(_disconnected(receive)), asyncio.create_task(answer.hurry.wait())
    size = max(1, bytes_per_second // _DROPS_PER_SECOND)
    clock = asyncio.get_running_loop().time
    began, sent = clock(), 0
    try:
        async with aclosing(pieces):
            async for piece in pieces:
                for start in range(0, len(piece), size):
                    wait = began + sent / bytes_per_second - clock()
                    await asyncio.wait({gone, hurry}, timeout=max(0.0, wait), return_when=asyncio.FIRST_COMPLETED)
                    if gone.done():
                        return
                    drop = piece[start : start + size]
                    sent += len(drop)
                    yield drop
    finally:
        gone.cancel()
        hurry.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _drop(scope: Scope, receive: Receive) -> None:
    """End the connection once what was written has left. Another server than ours closes when we return."""
    drop = scope.get("extensions", {}).get(CUT)
    if drop is not None:
        drop(after_sent=True)
        await _disconnected(receive)


async def _sent(answer: Answer, sent: int) -> list[bytes | Blob]:
    """The body as far as it left."""
    kept: list[bytes | Blob] = []
    for piece in answer.body:
        if size_of(piece) > sent:
            kept.append(await in_thread(_head, piece, sent))
            break
        kept.append(piece)
        sent -= size_of(piece)
    return kept


def _head(piece: bytes | Blob, size: int) -> bytes:
    if not isinstance(piece, Blob):
        return piece[:size]
    if piece.data is not None:
        return piece.data[:size]
    assert piece.path is not None
    with piece.path.open("rb") as file:
        return file.read(size)
