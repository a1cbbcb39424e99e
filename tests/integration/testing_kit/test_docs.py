"""docs/first-error.md does what it says."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent.parent
PAGE = (ROOT / "docs" / "first-error.md").read_text(encoding="utf-8")
FIRST, SECOND = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def shown(text: str) -> list[str]:
    """The lines about the exchange, without what differs each time."""
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("Non conforme"))
    end = next(number for number, line in enumerate(lines) if line.startswith("=") and "summary" in line)
    return [re.sub(r"http://\S+", "<link>", line) for line in lines[start:end]]


def test_the_first_error_is_the_one_shown(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_identity=FIRST)

    result = suite.runpytest()

    result.assert_outcomes(failed=1)
    assert shown(result.stdout.str()) == shown(PAGE)


def test_mended_and_asked_for_more(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_identity=FIRST.replace("31/12/1975", "1975-12-31") + SECOND)

    suite.runpytest().assert_outcomes(passed=2)
