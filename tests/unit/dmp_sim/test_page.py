"""docs/dmp.md says what the code does."""

import re
from pathlib import Path

from dmp_sim.domain import check_lot_signature, check_query, known, verdict
from dmp_sim.settings import DmpSettings
from socle.rules import REGISTRY, Rule, Severity

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "dmp.md").read_text("utf-8")
LOADED = (check_lot_signature, check_query, known, verdict)


def row(rule: Rule) -> str:
    if rule.error_code:
        answer = f"`{rule.error_code}`"
    else:
        answer = "SOAP fault" if rule.severity is Severity.ERROR else "warning"
    if rule.structural:
        answer += ", always"
    return f"| `{rule.id}` | {answer} | {rule.title_en} | {rule.certainty} |"


def test_the_table_of_checks_is_the_registry() -> None:
    assert LOADED
    expected = [row(rule) for rule in REGISTRY if rule.service == "dmp"]
    assert len(expected) > 100
    assert sorted(re.findall(r"^\| `dmp\..*\|$", PAGE, re.MULTILINE)) == sorted(expected)


def test_settings_are_named_as_they_are() -> None:
    fields = {f"SOCLES_DMP_{name.upper()}" for name in DmpSettings.model_fields}
    assert set(re.findall(r"SOCLES_DMP_[A-Z_]+", PAGE)) <= fields
