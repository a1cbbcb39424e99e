"""The fidelity ledger is generated, complete and up to date."""

from pathlib import Path

from socle.fidelity import Served, import_rules, page, served
from socle.rules import REGISTRY, Certainty, Official, Rule, Severity

SERVICES = ["socle", "ins_sim", "dmp_sim", "mss_sim", "psc_sim", "metrics"]
PAGE = Path(__file__).resolve().parents[3] / "docs" / "fidelity.md"

OURS = Rule("a.one", "Un | titre", "One\n title", "nobody", Certainty.OURS, "mend", Severity.WARNING)
FAITHFUL = Rule(
    "b.two",
    "Deux",
    "Two",
    "IHE",
    Certainty.FAITHFUL,
    "mend",
    source_version="1.2",
    error_code="XDSError",
    structural=True,
    official=Official.REFUSES,
)


def test_the_committed_page_is_what_the_code_says() -> None:
    import_rules(SERVICES)
    assert PAGE.read_text("utf-8") == page(REGISTRY, served()), "run `make docs`"


def test_the_page_marks_rules_and_operations() -> None:
    text = page([FAITHFUL, OURS], [Served("x_sim", "op", "An operation", "POST /x", Certainty.SIMPLIFIED, "a book")])
    assert "| `a.one` | One title<br>*Un \\| titre* | **ours** | warning |  |  | nobody |" in text
    assert "| `b.two` | Two<br>*Deux* | faithful | error, always refuses | `XDSError` | refuses | IHE 1.2 |" in text
    assert "| An operation | `POST /x` | simplified | a book |  |" in text
    assert "| faithful | 0 | 1 |\n| simplified | 1 | 0 |\n| **ours** | 0 | 1 |" in text
    assert text == page(
        [OURS, FAITHFUL], [Served("x_sim", "op", "An operation", "POST /x", Certainty.SIMPLIFIED, "a book")]
    )


def test_every_rule_says_where_it_comes_from_and_how_to_mend_it() -> None:
    import_rules(SERVICES)
    for rule in REGISTRY:
        assert rule.source, rule.id
        assert rule.remedy, rule.id
        assert rule.title_fr != rule.title_en, rule.id
