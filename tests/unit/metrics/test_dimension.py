"""Establishments as they were on a day, and where counts go."""

from metrics.domain.days import to_ms
from metrics.domain.dimension import UNATTRIBUTED_GROUP, Dimension, Group, GroupBy, Site
from metrics.domain.facts import Establishment
from support.metrics_events import MARCH

A = Site("010000024", "010000016", "CH A", "sanitary", "355", ("MCO",), "GHT Nord", "Ara", None)
B = Site("010000032", "010000016", "CH A, site B", "sanitary", "355", ("SMR",), "GHT Nord", "Ara", None)
C = Site("690000012", "690000001", "Clinique C", "sanitary", "365", ("MCO",), None, "Ara", None)


def row(ej: str, valid_from: int, valid_to: int | None) -> Establishment:
    return Establishment(
        A.finess_eg, valid_from, valid_to, 1, "e", ej, "CH A", "sanitary", "355", "MCO SMR", "GHT Sud", "Ara", None
    )


def test_counts_go_to_the_row_of_their_day() -> None:
    dimension = Dimension([A, B, C], [row("010000016", 0, to_ms(MARCH)), row("690000001", to_ms(MARCH), None)])
    assert dimension.changes
    assert dimension.group(GroupBy.EJ, A.finess_eg, "", "", "2026-03-09") == Group("ej", "010000016")
    assert dimension.group(GroupBy.EJ, A.finess_eg, "", "", "2026-03-10") == Group("ej", "690000001")
    assert dimension.group(GroupBy.EJ, A.finess_eg, "", "", "1960-01-01") == Group("ej", "010000016")
    assert [site.finess_eg for site in dimension.of_ej("690000001")] == [A.finess_eg, C.finess_eg]


def test_every_count_has_a_row_in_every_grouping() -> None:
    dimension = Dimension([A, B, C], [])
    for by in GroupBy:
        known = dimension.group(by, A.finess_eg, "", "MCO", "2026-03-10")
        assert (
            known.key
            == {"eg": "010000024", "ej": "010000016", "field": "MCO", "region": "Ara", "ght": "GHT Nord", "all": ""}[
                by.value
            ]
        )
    assert dimension.group(GroupBy.EG, "", "010000016", "", "2026-03-10") == Group("ej", "010000016")
    assert dimension.group(GroupBy.GHT, "", "010000016", "", "2026-03-10") == Group("ght", "GHT Nord")
    assert dimension.group(GroupBy.GHT, C.finess_eg, "", "", "2026-03-10") == Group("ght", "")
    for by in (GroupBy.EG, GroupBy.EJ, GroupBy.GHT, GroupBy.REGION):
        assert dimension.group(by, "", "", "", "2026-03-10") == UNATTRIBUTED_GROUP
    assert dimension.group(GroupBy.EJ, "999999999", "", "", "2026-03-10") == Group("eg", "999999999")
