"""docs/insi-vitale.md says what the code does: every rule and code, every published card."""

from pathlib import Path

from ins_sim.domain import rules_vitale
from socle.control.population.published_cards import published_cards
from socle.rules import Rule

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGE = (DOCS / "insi-vitale.md").read_text("utf-8")
OWN = [one for one in vars(rules_vitale).values() if isinstance(one, Rule)]


def test_every_rule_is_documented_with_its_code() -> None:
    assert len(OWN) == 18
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    assert [one.id for one in OWN if not any(one.id in row for row in rows)] == []
    refusing = [one for one in OWN if one.error_code]
    assert [
        one.id for one in refusing if not any(f"| {one.error_code} |" in row and one.id in row for row in rows)
    ] == []


def test_every_published_card_is_documented() -> None:
    assert [one.id for one in published_cards() if f"| `{one.id}`" not in PAGE or one.insured not in PAGE] == []


def test_the_annotated_exchange_is_the_example() -> None:
    example = (DOCS / "examples" / "insi-vitale" / "request.xml").read_text("utf-8")
    for line in ("<bam:Num>2770763220829</bam:Num>", "<bam:DateNai>2010-08-07</bam:DateNai>", "<bam:Rang>1</bam:Rang>"):
        assert line in example
        assert line in PAGE
