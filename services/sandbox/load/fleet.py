"""Workers in processes of their own, so that nothing else delays them; their books come by pipe."""

import asyncio
import gc
import multiprocessing
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from time import monotonic

from sandbox.load.generator import Generator
from sandbox.load.ledger import Ledger
from sandbox.load.task import Task

TELL_SECONDS = 0.5
_LEAD = 0.5
"""Seconds between the order to start and the start: all workers begin together."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a worker says of itself."""

    worker: int
    ledger: Ledger
    under_way: int
    finished: bool


class Broken(Exception):
    """A worker died; the books cannot be closed."""


class Fleet:
    """The running workers."""

    def __init__(self, pipes: Sequence[Connection]) -> None:
        self._pipes = pipes
        self.under_way = [0] * len(pipes)
        self.started = 0.0

    async def ready(self) -> None:
        """Wait until all have rendered their bodies. Raises :class:`Broken`."""
        for pipe in self._pipes:
            await _receive(pipe)

    def start(self) -> None:
        """Give the order."""
        self.started = monotonic() + _LEAD
        for pipe in self._pipes:
            pipe.send(self.started)

    async def told(self) -> AsyncIterator[Told]:
        """What they tell, until all have finished. Raises :class:`Broken`."""
        queue: asyncio.Queue[Told | Broken] = asyncio.Queue()

        async def listen(pipe: Connection) -> None:
            try:
                while True:
                    told = await _receive(pipe)
                    assert isinstance(told, Told)
                    await queue.put(told)
                    if told.finished:
                        return
            except Broken as broken:
                await queue.put(broken)

        listening = [asyncio.create_task(listen(pipe)) for pipe in self._pipes]
        running = len(listening)
        try:
            while running:
                told = await queue.get()
                if isinstance(told, Broken):
                    raise told
                self.under_way[told.worker] = told.under_way
                running -= told.finished
                yield told
        finally:
            for each in listening:
                each.cancel()


async def _receive(pipe: Connection) -> object:
    try:
        return await asyncio.to_thread(pipe.recv)
    except (EOFError, OSError) as error:
        raise Broken("un processus générateur s'est arrêté / a worker process ended") from error


@asynccontextmanager
async def fleet(tasks: Sequence[Task]) -> AsyncIterator[Fleet]:
    """Processes for the tasks, one each; those still running at the end of the block are ended."""
    context = multiprocessing.get_context("spawn")
    pipes, processes = [], []
    for task in tasks:
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(task, theirs), name=f"load-{task.worker}", daemon=True)
        await asyncio.to_thread(process.start)
        theirs.close()
        pipes.append(ours)
        processes.append(process)
    try:
        yield Fleet(pipes)
    finally:
        for pipe in pipes:
            pipe.close()
        for process in processes:
            await asyncio.to_thread(process.join, 2)
            if process.is_alive():
                process.terminate()


def _work(task: Task, pipe: Connection) -> None:
    """A worker process from its start to its end."""
    factory = None
    if sys.platform != "win32":
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(_worker(task, pipe))


async def _worker(task: Task, pipe: Connection) -> None:
    generator = Generator(task)
    generator.prepare()
    gc.freeze()  # bodies live as long as the process: no collection has to walk them
    pipe.send("ready")
    start = pipe.recv()
    running = asyncio.create_task(generator.run(start))
    while not running.done():
        await asyncio.wait({running}, timeout=TELL_SECONDS)
        generator.note_cpu()
        pipe.send(Told(task.worker, generator.ledger.take(), generator.under_way, running.done()))
    generator.close()
    running.result()
