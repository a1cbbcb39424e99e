"""Running counters of a play, for whoever watches."""

from dataclasses import dataclass


@dataclass(slots=True)
class Tally:
    """Acts that were answered, all hospitals together."""

    planned: int = 0
    done: int = 0
    stays: int = 0
    calls: int = 0
    deposits: int = 0
    replaced: int = 0
    mails: int = 0
    refused: int = 0
    """Deposits and mails that were refused, as planned or not."""
    trouble: int = 0
