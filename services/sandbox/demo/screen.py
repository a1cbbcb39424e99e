"""What the demonstration shows in a terminal; plain lines where the output is no terminal."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from time import monotonic

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from sandbox.demo.compare import Cell, Comparison, Target
from sandbox.hospitals.tally import Tally

_WIDE = 150
"""Columns from which names and fractions have room."""
_PLAIN_EVERY = 5.0
"""Seconds between two lines of progress when nobody watches a terminal."""


class Screen:
    """Everything that is printed."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._bar = Progress(
            TextColumn("[bold]journée simulée[/]"), BarColumn(bar_width=None), TaskProgressColumn(), TimeElapsedColumn()
        )
        self._task = self._bar.add_task("day", total=1, start=False)
        self._started = self._last_line = monotonic()
        self._live: Live | None = None

    def banner(self, version: str) -> None:
        """Who speaks."""
        self.console.print(
            Panel(
                f"[bold]Socles {version}[/]: INSi, DMP, MSSanté et Pro Santé Connect simulés, indicateurs en direct\n"
                "[dim]Simulated French national health services. Fictitious patients, local machine only.[/]",
                expand=False,
                border_style="cyan",
            )
        )

    def ready(self, seconds: float, page: str, smtp: tuple[str, int]) -> None:
        """Services are up: the page can be opened at once."""
        self.console.print(
            f"Prêt en {seconds:.1f} s. Indicateurs en direct : [bold underline]{page}[/]", soft_wrap=True
        )
        self.console.print(f"[dim]SMTP (STARTTLS) : {smtp[0]}:{smtp[1]}[/]")

    def attached(self, workspace: str, page: str) -> None:
        """The services were up already: whose workspace is played in, and where it can be watched."""
        self.console.print(f"Bac à sable en marche ; espace de travail [bold]{workspace}[/], vidé pour la journée.")
        self.console.print(f"Indicateurs en direct : [bold underline]{page}[/]", soft_wrap=True)

    def remains(self, page: str) -> None:
        """The day is over and the services go on."""
        self.console.print(f"Les services continuent ; les indicateurs restent sur {page}", soft_wrap=True)

    def playing(self, hospitals: int, acts: int, duration: float, history: int = 0) -> AbstractContextManager[object]:
        """The live part; call ``update`` inside."""
        pace = f"en {duration:g} s" if duration else "aussi vite que possible"
        before = f" après {history} jours plus calmes joués d'un trait" if history else ""
        self.console.print(f"{hospitals} établissements jouent une journée {pace}{before} : {acts} actes.")
        self._started = self._last_line = monotonic()
        if not self.console.is_terminal:
            return nullcontext()
        self._bar.start_task(self._task)
        self._live = Live(console=self.console, refresh_per_second=8, transient=True)
        return self._live

    def update(self, tally: Tally) -> None:
        """Show where the day stands."""
        if self._live is not None:
            self._bar.update(self._task, total=max(tally.planned, 1), completed=tally.done)
            self._live.update(
                Panel(Group(self._bar, _counters(tally, monotonic() - self._started)), border_style="cyan")
            )
        elif monotonic() - self._last_line >= _PLAIN_EVERY:
            self._last_line = monotonic()
            self.console.print(_line(tally), highlight=False)

    def played(self, tally: Tally) -> None:
        """The day is over."""
        self.console.print(_line(tally), highlight=False)

    def table(self, result: Comparison, targets: Mapping[str, Target]) -> None:
        """Establishments × indicators: computed, against target; what differs from the ledger in red."""
        table = Table(title="Indicateurs par établissement (calculé par metrics ; ≠ : attendu d'après l'hôpital)")
        wide = self.console.width >= _WIDE
        table.add_column("FINESS", no_wrap=True)
        if wide:
            table.add_column("Établissement", no_wrap=True, max_width=44, overflow="ellipsis")
        codes = [cell.code for cell in result.rows[0].cells] if result.rows else []
        for code in codes:
            target = targets.get(code)
            goal = f"\n[dim]{target.comparison} {float(target.value) * 100:g} %[/]" if target else "\n"
            table.add_column(code + goal, justify="right", no_wrap=True)
        for row in result.rows:
            cells = (_cell(cell, targets.get(cell.code), wide=wide) for cell in row.cells)
            table.add_row(row.finess, *([row.name] if wide else []), *cells)
        self.console.print(table)

    def verdict(self, result: Comparison) -> None:
        """Whether it adds up."""
        for line in result.trouble[:10]:
            self.console.print(f"[yellow]incident : {line}[/]", highlight=False, soft_wrap=True)
        if result.differences:
            for finess, cell in result.differences[:20]:
                self.console.print(
                    f"[red]{finess} {cell.code} : attendu {cell.expected}, calculé {cell.computed}[/]", highlight=False
                )
        if result.agrees:
            count = sum(len(row.cells) for row in result.rows)
            self.console.print(
                f"[bold green]Tout concorde[/] : {count} indicateurs calculés sont exactement ceux que les hôpitaux "
                "attendent de leurs propres registres."
            )
        else:
            self.console.print(
                "[bold red]Il y a des écarts[/] entre les indicateurs et ce que les hôpitaux ont envoyé."
            )

    def serving(self, lines: Mapping[str, str], commands: list[tuple[str, str]]) -> None:
        """Addresses, and commands to try."""
        table = Table.grid(padding=(0, 2))
        for label, address in lines.items():
            table.add_row(f"[bold]{label}[/]", address)
        self.console.print(Panel(table, title="Les services continuent (Ctrl+C pour arrêter)", expand=False))
        self.console.print("Trois commandes à essayer :")
        for title, command in commands:
            self.console.print(f"[dim]# {title}[/]", highlight=False)
            self.console.print(Text(command), soft_wrap=True, highlight=False)


def _counters(tally: Tally, seconds: float) -> Table:
    grid = Table.grid(padding=(0, 3))
    for label, value in _figures(tally):
        grid.add_row(label, f"[bold]{value}[/]")
    grid.add_row("actes par seconde", f"[bold]{tally.done / seconds if seconds > 0.2 else 0:.0f}[/]")
    return grid


def _figures(tally: Tally) -> list[tuple[str, int]]:
    return [
        ("mouvements de séjours", tally.stays),
        ("appels INSi", tally.calls),
        ("dépôts DMP", tally.deposits),
        ("dont remplacements", tally.replaced),
        ("messages MSSanté", tally.mails),
        ("refusés", tally.refused),
    ]


def _line(tally: Tally) -> str:
    figures = ", ".join(f"{label} {value}" for label, value in _figures(tally))
    return f"{tally.done}/{tally.planned} actes : {figures}"


def _cell(cell: Cell, target: Target | None, *, wide: bool) -> str:
    if not cell.agrees:
        return f"[bold red]{cell.computed} ≠ {cell.expected}[/]"
    value = cell.expected
    if value.denominator is None:
        return str(value)
    if value.denominator == 0:
        return "[dim]n/a[/]"
    percent = f"{100 * value.numerator / value.denominator:.0f} %"
    reached = target.reached(value) if target else None
    colour = {True: "green", False: "yellow", None: "default"}[reached]
    return f"[{colour}]{percent}[/]" + (f" [dim]{value}[/]" if wide else "")
