"""A finding in words, French first."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from socle.rules import Severity

Verdict = Mapping[str, Any]
"""A summary with its ``findings``, as ``JournalStore.verdicts`` gives it."""
_RANK = {Severity.INFO.value: 0, Severity.WARNING.value: 1, Severity.ERROR.value: 2}
_OFFICIAL = {"refuses": "refuse/refuses", "tolerates": "tolère/tolerates"}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def failing(verdict: Verdict, fail_on: Severity) -> Sequence[Mapping[str, Any]]:
    """The findings that are as grave as ``fail_on``, or graver."""
    return [one for one in verdict["findings"] if _RANK[one["severity"]] >= _RANK[fail_on.value]]


def told(finding: Mapping[str, Any]) -> str:
    """Several lines: what, where, expected and found, remedy, source."""
    place = ", ".join(
        filter(
            None,
            (
                finding["where"],
                f"ligne/line {finding['line']}" if finding["line"] else "",
                f"pièce/part {finding['part']}" if finding["part"] else "",
            ),
        )
    )
    lines = [f"[{finding['severity']}] {finding['rule']}: {finding['titleFr']} / {finding['titleEn']}"]
    lines += [
        f"  {label}: {text}"
        for label, text in (
            ("où/where", place),
            ("attendu/expected", finding["expected"]),
            ("reçu/found", finding["found"]),
            ("remède/remedy", finding["remedy"]),
            ("service réel/national service", _OFFICIAL.get(finding["official"], "")),
            ("source", f"{finding['source']} {finding['sourceVersion']}".strip()),
        )
        if text
    ]
    return "\n".join(lines)


def printable(text: str) -> str:
    """Without what XML 1.0 cannot hold: a sender may have put anything there."""
    return _NOT_XML.sub("\ufffd", text)
