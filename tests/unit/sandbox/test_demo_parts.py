"""The comparison, the screen and the examples of the demonstration."""

from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from sandbox import examples
from sandbox.demo.compare import Comparison, Target, compare
from sandbox.demo.screen import Screen
from sandbox.hospitals.expected import CODES, Value, expected
from sandbox.hospitals.ledger import DepositLine, Ledger, StayLine
from sandbox.hospitals.tally import Tally
from support.sandbox_facts import NOW

TODAY = NOW.date()


def ledger() -> Ledger:
    stays = [StayLine(f"S{n}", TODAY) for n in range(4)]
    deposits = [DepositLine(f"S{n}", "11490-0", TODAY, accepted=n != 3) for n in range(4)]
    return Ledger("750000001", "CH d'essai", stays=stays, deposits=deposits)


def honest(book: Ledger) -> dict[tuple[str, str], Value]:
    return {(book.finess, code): value for code, value in expected(book).items()}


def render(result: Comparison, width: int = 160) -> str:
    out = StringIO()
    screen = Screen(Console(file=out, width=width))
    screen.table(result, {"DMP-SORTIE": Target(Decimal("0.7"), ">=")})
    screen.verdict(result)
    return out.getvalue()


def test_equal_values_agree() -> None:
    result = compare([ledger()], honest(ledger()))

    assert result.agrees
    assert "Tout concorde" in render(result)
    assert "75 % 3/4" in render(result)


@pytest.mark.parametrize("code", CODES)
def test_one_more_or_less_anywhere_is_a_difference(code: str) -> None:
    computed = honest(ledger())
    was = computed["750000001", code]
    computed["750000001", code] = Value(was.numerator + 1, was.denominator)

    result = compare([ledger()], computed)

    assert [cell.code for _finess, cell in result.differences] == [code]
    assert not result.agrees
    assert "≠" in render(result)


def test_a_value_that_is_not_there_is_a_difference_unless_there_is_nothing_to_count() -> None:
    result = compare([ledger()], {})

    assert {cell.code for _finess, cell in result.differences} == {
        "DMP-VOL",
        "DMP-SORTIE",
        "DMP-LL",
        "DMP-REJET",
        "MSS-CIT",
    }


def test_trouble_on_the_way_is_a_failure_even_if_the_figures_agree() -> None:
    book = ledger()
    book.trouble.append("Mail: ConnectionError: refused")

    result = compare([book], honest(book))

    assert not result.differences
    assert not result.agrees
    assert "ConnectionError" in render(result)


def test_a_narrow_terminal_gets_a_narrow_table() -> None:
    text = render(compare([ledger()], honest(ledger())), width=100)

    assert "750000001" in text
    assert "CH d'essai" not in text
    assert all(len(line) <= 100 for line in text.splitlines())


@pytest.mark.parametrize(
    ("comparison", "value", "reached"),
    [(">=", Value(7, 10), True), (">=", Value(69, 100), False), ("<=", Value(1, 2), True), (">=", Value(0, 0), None)],
)
def test_targets_are_compared_unrounded(comparison: str, value: Value, reached: bool | None) -> None:
    assert Target(Decimal("0.7"), comparison).reached(value) is reached


def test_progress_is_plain_lines_without_a_terminal() -> None:
    out = StringIO()
    screen = Screen(Console(file=out, width=160))
    with screen.playing(2, 10, 0):
        screen.update(Tally(planned=10, done=3))
    screen.played(Tally(planned=10, done=10, deposits=4))

    assert "10/10 actes" in out.getvalue()
    assert "dépôts DMP 4" in out.getvalue()


def test_examples_are_the_same_bytes_each_time(tmp_path: Path) -> None:
    one, two = examples.insi(), examples.insi()
    examples.write(tmp_path, [one])

    assert one == two
    assert (tmp_path / examples.INSI_FILE).read_bytes() == one.body
    assert one.command("http://h:1", "x/").endswith("--data-binary @x/insi-request.xml http://h:1/lps")
