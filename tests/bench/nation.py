"""A day of the nation as events, in the proportions of domain/indicators.md §4.3.

A second has 33.6 events of the DMP, 23.3 of MSSanté, 14.9 of INSi and 1.8 of stays: 6.4 million a day. Establishments
differ in size as towns do (the n-th is worth 1 ÷ (n + 10)). Documents that end a stay belong to one that has just
ended, two or three to each; a third of them name it (§6.4), the others are found by patient and date. Everything else
is about anyone of two million patients. Several makers may share the work by partition, so that offsets and sequences
are as one relay per service gives them.
"""

import random
from bisect import bisect
from collections import deque
from datetime import UTC, datetime
from itertools import accumulate
from typing import NamedTuple

from bench import forms
from bench.template import Template, instant
from socle.bus.partition import partition_for
from socle.bus.port import Record
from socle.events.topics import PARTITIONS, TOPICS

DAY = 6_400_000
"""Events of a national day."""
ESTABLISHMENTS = 3_700
"""Those that feed the DMP (§4.2)."""
PATIENTS = 2_000_000
_SPREAD = 0x9E3779B97F4A7C15F39CC0605CEDC835
"""Odd: as many hashes as patients."""
PER_ACT = 1.79
"""Events that one act makes, in the mean."""
MORNING = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())

_DEPOSITS, _MAILS, _LOOK_UPS = accumulate((0.389, 0.226, 0.363))
"""Shares of the acts, the rest are stays. A deposit makes 2.1 events, a mail 2.5, a look-up one, a stay two."""
_TYPES = {b"11502-2": 40, b"57833-6": 25, b"11490-0": 10, b"34112-3": 4, b"18748-4": 9, b"11488-4": 12}
"""Types of documents, in percent (§4.1)."""
_EVERY_TYPE = [kind for kind, percent in _TYPES.items() for _ in range(percent)]
_ENDS_A_STAY = frozenset({b"11490-0", b"34112-3"})
_STAY_SECONDS = 3 * 86_400
_ENDED = 4_000
"""Stays that documents may still arrive for."""
_FIRST = 300
"""Stays that are over when the day begins: as many as the documents of the first acts need."""
_LATER = 10_000
"""Acts after which a mail is read, a document replaced, a stay over: in another batch, as in life."""


_SOURCES = {
    "socles.insi.v1": b"/socles/ins_sim/default",
    "socles.dmp.v1": b"/socles/dmp_sim/default",
    "socles.mss.v1": b"/socles/mss_sim/default",
    "socles.stays.v1": b"/socles/metrics/default",
}


class Site(NamedTuple):
    """An establishment and where its events go."""

    eg: bytes
    ej: bytes
    partition: int


class Ended(NamedTuple):
    """A stay: what its documents say of it."""

    site: Site
    stay: bytes
    patient: bytes
    start: bytes
    stop: bytes


class Later(NamedTuple):
    """An event that comes when others have come, and the stay that it ends."""

    act: int
    template: Template
    site: Site
    values: dict[bytes, bytes]
    subject: bytes
    ends: Ended | None = None


def sites_of(count: int) -> list[Site]:
    """Establishments, the largest first; three sites make a legal entity."""
    numbers = [(f"{10_000_000 + n:09d}", f"{20_000_000 + n // 3:09d}") for n in range(count)]
    return [Site(eg.encode(), ej.encode(), partition_for(eg, PARTITIONS)) for eg, ej in numbers]


