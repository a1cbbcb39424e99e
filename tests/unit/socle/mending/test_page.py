"""The page of the menders is generated and up to date, and each mender is one of a registered rule."""

from pathlib import Path

from sandbox.docs import ANSWERED, MENDERS, PACKAGES
from socle.fidelity import import_rules
from socle.mending.carrier import CARRIERS
from socle.mending.page import page
from socle.rules import REGISTRY

PAGE = Path(__file__).resolve().parents[4] / "docs" / "mending.md"


def test_the_committed_page_is_what_the_code_says() -> None:
    import_rules(PACKAGES)
    assert PAGE.read_text("utf-8") == page(MENDERS, REGISTRY, ANSWERED), "run `make docs`"


def test_every_mender_is_of_a_rule_and_says_what_it_does_in_both_languages() -> None:
    import_rules(PACKAGES)
    told = [(mender.rule, mender.fr, mender.en) for menders in MENDERS for mender in menders]
    told += [(rule.id, fr, en) for rule, _, fr, en in CARRIERS]
    for rule, fr, en in told:
        assert REGISTRY[rule].id == rule
        assert fr.endswith(".")
        assert en.endswith(".")
        assert fr != en
