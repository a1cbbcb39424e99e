"""What a failed expectation says: the exchanges of the workspace, their findings, and where to read on."""

from collections.abc import Iterable, Sequence

from socles.testing.exchanges import Exchange, Finding

SHOWN = 5
"""Exchanges in one block; the newest are the ones that matter."""
_WIDTH = 300
"""Characters of one value: some are whole documents."""


class ExpectationFailed(AssertionError):
    """What was waited for did not come. The text ends with the exchanges that did."""


def expectation_failed(headline: str, workspace: str, exchanges: Sequence[Exchange]) -> ExpectationFailed:
    """The error to raise; ``exchanges`` newest first."""
    return ExpectationFailed(f"{headline}\n\n{block(workspace, exchanges)}")


def block(workspace: str, exchanges: Sequence[Exchange]) -> str:
    """The newest exchanges, in the order in which they happened; ``exchanges`` newest first."""
    if not exchanges:
        return f"Socles, {workspace} : aucun échange / no exchange"
    shown = exchanges[:SHOWN]
    head = f"Socles, {workspace} : {len(exchanges)} échange(s) / exchange(s)"
    if len(exchanges) > SHOWN:
        head += f", les {SHOWN} derniers / the last {SHOWN}"
    return "\n".join([head, *(_exchange(one) for one in reversed(shown))])


def _exchange(exchange: Exchange) -> str:
    code = f" {exchange.code}" if exchange.code else ""
    fault = f", panne / fault {exchange.fault}" if exchange.fault else ""
    return "\n".join(
        [
            f"● {exchange.service} {exchange.operation or '?'} : {exchange.outcome.upper()}{code}"
            f" ({exchange.status}, {exchange.duration_ms:.0f} ms{fault})",
            f"  {exchange.link}",
            *finding_lines(exchange.findings),
        ]
    )


def finding_lines(findings: Iterable[Finding]) -> list[str]:
    """Rule by rule: each place where it is broken, then how to mend it and who says so."""
    lines: list[str] = []
    by_rule: dict[str, list[Finding]] = {}
    for one in findings:
        by_rule.setdefault(one.rule, []).append(one)
    for rule, breaches in by_rule.items():
        first = breaches[0]
        lines.append(f"  ✗ {rule} ({first.severity}, {first.certainty}) : {first.title_fr} / {first.title_en}")
        for one in breaches:
            where = f"{one.where}, ligne / line {one.line}" if one.line else one.where
            lines += _labelled(("où / where", f"{where} {one.part or ''}"))
            lines += _labelled(("attendu / expected", one.expected), ("reçu / found", one.found))
        lines += _labelled(("remède / remedy", first.remedy), ("source", f"{first.source} {first.source_version}"))
    return lines


def _labelled(*values: tuple[str, str]) -> list[str]:
    return [f"      {label:<19}: {_short(value)}" for label, value in values if value.strip()]


def _short(value: str) -> str:
    one_line = " ".join(value.split())
    return one_line if len(one_line) <= _WIDTH else f"{one_line[:_WIDTH]}…"
