"""The DMP with its journal, for tests that mend."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dmp_sim.app import build
from support.dmp_message import Message
from support.dmp_mutators import Break, sound
from support.dmp_served import REPOSITORY
from support.mending_served import Bench, Sent, served


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with served(build, tmp_path) as one:
        yield one


def broken_by(one: Break) -> Message:
    message = sound()
    one.mutate(message)
    return message


async def send(bench: Bench, message: Message) -> Sent:
    raw, kind = message.write()
    return await bench.send(REPOSITORY, raw, kind)