class Nation:
    """Makes the events of the partitions that fall to ``worker`` of ``workers``, in the order of their logs."""

    def __init__(
        self,
        seed: int,
        *,
        sites: int = ESTABLISHMENTS,
        worker: int = 0,
        workers: int = 1,
        day: int = DAY,
        morning: int = MORNING,
    ) -> None:
        """``day``: events of a whole day; ``morning``: when it begins, in seconds since 1970."""
        self._dice = random.Random(f"{seed}/{worker}")
        every = list(enumerate(sites_of(sites)))
        chosen = [(n, site) for n, site in every if site.partition % workers == worker]
        self._sites = [site for _, site in chosen]
        self._weights = list(accumulate((_weight(n) for n, _ in chosen), initial=0.0))[1:]
        self.share = sum(_weight(n) for n, _ in chosen) / sum(_weight(n) for n, _ in every)
        """The part of the nation's events that this maker has to make."""
        self._seconds = 86_400 * PER_ACT / (day * self.share) if self.share else 0.0
        self._morning = morning
        self._acts = 0
        self._made: list[Record] = []
        self._next = {topic: [0] * spec.partitions for topic, spec in TOPICS.items()}
        self._ended: deque[Ended] = deque(maxlen=_ENDED)
        self._later: deque[Later] = deque()
        self._begin(_FIRST // workers if self._sites else 0)

    def records(self, count: int) -> list[Record]:
        """The next events, each with its place in its partition."""
        while len(self._made) < count:
            self._act()
        found, self._made = self._made[:count], self._made[count:]
        return found

    def _act(self) -> None:
        self._acts += 1
        dice = self._dice
        second = self._morning + int(self._acts * self._seconds)
        at = instant(second)
        while self._later and self._later[0].act <= self._acts:
            self._happen(self._later.popleft(), at)
        site = self._site()
        values = {b"at": at, b"eg": site.eg, b"ej": site.ej, b"exchange": self._uuid()}
        if (draw := dice.random()) < _DEPOSITS:
            self._deposit(site, values, second)
        elif draw < _MAILS:
            self._mailing(site, values, second)
        elif draw < _LOOK_UPS:
            outcome = "00" if dice.random() < 0.9 else "01"
            self._tell(forms.CALLS[outcome], site, values, values[b"exchange"])
        else:
            self._stay(site, values, second)

    def _deposit(self, site: Site, values: dict[bytes, bytes], second: int) -> None:
        named, site = self._about(site, values, second)
        values[b"lid"] = lid = b"urn:uuid:" + self._any()
        values[b"doc"] = b"2.25.%d" % self._dice.getrandbits(96)
        self._tell(forms.SUBMITTED[named], site, values, lid)
        draw = self._dice.random()
        if draw < 0.03:
            self._tell(forms.REJECTED[named], site, values, lid)
            return
        self._tell(forms.REGISTERED[named], site, values, lid)
        if draw > 0.95:
            again = {**values, b"doc": b"2.25.%d" % self._dice.getrandbits(96), b"exchange": self._uuid()}
            for template in (forms.SUBMITTED[named], forms.REPLACED[named]):
                self._later.append(Later(self._acts + _LATER, template, site, again, lid))

    def _mailing(self, site: Site, values: dict[bytes, bytes], second: int) -> None:
        named, site = self._about(site, values, second)
        values[b"ref"] = ref = self._uuid()
        self._tell(forms.ACCEPTED[named], site, values, ref)
        self._tell(forms.DELIVERED[named], site, values, ref)
        if self._dice.random() < 0.5:
            self._later.append(Later(self._acts + _LATER, forms.READ[named], site, values, ref))

    def _begin(self, stays: int) -> None:
        for _ in range(stays):
            site = self._site()
            values = {b"at": instant(self._morning), b"eg": site.eg, b"ej": site.ej, b"exchange": self._uuid()}
            self._stay(site, values, self._morning)
            self._happen(self._later.pop(), values[b"at"])

    def _happen(self, then: Later, at: bytes) -> None:
        self._tell(then.template, then.site, {**then.values, b"at": at}, then.subject)
        if then.ends is not None:
            self._ended.append(then.ends)

    def _site(self) -> Site:
        return self._sites[bisect(self._weights, self._dice.random() * self._weights[-1])]

    def _stay(self, site: Site, values: dict[bytes, bytes], second: int) -> None:
        stay = b"1.2.250.1.999.3.%s^%d" % (site.eg, self._dice.getrandbits(40))
        start, stop = instant(second - _STAY_SECONDS), values[b"at"]
        ended = Ended(site, stay, self._patient(), start, stop)
        values |= {b"stay": stay, b"patient": ended.patient, b"start": start, b"stop": stop}
        self._tell(forms.ADMITTED, site, values, stay)
        self._later.append(Later(self._acts + _LATER, forms.DISCHARGED, site, values, stay, ended))

    def _about(self, site: Site, values: dict[bytes, bytes], second: int) -> tuple[bool, Site]:
        """Whom and what a document is about; whether it names its stay, and the site that sends it."""
        kind = _EVERY_TYPE[int(self._dice.random() * 100)]
        values[b"type"] = kind
        values[b"set"] = b"1.2.250.1.999.4^" + self._any()
        if kind in _ENDS_A_STAY and self._ended:
            ended = self._ended[int(self._dice.random() * len(self._ended))]
            site = ended.site
            values |= {b"eg": site.eg, b"ej": site.ej, b"patient": ended.patient, b"stay": ended.stay}
            values |= {b"start": ended.start, b"stop": ended.stop}
            return self._dice.random() < 1 / 3, site
        values |= {b"patient": self._patient(), b"start": values[b"at"], b"stop": values[b"at"]}
        return False, site

    def _tell(self, template: Template, site: Site, values: dict[bytes, bytes], subject: bytes) -> None:
        """An event as the relay publishes it."""
        topic, at = template.topic, values[b"at"]
        offsets = self._next[topic]
        offset = offsets[site.partition]
        offsets[site.partition] = offset + 1
        headers = (
            ("ce_specversion", b"1.0"),
            ("ce_id", self._uuid()),
            ("ce_source", _SOURCES[topic]),
            ("ce_type", template.type),
            ("ce_time", at),
            ("ce_subject", subject),
            ("ce_recordedtime", at),
            ("ce_sequence", b"%d" % offset),
            ("ce_partitionkey", site.eg),
            ("content-type", b"application/json"),
        )
        self._made.append(Record(topic, site.partition, offset, site.eg, template.fill(values), headers, 0))

    def _uuid(self) -> bytes:
        """A UUID of version 7: the act's number where the time stands, then chance."""
        time, chance = 0x019C_0000_0000 + self._acts, self._dice.getrandbits(72)
        parts = (time >> 16, time & 0xFFFF, chance >> 60, chance >> 48 & 0xFFF, chance & 0xFFFF_FFFF_FFFF)
        return b"%08x-%04x-7%03x-8%03x-%012x" % parts

    def _any(self) -> bytes:
        """An identifier without order: those that editors and registries give lie anywhere in an index."""
        text = b"%032x" % self._dice.getrandbits(128)
        return b"%b-%b-%b-%b-%b" % (text[:8], text[8:12], text[12:16], text[16:20], text[20:])

    def _patient(self) -> bytes:
        """A keyed hash (``Control.patient_ref``) has 32 digits."""
        return b"%032x" % (int(self._dice.random() * PATIENTS) * _SPREAD & (1 << 128) - 1)


def _weight(n: int) -> float:
    """Of the n-th largest establishment."""
    return 1 / (n + 10)
