"""The report as plain data: what ``--json`` prints, and what the terminal and the HTML file are made from."""

from typing import Any

from sandbox.load import machine
from sandbox.load.acts import EVENTS, PROTOCOLS, Act
from sandbox.load.books import Books
from sandbox.load.documents import shares
from sandbox.load.histogram import Histogram
from sandbox.load.ledger import Ledger
from sandbox.load.outcome import Kind
from sandbox.load.run import Result
from sandbox.load.timeline import Sample

PERCENTILES = (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999))


def as_json(result: Result) -> dict[str, Any]:
    """Everything, in JSON's types; durations in milliseconds unless the name says otherwise."""
    options, ledger = result.options, result.ledger
    answered = ledger.count(Kind.ACCEPTED, Kind.RULE, Kind.OVERLOAD)
    events = sum(row.told.stored for row in result.books.rows)
    return {
        "valid": result.valid,
        "balanced": result.books.balanced,
        "workspace": result.workspace,
        "began": result.began.isoformat(timespec="seconds"),
        "load": {
            "profile": options.profile.name,
            "labelFr": options.profile.label_fr,
            "labelEn": options.profile.label_en,
            "arrivals": options.spacing,
            "seed": options.seed,
            "workers": options.workers,
            "establishments": result.establishments,
            "seconds": round(options.profile.curve.duration, 1),
            "peakActsPerSecond": round(options.profile.curve.peak, 1),
            "peakEventsPerSecond": round(options.profile.curve.peak * options.profile.events_per_act, 1),
            "eventsPerAct": round(options.profile.events_per_act, 3),
            "mix": {str(act): weight for act, weight in options.profile.mix.items()},
            "documents": {family: round(share, 4) for family, share in shares(options.profile.documents)},
        },
        "throughput": {
            "offered": ledger.offered,
            "sent": ledger.sent,
            "answered": answered,
            "accepted": ledger.count(Kind.ACCEPTED),
            "seconds": round(result.seconds, 2),
            "actsPerSecond": round(answered / result.seconds, 1),
            "eventsPerSecond": round(events / result.seconds, 1),
            "megabytesSent": round(ledger.bytes_sent / 1e6, 1),
        },
        "protocols": {str(act): _protocol(ledger, act) for act in Act if ledger.done(act)},
        "generator": {
            "lateness": percentiles(ledger.lateness),
            "bound": _ms(options.late_bound),
            "cpuSeconds": round(result.used.generator, 2),
            "servicesCpuSeconds": _rounded(result.used.services),
            "machineCpuSeconds": _rounded(result.used.machine),
            "shareOfMachine": _share(result.used.generator, result.used.machine),
        },
        "freshness": {
            "probes": {**percentiles(result.freshness.probes), "unseen": len(result.freshness.pending)},
            "probesFailed": result.freshness.failed,
            "changes": percentiles(result.freshness.changes),
            "streamBroken": result.freshness.broken,
        },
        "drain": {"seconds": round(result.drained.seconds, 2), "complete": result.drained.complete},
        "books": books_json(result.books),
        "timeline": [_sample(sample) for sample in result.samples],
        "machine": machine.facts(),
    }


def _protocol(ledger: Ledger, act: Act) -> dict[str, Any]:
    outcomes = {str(kind): ledger.count(kind, act=act) for kind in Kind}
    codes: dict[str, dict[str, int]] = {}
    for line, n in sorted(ledger.lines.items()):
        if line.act is act and line.code:
            kind = codes.setdefault(str(line.kind), {})
            kind[line.code] = kind.get(line.code, 0) + n
    return {
        "name": PROTOCOLS[act],
        "eventsPerAct": EVENTS[act],
        "acts": ledger.done(act),
        "outcomes": outcomes,
        "codes": codes,
        "latency": percentiles(ledger.latencies[act]),
    }


def percentiles(histogram: Histogram) -> dict[str, Any]:
    """Percentiles in milliseconds; null when nothing was measured."""
    found: dict[str, Any] = {name: _ms(histogram.percentile(share)) for name, share in PERCENTILES}
    return {"count": histogram.total, **found, "max": _ms(histogram.maximum) if histogram.total else None}


def books_json(books: Books) -> dict[str, Any]:
    """Columns and differences."""
    return {
        "balanced": books.balanced,
        "rows": [
            {
                "service": row.service,
                "topic": row.topic,
                "sentActs": row.sent,
                "acceptedActs": row.accepted,
                "expectedEvents": str(row.expected),
                "stored": row.told.stored,
                "sequenced": row.told.sequenced,
                "published": row.told.published,
                "counted": row.told.counted,
                "poison": row.told.poison,
                "duplicates": row.told.duplicates,
                "missing": row.told.missing,
            }
            for row in books.rows
        ],
        "differences": [
            {
                "service": one.service,
                "fr": one.fr,
                "en": one.en,
                "count": one.count,
                "bad": one.bad,
                "details": list(one.details),
            }
            for one in books.differences
        ],
    }


def _sample(sample: Sample) -> dict[str, Any]:
    return {
        "at": round(sample.at, 1),
        "wanted": round(sample.wanted, 1),
        "sent": round(sample.sent, 1),
        "answered": round(sample.answered, 1),
        "refused": round(sample.refused, 1),
        "failed": round(sample.failed, 1),
        "underWay": sample.under_way,
        "p50": {str(act): _ms(value) for act, value in sample.p50.items()},
        "p99": {str(act): _ms(value) for act, value in sample.p99.items()},
        "freshness": _ms(sample.freshness),
    }


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 1)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _share(part: float, whole: float | None) -> float | None:
    return round(part / whole, 3) if whole else None
