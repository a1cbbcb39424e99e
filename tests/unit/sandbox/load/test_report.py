"""The report: its verdict and exit code, its page and charts."""

from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from sandbox.load.acts import TOPICS, Act
from sandbox.load.audit import Accounts, Drained
from sandbox.load.books import Books, Difference, Row, Told
from sandbox.load.charts import Series, chart
from sandbox.load.command import BALANCED, INVALID, UNBALANCED, exit_code
from sandbox.load.expected import Between
from sandbox.load.freshness import Freshness
from sandbox.load.histogram import Histogram
from sandbox.load.html import page
from sandbox.load.ledger import Ledger
from sandbox.load.options import LoadOptions
from sandbox.load.outcome import Kind, Outcome
from sandbox.load.profiles import named
from sandbox.load.report import as_json
from sandbox.load.run import Result, Used
from sandbox.load.timeline import Timeline


def result(*, late: float = 0.001, difference: Difference | None = None) -> Result:
    ledger, timeline = Ledger(offered=3, sent=3), Timeline()
    for outcome in (Outcome(Kind.ACCEPTED), Outcome(Kind.OVERLOAD, "<451>"), Outcome(Kind.LOST, "timeout")):
        ledger.enter(Act.MAIL, "690000001", outcome, 0.02)
    ledger.lateness = Histogram.of([late] * 100)
    timeline.add(ledger)
    for second in (1.0, 2.0, 3.0):
        timeline.close(second, 10.0, 1, Histogram.of([0.2]))
    rows = [Row(service, topic, 3, 1, Between(2, 4), Told(2, 2, 2, 2)) for service, topic in TOPICS.items()]
    freshness = Freshness()
    freshness.changed(40)
    return Result(
        LoadOptions(named("burst"), dict.fromkeys(TOPICS, "http://host"), ("host", 25)),
        "load-<1>",
        20,
        datetime(2026, 3, 4, tzinfo=UTC),
        3.0,
        ledger,
        timeline.samples,
        freshness,
        Drained(Accounts({}, {}), 0.5, True),
        Books(rows, [difference] if difference else []),
        Used(0.5, 4.0, None),
    )


LACK = Difference("mss_sim", "PERDUS", "LOST", 2, bad=True, details=("<one>",))
NAMED = replace(LACK, bad=False)


@pytest.mark.parametrize(
    ("late", "difference", "code", "css"),
    [
        (0.001, None, BALANCED, "good"),
        (0.001, NAMED, BALANCED, "good"),
        (0.001, LACK, UNBALANCED, "bad"),
        (0.5, None, INVALID, "warn"),
        (0.5, LACK, UNBALANCED, "bad"),
    ],
)
def test_the_verdict_is_the_exit_code(late: float, difference: Difference | None, code: int, css: str) -> None:
    report = as_json(result(late=late, difference=difference))

    assert exit_code(report) == code
    assert f'class="verdict {css}"' in page(report)


def test_figures_are_those_of_the_ledger() -> None:
    report = as_json(result())
    mail = report["protocols"]["mail"]

    assert list(report["protocols"]) == ["mail"]
    assert mail["outcomes"] == {"accepted": 1, "overload": 1, "rule": 0, "unreached": 0, "lost": 1, "held": 0}
    assert mail["codes"] == {"overload": {"<451>": 1}, "lost": {"timeout": 1}}
    assert mail["latency"]["p50"] == pytest.approx(20, rel=0.011)
    assert report["throughput"]["eventsPerSecond"] == pytest.approx(8 / 3, abs=0.1)
    assert report["freshness"]["changes"]["max"] == 40
    assert report["freshness"]["probes"]["p99"] is None
    assert report["load"]["peakEventsPerSecond"] == 1150


class _Checked(HTMLParser):
    """Fails on tags that do not nest, and on anything fetched from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not {"src", "href"} & {name for name, value in attrs if not (value or "").startswith("data:")}
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nests by itself."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def checked(html: str) -> _Checked:
    parser = _Checked()
    parser.feed(html)
    assert parser.open == []
    return parser


def test_the_page_nests_and_shows_what_it_is_told_as_text() -> None:
    found = checked(page(as_json(result(difference=LACK))))

    assert "<451>" in found.text
    assert "<one>" in found.text
    assert "load-<1>" in found.text
    assert "url(" not in found.text


def test_a_last_moment_is_no_peak() -> None:
    ledger, timeline = Ledger(sent=20), Timeline()
    timeline.close(1.0, 10.0, 0, Histogram())
    timeline.add(ledger)

    assert timeline.close(1.001, 0.0, 0, Histogram()).sent == 40


def test_a_gap_is_no_line() -> None:
    drawn = chart([0, 1, 2, 3], [Series("a", "ta", [1, None, 2, 3])], unit="ms", title="t")

    assert drawn.count("h0") == 2
    checked(drawn)


@pytest.mark.parametrize("values", [[], [None, None], [0.0, 0.0]])
def test_nothing_to_draw_is_no_chart_or_a_flat_one(values: list[Any]) -> None:
    drawn = chart([float(n) for n in range(len(values))], [Series("a", "ta", values)], unit="ms", title="t")

    assert bool(drawn) is (0.0 in values)


@pytest.mark.parametrize("top", [0.003, 1, 7, 12, 99, 1150, 60001])
def test_axes_have_few_round_marks_and_reach_the_top(top: float) -> None:
    drawn = chart([0, 60], [Series("a", "ta", [0, top])], unit="ms", title="t")
    marks = [float(text.split("<")[0]) for text in drawn.split('text-anchor="end">')[1:]]

    assert 3 <= len(marks) <= 8
    assert marks[-1] >= top
