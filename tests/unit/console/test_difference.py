"""What tells two messages apart, and what does not."""

from lxml import etree

from console.reading.difference import MOST_LINES, Difference, compare
from console.reading.layout import Document, lay_out


def laid_out(text: str) -> Document:
    return lay_out(etree.fromstring(text))


def difference(before: str, now: str, *, exact: bool = False) -> Difference:
    return compare(laid_out(before), laid_out(now), exact=exact)


OLD = "<a><id>6f0e4c7e-9d0a-4b1d-8c5e-a001a001a001</id><at>2026-03-04T10:30:00Z</at><v>1</v></a>"
NEW = "<a><id>00000000-9d0a-4b1d-8c5e-a001a001a001</id><at>2026-03-05T08:00:00Z</at><v>2</v></a>"


def test_identifiers_and_dates_must_differ_and_are_only_counted() -> None:
    found = difference(OLD, NEW)
    assert (found.changed, found.volatile) == (1, 2)
    (row,) = [row for row in found.rows if row.sign not in "=…"]
    assert (row.sign, row.before and row.before.plain, row.now and row.now.plain) == ("~", "<v>1</v>", "<v>2</v>")


def test_to_the_letter_everything_counts() -> None:
    assert difference(OLD, NEW, exact=True).changed == 3


def test_what_is_only_on_one_side_and_far_lines_folded() -> None:
    many = "".join(f"<n{number}/>" for number in range(30))
    found = difference(f"<a>{many}</a>", f"<a>{many}<extra/></a>")
    assert [row.sign for row in found.rows] == ["…", "=", "=", "+", "="]
    assert found.rows[0].left_out == 29
    assert difference(f"<a>{many}</a>", f"<a>{many}</a>").rows == []


def test_too_long_is_said_rather_than_waited_for() -> None:
    long = "<a>" + "<b/>" * MOST_LINES + "</a>"
    assert difference(long, long).too_long
