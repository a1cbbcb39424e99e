"""What the terminal shows while a load runs, and the report after it; plain lines where nobody watches."""

from time import monotonic
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from sandbox.load.acts import PROTOCOLS, Act
from sandbox.load.ledger import Ledger
from sandbox.load.options import LoadOptions
from sandbox.load.outcome import Kind
from sandbox.load.timeline import Sample

_PLAIN_EVERY = 5.0
_BARS = " ▁▂▃▄▅▆▇█"


class Screen:
    """One screen while it runs (``sandbox.load.run.Watcher``)."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None
        self._last_line = 0.0
        self._rates: list[float] = []
        self._peak = self._seconds = 1.0

    def preparing(self, options: LoadOptions, workspace: str, establishments: int) -> None:
        profile = options.profile
        self._peak, self._seconds = profile.curve.peak, profile.curve.duration
        events = profile.curve.peak * profile.events_per_act
        self._console.print(
            f"[bold]{profile.label_fr}[/] [dim]/ {profile.label_en}[/] : {profile.curve.duration:.0f} s, pointe "
            f"{profile.curve.peak:.0f} actes/s = [bold]{events:.0f} événements/s[/] "
            f"({profile.events_per_act:.2f} par acte), {establishments} établissements, espace {workspace}",
            soft_wrap=True,
        )
        self._console.print("[dim]Préparation des messages / rendering bodies …[/]")

    def playing(self) -> None:
        self._last_line = monotonic()
        if self._console.is_terminal:
            self._live = Live(console=self._console, refresh_per_second=4, transient=True)
            self._live.start()

    def sampled(self, sample: Sample, ledger: Ledger) -> None:
        self._rates.append(sample.answered)
        if self._live is not None:
            self._live.update(self._view(sample, ledger))
        elif monotonic() - self._last_line >= _PLAIN_EVERY:
            self._last_line = monotonic()
            self._console.print(self._line(sample), soft_wrap=True)

    def draining(self) -> None:
        self.stop()
        self._console.print("[dim]Tout est envoyé ; attente que tout soit compté / waiting until all is counted …[/]")

    def stop(self) -> None:
        """Leave the live part, if it is on."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _line(self, sample: Sample) -> str:
        slowest = max(sample.p99.values(), default=0.0) * 1000
        fresh = "–" if sample.freshness is None else f"{sample.freshness * 1000:.0f} ms"
        return (
            f"{sample.at:5.0f} s  voulu {sample.wanted:5.0f}/s  répondu {sample.answered:5.0f}/s  en cours "
            f"{sample.under_way:4}  p99 max {slowest:5.0f} ms  refus {sample.refused:.0f}/s  échecs "
            f"{sample.failed:.0f}/s  fraîcheur {fresh}"
        )

    def _view(self, sample: Sample, ledger: Ledger) -> RenderableType:
        table = Table(box=None, pad_edge=False)
        for name in ("", "actes", "p50 ms", "p99 ms", "p99 total", "acceptés", "surcharge", "règle", "échecs"):
            table.add_column(name, justify="right" if name else "left")
        for act in Act:
            if ledger.done(act):
                failed = ledger.count(Kind.LOST, Kind.UNREACHED, Kind.HELD, act=act)
                table.add_row(
                    PROTOCOLS[act],
                    str(ledger.done(act)),
                    _ms(sample.p50.get(act)),
                    _ms(sample.p99.get(act)),
                    _ms(ledger.latencies[act].percentile(0.99)),
                    str(ledger.count(Kind.ACCEPTED, act=act)),
                    _alarm(ledger.count(Kind.OVERLOAD, act=act), "yellow"),
                    str(ledger.count(Kind.RULE, act=act)),
                    _alarm(failed, "red"),
                )
        late = _ms(ledger.lateness.percentile(0.99))
        return Panel(
            Group(
                Text(self._line(sample)),
                Text("".join(self._bar(rate) for rate in self._rates[-100:]), style="cyan"),
                table,
                Text(f"retard du générateur p99 {late} ms ; {sample.at:.0f} s sur {self._seconds:.0f}", style="dim"),
            ),
            title="socles load",
            expand=False,
        )

    def _bar(self, rate: float) -> str:
        return _BARS[min(len(_BARS) - 1, round(rate / self._peak * (len(_BARS) - 1)))]


