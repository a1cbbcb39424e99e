"""How a reply leaves under a fault rule (D10): cut in the middle, without its line end, or drop by drop."""

import asyncio
from typing import Final

from socle.control.port import Fault, FaultEffect

_BROKEN: Final = (FaultEffect.CUT_ANSWER, FaultEffect.TRUNCATE)


def is_broken(leaving: Fault | None) -> bool:
    """Whether the client never has the whole reply."""
    return leaving is not None and leaving.effect in _BROKEN


def part(line: str, leaving: Fault | None) -> str:
    """What leaves of a reply line, its CRLF apart."""
    if leaving is None or leaving.effect is not FaultEffect.CUT_ANSWER:
        return line
    return line[: int(len(line) * leaving.share)]


async def leave(line: str, leaving: Fault, writer: asyncio.StreamWriter) -> None:
    """Write the reply as the rule says; what is broken ends with the connection."""
    said = part(line, leaving).encode("ascii", "replace")
    if leaving.effect is FaultEffect.DRIP:
        for byte in said + b"\r\n":
            writer.write(bytes((byte,)))
            await writer.drain()
            await asyncio.sleep(1 / leaving.bytes_per_second)
        return
    writer.write(said)
    await writer.drain()
    if leaving.effect is FaultEffect.TRUNCATE:
        await asyncio.sleep(leaving.seconds)
    writer.close()
