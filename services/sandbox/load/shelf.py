"""All bodies of one worker: rendered before the clock runs, the rarest ones when they are first asked for."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import accumulate, product
from random import Random
from typing import TypeVar, cast

from sandbox.hospitals.hospital import Hospital
from sandbox.load import bodies, mails
from sandbox.load.acts import Act
from sandbox.load.bodies import DepositRequest, Request, Target
from sandbox.load.documents import Spec, specs
from sandbox.load.mails import MailRequest
from sandbox.load.task import Task

SKEW = 0.8
"""Exponent of Zipf's law over the establishments: few send much, as in life (domain/indicators.md §4.2)."""
LARGE_SITES = 8
"""Only so many sites send scanned pages: each holds its own copies of them in memory."""
WARM = 480
"""Bodies rendered before the start, the likeliest first."""

T = TypeVar("T")
Weights = tuple[list[Spec], list[float]]


class Shelf:
    """Sites with their weights, and bodies by site and kind."""

    def __init__(self, task: Task) -> None:
        self._now = datetime.now(UTC).replace(microsecond=0)
        self._dice = Random(f"{task.seed}/bodies/{task.worker}")  # noqa: S311 - to be repeated
        self._targets = {service: Target(url, task.workspace) for service, url in task.urls.items()}
        self.sites: Sequence[Hospital] = task.hospitals
        weights = [(rank + 1) ** -SKEW for rank in range(len(self.sites))]
        self._weights = weights
        self.of_all = self._sites(lambda _: True)
        self.of_mail = self._sites(lambda site: bool(site.correspondents))
        self.of_stays = self._sites(lambda site: site.field is not None)
        self.deposits = _weighted(specs(task.documents, large=task.large))
        self.mails = _weighted(specs(task.documents, large=False))
        self._large = task.large
        self._mix = task.mix
        self._made: dict[tuple[object, ...], object] = {}

    def _sites(self, wanted: Callable[[Hospital], bool]) -> tuple[list[int], list[float]]:
        chosen = [number for number, site in enumerate(self.sites) if wanted(site)]
        return chosen, list(accumulate(self._weights[number] for number in chosen))

    def warm(self) -> None:
        """Render the likeliest bodies."""
        wanted: list[tuple[float, Callable[[], object]]] = []
        for number in range(len(self.sites)):
            weight = self._weights[number]
            wanted += [(weight * 100, partial(self.lookup, number))]
            wanted += [(weight * 50, partial(self.stay, number, discharged=out)) for out in (True, False)]
        for act, make, site_of, kinds in (
            (Act.DEPOSIT, self.deposit, self.of_all, self.deposits),
            (Act.MAIL, self.mail, self.of_mail, self.mails),
        ):
            if self._mix.get(act):
                likely = _apart(kinds)
                wanted += [
                    (self._weights[number] * likely[spec], partial(make, number, spec))
                    for number, spec in product(site_of[0], likely)
                    if not spec.kilobytes or number < LARGE_SITES
                ]
        wanted.sort(key=lambda each: -each[0])
        for _, make_one in wanted[:WARM]:
            make_one()

    def lookup(self, number: int) -> Request:
        site = self.sites[number]
        return self._kept(
            (Act.LOOKUP, number),
            lambda: bodies.lookup(self._targets["ins_sim"], site, self._dice.choice(site.residents).patient),
        )

    def stay(self, number: int, *, discharged: bool) -> Request:
        """Admission and discharge tell of the same patient."""
        site = self.sites[number]
        patient = site.residents[number % len(site.residents)].patient
        return self._kept(
            (Act.STAY, number, discharged),
            lambda: bodies.stay(self._targets["metrics"], site, patient, self._now, discharged=discharged),
        )

    def deposit(self, number: int, spec: Spec, *, flawed: bool = False) -> DepositRequest:
        return self._kept(
            (Act.DEPOSIT, number, spec, flawed),
            lambda: bodies.deposit(
                self._targets["dmp_sim"], self.sites[number], spec, self._dice, self._now, flawed=flawed
            ),
        )

    def mail(self, number: int, spec: Spec) -> MailRequest:
        return self._kept((Act.MAIL, number, spec), lambda: mails.mail(self.sites[number], spec, self._dice, self._now))

    def _kept(self, key: tuple[object, ...], make: Callable[[], T]) -> T:
        if key not in self._made:
            self._made[key] = make()
        return cast(T, self._made[key])


def _weighted(weights: Mapping[Spec, float]) -> Weights:
    return list(weights), list(accumulate(weights.values()))


def _apart(weights: Weights) -> dict[Spec, float]:
    kinds, sums = weights
    return {kind: after - before for kind, before, after in zip(kinds, [0.0, *sums], sums, strict=False)}
