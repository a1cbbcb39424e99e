"""The books: sent, accepted, stored, published, counted; each difference has a name, and some names are bad.

Pure arithmetic. What an act whose answer was lost came to is looked up where the service can tell (``Resolved``); where
it cannot, it may have been done or not, and the books balance if what is stored lies between the two.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass

from sandbox.load.acts import EVENTS, SERVICES, TOPICS, Act
from sandbox.load.expected import Between, Indicators, Resolved, Wrong, compare
from sandbox.load.expected import expected as expected_indicators
from sandbox.load.ledger import Ledger
from sandbox.load.outcome import Kind


@dataclass(frozen=True, slots=True)
class Told:
    """What one service and the metrics tell of one topic, for the workspace of the run."""

    stored: int
    """Events ever committed to the outbox."""
    sequenced: int
    """… that the relay has numbered."""
    published: int
    """… that are in the log."""
    counted: int
    """Events that metrics have counted, once each."""
    poison: int = 0
    """Events that metrics could not read or apply, and set aside."""
    duplicates: int = 0
    """Events that came again, and were skipped."""
    missing: int = 0
    """Events whose number metrics saw passed over: they were published, and never came."""

    @property
    def drained(self) -> bool:
        """Nothing is on its way any more."""
        return self.stored == self.sequenced == self.published == self.counted + self.poison + self.missing


@dataclass(frozen=True, slots=True)
class Difference:
    """Why two columns of the books are not equal."""

    service: str
    fr: str
    en: str
    count: int
    bad: bool
    """Nothing explains it: the books do not balance."""
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One service's columns: acts, then events."""

    service: str
    topic: str
    sent: int
    accepted: int
    expected: Between
    """Events that the answered acts emit."""
    told: Told


@dataclass(frozen=True, slots=True)
class Books:
    """Closed."""

    rows: Sequence[Row]
    differences: Sequence[Difference]

    @property
    def balanced(self) -> bool:
        return not any(difference.bad for difference in self.differences)


_NAMES: Mapping[Kind, tuple[str, str]] = {
    Kind.HELD: ("jamais envoyés : trop d'actes en cours", "never sent: too many acts under way"),
    Kind.OVERLOAD: ("refusés pour surcharge", "refused by overload"),
    Kind.RULE: ("refusés par une règle", "refused by rule"),
    Kind.UNREACHED: ("sans connexion, donc pas faits", "no connection, so not done"),
    Kind.LOST: ("réponse perdue", "answer lost"),
}


def close(
    ledger: Ledger,
    told: Mapping[str, Told],
    resolved: Sequence[Resolved],
    indicators: Indicators,
) -> Books:
    """Close the books; ``told`` is keyed by service."""
    rows = [_row(service, ledger, each, resolved) for service, each in told.items()]
    differences = [found for row in rows for found in _differences(row, ledger, resolved)]
    differences += _of_indicators(compare(expected_indicators(ledger, resolved), indicators))
    return Books(rows, differences)


def _row(service: str, ledger: Ledger, told: Told, resolved: Sequence[Resolved]) -> Row:
    acts = [act for act in Act if SERVICES[act] == service]
    held = sum(ledger.count(Kind.HELD, act=act) for act in acts)
    done = sum(ledger.done(act) for act in acts)
    accepted = sum(ledger.count(Kind.ACCEPTED, act=act) for act in acts)
    expected = sum((_expected(act, ledger, resolved) for act in acts), Between(0, 0))
    return Row(service, TOPICS[service], done - held, accepted, expected, told)


def _expected(act: Act, ledger: Ledger, resolved: Sequence[Resolved]) -> Between:
    """Events that the acts of a kind have emitted."""
    events = EVENTS[act]
    sure = sum(
        n * events
        for line, n in ledger.lines.items()
        if line.act is act and (line.kind is Kind.ACCEPTED or (line.kind is Kind.RULE and line.whole))
    )
    found = sum(one.stored is True for one in resolved if one.act.act is act)
    gone = sum(one.stored is False for one in resolved if one.act.act is act)
    unsure = ledger.count(Kind.LOST, act=act) - found - gone
    if act in (Act.DEPOSIT, Act.LOOKUP, Act.CONSULT):  # a refusal whose whole reading is unsure may be told of, or not
        unsure += sum(n for line, n in ledger.lines.items() if line.act is act and _half_read(line.kind, line.whole))
    return Between(sure + found * events, sure + (found + unsure) * events)


