"""The indicators as the ledger alone tells them: plain counting, and nothing shared with the metrics service.

Definitions: domain/indicators.md §8; the 30 days after discharge are the product's own choice, as its definitions say.
"""

from datetime import date, timedelta
from typing import NamedTuple

from sandbox.hospitals.ledger import Ledger

HORIZON = timedelta(days=30)
DISCHARGE_SET = frozenset({"11490-0", "34112-3"})
CODES = ("DMP-VOL", "DMP-SORTIE", "DMP-LL", "DMP-REJET", "MSS-VOL", "MSS-CIT", "INSI-SUCCES")


class Value(NamedTuple):
    """An exact indicator: numerator, and denominator where there is one."""

    numerator: int
    denominator: int | None = None

    def __str__(self) -> str:
        if self.denominator is None:
            return str(self.numerator)
        if self.denominator == 0:
            return "n/a"
        return f"{self.numerator}/{self.denominator}"


def expected(ledger: Ledger) -> dict[str, Value]:
    """Indicator code → value, for everything in the ledger."""
    accepted = [line for line in ledger.deposits if line.accepted]
    first = [line for line in accepted if not line.replaces]
    letters = {(line.stay, line.day) for line in first if line.type_code == "11490-0"}
    documents = {(line.stay, line.day) for line in first if line.type_code in DISCHARGE_SET}
    to_citizens = {
        (line.stay, line.day)
        for line in ledger.mails
        if line.accepted and line.citizens and DISCHARGE_SET.intersection(line.type_codes)
    }
    cohort = len(ledger.stays)
    return {
        "DMP-VOL": Value(len(first)),
        "DMP-SORTIE": Value(_in_time(ledger, documents), cohort),
        "DMP-LL": Value(_in_time(ledger, letters), cohort),
        "DMP-REJET": Value(len(ledger.deposits) - len(accepted), len(ledger.deposits)),
        "MSS-VOL": Value(sum(line.accepted for line in ledger.mails)),
        "MSS-CIT": Value(_in_time(ledger, to_citizens), cohort),
        "INSI-SUCCES": Value(sum(line.outcome == "00" for line in ledger.calls), len(ledger.calls)),
    }


def _in_time(ledger: Ledger, sent: set[tuple[str, date]]) -> int:
    """Discharged stays for which something was sent before the horizon."""
    return sum(any(stay.stay == s and day <= stay.day + HORIZON for s, day in sent) for stay in ledger.stays)
