"""The report as one HTML file that needs nothing else: French with English beside it, light and dark."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from sandbox.load.charts import Series, chart

_STYLE = Path(__file__).with_name("style.css")
_TONES = {"lookup": "ta", "deposit": "tb", "consult": "td", "mail": "tc", "stay": "te"}
_LATENCY = ("p50", "p90", "p99", "p99.9", "max")


def page(report: dict[str, Any]) -> str:
    """The whole document. Reads the style sheet from the package: call it in a thread."""
    load = report["load"]
    body = "".join(
        (
            f"<h1>{escape(load['labelFr'])} <small>{escape(load['labelEn'])}</small></h1>",
            f'<p class="soft">{_head(report)}</p>',
            _verdict(report),
            _tiles(report),
            _rates(report),
            "<h2>Latences par protocole <small>Latency by protocol</small></h2>",
            _latencies(report),
            _curves(report),
            "<h2>Fraîcheur des indicateurs <small>Freshness of the indicators</small></h2>",
            _freshness(report),
            "<h2>Les comptes <small>The books</small></h2>",
            _books(report["books"]),
            "<h2>Conditions <small>Conditions</small></h2>",
            _conditions(report),
        )
    )
    return (
        '<!doctype html><html lang="fr"><head><meta charset="utf-8"><link rel="icon" href="data:,">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Socles : charge / load</title>'
        f"<style>{_STYLE.read_text(encoding='utf-8')}</style></head><body><main>{body}</main></body></html>\n"
    )


def _head(report: dict[str, Any]) -> str:
    load = report["load"]
    return escape(
        f"{report['began']} · {load['seconds']:g} s · {load['establishments']} établissements · espace "
        f"{report['workspace']} · arrivées {load['arrivals']} · graine {load['seed']}"
    )


def _verdict(report: dict[str, Any]) -> str:
    if not report["balanced"]:
        return _said("bad", "Les comptes ne tombent pas juste.", "The books do not balance: see below.")
    if not report["valid"]:
        late = report["generator"]["lateness"]["p99"]
        return _said(
            "warn",
            f"Les comptes tombent juste, mais la mesure n'est pas valable : générateur en retard de {late} ms (p99).",
            "The books balance, but the generator was late: the latencies measure the generator too.",
        )
    return _said("good", "Les comptes tombent juste, à l'unité.", "The books balance, to the unit.")


def _said(css: str, fr: str, en: str) -> str:
    return f'<div class="verdict {css}">{escape(fr)}<small>{escape(en)}</small></div>'


def _tiles(report: dict[str, Any]) -> str:
    done, fresh = report["throughput"], report["freshness"]["probes"]
    refused = sum(one["outcomes"]["overload"] for one in report["protocols"].values())
    tiles = (
        (f"{done['eventsPerSecond']:g}/s", "événements stockés", "events stored"),
        (f"{done['actsPerSecond']:g}/s", "actes répondus", "acts answered"),
        (str(done["accepted"]), "actes acceptés", "acts accepted"),
        (str(refused), "refus pour surcharge", "refused by overload"),
        (_value(fresh["p99"], "ms"), "fraîcheur p99", "freshness p99"),
        (f"{report['drain']['seconds']:g} s", "pour tout compter ensuite", "until all was counted"),
    )
    return (
        '<div class="tiles">'
        + "".join(f'<div class="tile"><b>{b}</b><span>{fr}</span><span>{en}</span></div>' for b, fr, en in tiles)
        + "</div>"
    )


def _value(value: float | None, unit: str) -> str:
    return "–" if value is None else f"{value:g} {unit}"


def _times(report: dict[str, Any]) -> list[float]:
    return [sample["at"] for sample in report["timeline"]]


def _rates(report: dict[str, Any]) -> str:
    samples = report["timeline"]
    return chart(
        _times(report),
        [
            Series("voulu / wanted", "thin", [one["wanted"] for one in samples]),
            Series("répondu / answered", "ta", [one["answered"] for one in samples]),
            Series("surcharge / overload", "tb", [one["refused"] for one in samples]),
            Series("sans réponse / failed", "te", [one["failed"] for one in samples]),
        ],
        unit="actes/s",
        title="Débit / rate",
    )


def _curves(report: dict[str, Any]) -> str:
    return "".join(
        chart(
            _times(report),
            [
                Series(
                    report["protocols"][act]["name"], _TONES[act], [one[name].get(act) for one in report["timeline"]]
                )
                for act in report["protocols"]
            ],
            unit="ms",
            title=f"Latence {name} / latency {name}",
        )
        for name in ("p50", "p99")
    )


def _latencies(report: dict[str, Any]) -> str:
    heads = [("Protocole", "Protocol"), ("Actes", "Acts"), *((f"{name} ms", "") for name in _LATENCY)]
    heads += [("Acceptés", "Accepted"), ("Surcharge", "Overload"), ("Règle", "Rule"), ("Sans réponse", "Failed")]
    rows = []
    for one in report["protocols"].values():
        outcomes = one["outcomes"]
        failed = outcomes["lost"] + outcomes["unreached"] + outcomes["held"]
        rows.append(
            [
                *(one["name"], one["acts"]),
                *(one["latency"][name] for name in _LATENCY),
                *(outcomes["accepted"], outcomes["overload"], outcomes["rule"], failed),
            ]
        )
    codes = "".join(
        f"<li>{escape(one['name'])} · {escape(kind)} : "
        + ", ".join(f"{escape(code)} × {n}" for code, n in found.items())
        + "</li>"
        for one in report["protocols"].values()
        for kind, found in one["codes"].items()
    )
    return (
        "<p class=\"soft\">Depuis l'instant prévu de chaque acte, files d'attente comprises. "
        "<small>From each act's intended moment, queues included.</small></p>"
        + _table(heads, rows)
        + f"<details><summary>Codes</summary><ul>{codes}</ul></details>"
    )


def _freshness(report: dict[str, Any]) -> str:
    fresh = report["freshness"]
    rows = [
        ["Sondes : acte → vu dans le flux / probes: act → seen on the stream", *_row(fresh["probes"])],
        ["Flux : pire événement de chaque lot / worst event of each batch", *_row(fresh["changes"])],
    ]
    heads = [("Mesure", "Measure"), ("Nombre", "Count"), *((f"{name} ms", "") for name in _LATENCY)]
    drawn = chart(
        _times(report),
        [Series("sonde la plus lente / slowest probe", "tc", [one["freshness"] for one in report["timeline"]])],
        unit="ms",
        title="Fraîcheur / freshness",
    )
    notes = f"{fresh['probes']['unseen']} sondes jamais vues, {fresh['probesFailed']} sans réponse"
    return (
        drawn + _table(heads, rows) + f'<p class="soft">{notes} <small>(probes never seen, without answer)</small></p>'
    )


def _row(found: dict[str, Any]) -> list[object]:
    return [found["count"], *(found[name] for name in _LATENCY)]


def _books(books: dict[str, Any]) -> str:
    heads = [("Service", ""), ("Actes envoyés", "Acts sent"), ("Actes acceptés", "Acts accepted")]
    heads += [("Événements attendus", "Events expected"), ("Stockés", "Stored"), ("Numérotés", "Sequenced")]
    heads += [("Publiés", "Published"), ("Comptés", "Counted")]
    names = ("service", "sentActs", "acceptedActs", "expectedEvents", "stored", "sequenced", "published", "counted")
    rows = [[row[name] for name in names] for row in books["rows"]]
    differences = "".join(
        f'<tr class="{"bad" if one["bad"] else ""}"><td>{escape(one["service"])}</td><td>{one["count"]}</td>'
        f'<td class="text">{escape(one["fr"])} <small class="soft">{escape(one["en"])}</small>{_details(one)}</td></tr>'
        for one in books["differences"]
    )
    head = (
        "<tr><th>Service</th><th>Nombre<small>Count</small></th>"
        '<th class="text">Différence<small>Difference</small></th></tr>'
    )
    table = f'<div class="scroll"><table>{head}{differences}</table></div>' if differences else ""
    return _table(heads, rows) + "<p></p>" + table


def _details(one: dict[str, Any]) -> str:
    if not one["details"]:
        return ""
    items = "".join(f"<li>{escape(line)}</li>" for line in one["details"])
    return (
        f"<details><summary>Détail <small>Details</small> ({len(one['details'])})</summary><ul>{items}</ul></details>"
    )


def _conditions(report: dict[str, Any]) -> str:
    machine, generator, load = report["machine"], report["generator"], report["load"]
    share = generator["shareOfMachine"]
    lines = (
        f"Machine : {machine['processors']} processeurs, {machine['memoryMB']} Mo, {machine['system']}, "
        f"Python {machine['python']}",
        f"Processeur pendant la charge / processor time: générateur {generator['cpuSeconds']} s, services "
        f"{generator['servicesCpuSeconds']} s, machine entière {generator['machineCpuSeconds']} s"
        + (f" (générateur {share:.0%})" if share is not None else ""),
        f"Retard du générateur / generator lateness: p99 {generator['lateness']['p99']} ms, max "
        f"{generator['lateness']['max']} ms, admis / allowed {generator['bound']} ms",
        f"{load['eventsPerAct']} événements par acte / events per act; mix "
        + ", ".join(f"{act} {weight:g}" for act, weight in load["mix"].items()),
        "Documents : " + ", ".join(f"{family} {share:.0%}" for family, share in load["documents"].items()),
        f"{report['throughput']['megabytesSent']} Mo envoyés / MB sent, {load['workers']} processus / processes",
    )
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _table(heads: Sequence[tuple[str, str]], rows: Sequence[Sequence[object]]) -> str:
    top = "".join(f"<th>{fr}<small>{en}</small></th>" for fr, en in heads)
    cells = "".join("<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><tr>{top}</tr>{cells}</table></div>'


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    return f"{value:,}".replace(",", "\u202f") if isinstance(value, int | float) else escape(str(value))