def _ms(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds * 1000:.0f}"


def _alarm(count: int, style: str) -> Text:
    return Text(str(count), style=style if count else "")


def show(console: Console, report: dict[str, Any]) -> None:
    """The report in the terminal."""
    console.print(_latencies(report))
    fresh, drain, generator = report["freshness"], report["drain"], report["generator"]
    console.print(
        f"Fraîcheur acte → indicateur vu / act → indicator seen: p50 {fresh['probes']['p50']} ms, "
        f"p99 {fresh['probes']['p99']} ms, max {fresh['probes']['max']} ms ({fresh['probes']['count']} sondes)",
        soft_wrap=True,
    )
    console.print(
        f"Générateur / generator: retard p99 {generator['lateness']['p99']} ms, {generator['cpuSeconds']} s de "
        f"processeur ; services {generator['servicesCpuSeconds']} s ; machine {generator['machineCpuSeconds']} s",
        soft_wrap=True,
    )
    console.print(_books(report["books"]))
    for one in report["books"]["differences"]:
        style = "bold red" if one["bad"] else "dim"
        console.print(Text(f"{one['service']:8} {one['count']:7}  {one['fr']} / {one['en']}", style=style))
        for detail in one["details"][:10]:
            console.print(Text(f"{'':18}{detail}", style=style))
    end = f"{drain['seconds']} s" if drain["complete"] else f"NON VIDÉ après / NOT drained after {drain['seconds']} s"
    console.print(f"Vidé après le dernier acte / drained after the last act: {end}")
    console.print(_verdict(report))


def _latencies(report: dict[str, Any]) -> Table:
    table = Table(title=f"{report['throughput']['actsPerSecond']} actes/s, latence en ms depuis l'instant prévu")
    for name in ("protocole", "actes", "p50", "p90", "p99", "p99.9", "max", "acceptés", "surcharge", "règle", "échecs"):
        table.add_column(name, justify="left" if name == "protocole" else "right")
    for one in report["protocols"].values():
        latency, outcomes = one["latency"], one["outcomes"]
        failed = outcomes["lost"] + outcomes["unreached"] + outcomes["held"]
        figures = [latency[name] for name in ("p50", "p90", "p99", "p99.9", "max")]
        counts = [outcomes["accepted"], outcomes["overload"], outcomes["rule"], failed]
        table.add_row(one["name"], str(one["acts"]), *map(str, figures), *map(str, counts))
    return table


def _books(books: dict[str, Any]) -> Table:
    table = Table(title="Les comptes / the books")
    for name in ("service", "envoyés", "acceptés", "évén. attendus", "stockés", "numérotés", "publiés", "comptés"):
        table.add_column(name, justify="left" if name == "service" else "right")
    for row in books["rows"]:
        names = ("sentActs", "acceptedActs", "expectedEvents", "stored", "sequenced", "published", "counted")
        table.add_row(row["service"], *(str(row[name]) for name in names))
    return table


def _verdict(report: dict[str, Any]) -> Text:
    if not report["balanced"]:
        return Text("LES COMPTES NE TOMBENT PAS JUSTE / THE BOOKS DO NOT BALANCE", style="bold red")
    if not report["valid"]:
        return Text(
            "Comptes justes, mais MESURE NON VALABLE : le générateur était en retard "
            "/ the books balance, but the generator was late: INVALID measurement",
            style="bold yellow",
        )
    return Text("Les comptes tombent juste / the books balance", style="bold green")
