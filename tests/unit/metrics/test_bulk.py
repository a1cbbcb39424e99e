"""Rows given as they stand must fall into the right columns."""

from metrics.bulk import Bulk
from metrics.projector import _LATE
from metrics.statements import statements_of
from metrics.tables import live, shadow


def test_a_bulk_statement_takes_its_values_in_the_order_of_its_columns() -> None:
    prepared = [each for tables in (live, shadow) for each in vars(statements_of(tables)).values()]
    bulks = [each for each in (*prepared, _LATE) if isinstance(each, Bulk)]
    assert len(bulks) == 17
    for bulk in bulks:
        assert tuple(bulk.names) == (*bulk._fixed, *bulk._fields)
        assert not bulk._converted