def _half_read(kind: Kind, whole: bool) -> bool:
    return kind is Kind.RULE and not whole


def _of_indicators(wrong: Iterable[Wrong]) -> Iterator[Difference]:
    for one in wrong:
        fr, en = f"{one.name} ne suit pas le registre", f"{one.name} differs from the ledger"
        yield Difference("metrics", fr, en, len(one.details), bad=True, details=one.details)


def _differences(row: Row, ledger: Ledger, resolved: Sequence[Resolved]) -> Iterator[Difference]:
    yield from _unaccepted(row.service, ledger, resolved)
    stored, service = row.told.stored, row.service
    if stored < row.expected.low:
        name = "événements d'actes acceptés qui manquent : PERDUS", "events of accepted acts are missing: LOST"
        yield Difference(service, *name, row.expected.low - stored, bad=True)
    elif stored > row.expected.high:
        name = "événements stockés sans acte connu", "events stored that no known act explains"
        yield Difference(service, *name, stored - row.expected.high, bad=True)
    elif stored > row.expected.low:
        name = "événements d'actes dont la réponse s'est perdue", "events of acts whose answer was lost"
        yield Difference(service, *name, stored - row.expected.low, bad=False)
    for count, fr, en in (
        (stored - row.told.sequenced, "stockés, pas encore numérotés par le relais", "stored, not sequenced yet"),
        (row.told.sequenced - row.told.published, "en attente dans le relais", "waiting in the relay"),
        (
            row.told.published - row.told.counted - row.told.poison - row.told.missing,
            "publiés, pas encore comptés (retard)",
            "published, not counted (lag)",
        ),
    ):
        if count > 0:
            yield Difference(service, f"événements {fr}", f"events {en}", count, bad=True)
    twice = row.told.counted + row.told.poison - row.told.published
    if twice > 0:
        name = "événements comptés sans avoir été publiés", "events counted that were never published"
        yield Difference(service, *name, twice, bad=True)
    if row.told.poison:
        name = "événements mis de côté (illisibles)", "events set aside (poison)"
        yield Difference(service, *name, row.told.poison, bad=True)
    if row.told.missing:
        name = "événements publiés, jamais reçus : PERDUS", "events published that never came: LOST"
        yield Difference(service, *name, row.told.missing, bad=True)
    if row.told.duplicates:
        name = "événements reçus deux fois, comptés une", "events that came twice, counted once"
        yield Difference(service, *name, row.told.duplicates, bad=False)


def _unaccepted(service: str, ledger: Ledger, resolved: Sequence[Resolved]) -> Iterator[Difference]:
    """Acts that were offered and not accepted, by what became of them."""
    for kind, (fr, en) in _NAMES.items():
        codes: Counter[str] = Counter()
        for line, n in ledger.lines.items():
            if line.kind is kind and SERVICES[line.act] == service:
                codes[f"{line.act} {line.code}".strip()] += n
        if codes:
            details = [f"{name} : {n}" for name, n in codes.most_common()]
            if kind is Kind.LOST:
                details += [_named(one) for one in resolved if SERVICES[one.act.act] == service]
            yield Difference(service, f"actes {fr}", f"acts {en}", codes.total(), bad=False, details=tuple(details))


def _named(one: Resolved) -> str:
    became = {True: "fait / done", False: "pas fait / not done", None: "indécidable / cannot be told"}[one.stored]
    return f"{one.act.act} {one.act.finess} {one.act.name} ({one.act.reason}) : {became}"


def since(before: Mapping[str, Told], now: Mapping[str, Told]) -> dict[str, Told]:
    """What was added since the run began, in a workspace that was not empty."""
    nothing = Told(0, 0, 0, 0)
    return {service: _less(each, before.get(service, nothing)) for service, each in now.items()}


def _less(now: Told, before: Told) -> Told:
    return Told(*(after - earlier for after, earlier in zip(astuple(now), astuple(before), strict=True)))
