"""Open loop: each act begins at its own moment, whatever became of those before it (no coordinated omission)."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from random import Random
from time import monotonic
from typing import NamedTuple

from sandbox.clients.mail import trusting_context
from sandbox.load import marks
from sandbox.load.acts import SERVICES, Act
from sandbox.load.address import host_and_port
from sandbox.load.curve import Curve, arrivals
from sandbox.load.documents import Spec
from sandbox.load.http import HttpPool, Lost, Unreached
from sandbox.load.ledger import KEPT_LOST, Ledger, LostAct
from sandbox.load.outcome import Kind, Outcome, of_http, of_smtp
from sandbox.load.shelf import LARGE_SITES, Shelf
from sandbox.load.smtp import SmtpPool
from sandbox.load.task import Task

_RECENT = 20
"""A document belongs to one of so many last stays of its site."""


class _Sending(NamedTuple):
    """An act on its way."""

    act: Act
    site: int
    due: float
    name: str
    flawed: bool = False
    discharge: bool = False


class Generator:
    """One worker at work. It fills :attr:`ledger`; read it with ``ledger.take()``."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self.ledger = Ledger()
        self.under_way = 0
        self._shelf = Shelf(task)
        self._ids = marks.Ids(f"{task.load_id}/{task.seed}/{task.worker}")
        self._dice = Random(f"{task.seed}/acts/{task.worker}")  # noqa: S311 - to be repeated
        limits = task.limits
        self._http = {
            service: HttpPool(*host_and_port(url), connections=limits.connections, timeout=limits.timeout)
            for service, url in task.urls.items()
        }
        self._smtp = SmtpPool(
            *task.smtp,
            trusting_context(),
            workspace=task.workspace,
            reuse=limits.mails_per_connection,
            connections=limits.connections,
            timeout=limits.timeout,
        )
        self._stays = [0] * len(task.hospitals)
        self._admitted: list[deque[str]] = [deque() for _ in task.hospitals]
        self._deposited: dict[int, tuple[Spec, str]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._cpu = 0.0

    def prepare(self) -> None:
        """Render bodies; may take a second or two, and blocks."""
        self._shelf.warm()

    async def run(self, start: float) -> None:
        """Play the curve from ``start`` (``time.monotonic``, the same for all processes of a machine) to its end.

        Returns when every act has its answer, or has given up waiting for it.
        """
        task = self._task
        acts, weights = list(task.mix), list(task.mix.values())
        self._cpu = time.process_time()
        for moment in arrivals(
            Curve(task.points),
            spacing=task.spacing,
            seed=str(task.seed),
            worker=task.worker,
            workers=task.workers,
        ):
            due = start + moment
            wait = due - monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            elif self.ledger.offered % 64 == 0:
                await asyncio.sleep(0)  # behind: let answers in all the same
            self._begin(self._dice.choices(acts, weights)[0], due)
        if self._tasks:
            await asyncio.wait(self._tasks)
        self.note_cpu()

    def note_cpu(self) -> None:
        """Book the processor time used since the last call."""
        now = time.process_time()
        self.ledger.cpu += now - self._cpu
        self._cpu = now

    def close(self) -> None:
        """Drop all connections."""
        for pool in self._http.values():
            pool.close()
        self._smtp.close()

    def _begin(self, act: Act, due: float) -> None:
        ledger = self.ledger
        ledger.offered += 1
        ledger.lateness.add(max(0.0, monotonic() - due))
        if self.under_way >= self._task.limits.in_flight:
            site = self._site(self._shelf.of_all)
            ledger.enter(act, self._finess(site), Outcome(Kind.HELD), None)
            return
        self.under_way += 1
        ledger.sent += 1
        running = asyncio.get_running_loop().create_task(self._do(act, due))
        self._tasks.add(running)
        running.add_done_callback(self._tasks.discard)

    async def _do(self, act: Act, due: float) -> None:
        try:
            if act is Act.MAIL:
                await self._mail(due)
            elif act is Act.DEPOSIT:
                await self._deposit(due)
            elif act is Act.CONSULT:
                await self._consult(due)
            elif act is Act.STAY:
                await self._stay(due)
            else:
                site = self._site(self._shelf.of_all)
                values = self._ids.values(int(time.time()))
                await self._post(_Sending(act, site, due, ""), self._shelf.lookup(site).fill(values))
        finally:
            self.under_way -= 1

    async def _deposit(self, due: float) -> None:
        shelf, dice = self._shelf, self._dice
        kinds, sums = shelf.deposits
        spec, site = dice.choices(kinds, cum_weights=sums)[0], self._site(shelf.of_all)
        flawed = dice.random() < self._task.flaws
        if flawed:
            spec = Spec("11502-2", "N3")
        elif spec.kilobytes:
            site %= LARGE_SITES
        values = self._ids.values(int(time.time()), stay=self._some_stay(site))
        name = values[marks.DOCUMENT].decode()
        body = shelf.deposit(site, spec, flawed=flawed).fill(values)
        outcome = await self._post(_Sending(Act.DEPOSIT, site, due, name, flawed), body)
        if outcome.kind is Kind.ACCEPTED:
            self._deposited[site] = spec, name

    async def _consult(self, due: float) -> None:
        """Of the document deposited last by the site; before there is one, of one that does not exist."""
        site = self._site(self._shelf.of_all)
        values = self._ids.values(int(time.time()))
        spec, name = self._deposited.get(site, (self._shelf.deposits[0][0], values[marks.DOCUMENT].decode()))
        values[marks.DOCUMENT] = name.encode()
        await self._post(_Sending(Act.CONSULT, site, due, ""), self._shelf.deposit(site, spec).consult.fill(values))

    async def _stay(self, due: float) -> None:
        """The discharge of a stay whose admission was accepted; without one, an admission."""
        site = self._site(self._shelf.of_stays)
        discharge = bool(self._admitted[site])
        if discharge:
            extension = self._admitted[site].popleft()
        else:
            extension = self._extension(self._stays[site])
            self._stays[site] += 1
        body = self._shelf.stay(site, discharged=discharge).fill(self._ids.values(int(time.time()), stay=extension))
        outcome = await self._post(_Sending(Act.STAY, site, due, extension, discharge=discharge), body)
        if outcome.kind is Kind.ACCEPTED and not discharge:
            self._admitted[site].append(extension)

    async def _post(self, sending: _Sending, body: bytes) -> Outcome:
        self.ledger.bytes_sent += len(body)
        try:
            outcome = of_http(sending.act, *await self._http[SERVICES[sending.act]].ask(body))
        except Unreached as error:
            outcome = Outcome(Kind.UNREACHED, str(error))
        except Lost as error:
            outcome = Outcome(Kind.LOST, str(error))
        self._end(sending, outcome)
        return outcome

    async def _mail(self, due: float) -> None:
        kinds, sums = self._shelf.mails
        site = self._site(self._shelf.of_mail)
        mail = self._shelf.mail(site, self._dice.choices(kinds, cum_weights=sums)[0])
        values = self._ids.values(int(time.time()), stay=self._some_stay(site))
        content = mail.fill(values)
        self.ledger.bytes_sent += len(content)
        try:
            reply = await self._smtp.send(mail.sender, mail.password, mail.recipient, content)
            outcome = of_smtp(reply)
        except Unreached as error:
            outcome = Outcome(Kind.UNREACHED, str(error))
        except Lost as error:
            outcome = Outcome(Kind.LOST, str(error))
        self._end(_Sending(Act.MAIL, site, due, mail.message_id(values)), outcome)

    def _end(self, sending: _Sending, outcome: Outcome) -> None:
        finess = self._finess(sending.site)
        self.ledger.enter(sending.act, finess, outcome, monotonic() - sending.due, discharge=sending.discharge)
        if outcome.kind is Kind.LOST and len(self.ledger.lost) < KEPT_LOST:
            self.ledger.lost.append(
                LostAct(sending.act, finess, sending.name, outcome.code, sending.flawed, sending.discharge)
            )

    def _site(self, among: tuple[Sequence[int], Sequence[float]]) -> int:
        return self._dice.choices(among[0], cum_weights=among[1])[0]

    def _finess(self, site: int) -> str:
        return self._shelf.sites[site].site.finess_eg

    def _some_stay(self, site: int) -> str:
        newest = self._stays[site]
        return self._extension(self._dice.randint(max(0, newest - _RECENT), newest))

    def _extension(self, number: int) -> str:
        """As long as its mark; the site's own root stands before it."""
        return f"S-{self._task.load_id:0>12.12}-{self._task.worker:02d}-{number:08d}"
