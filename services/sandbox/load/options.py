"""What a run is asked to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.load.profiles import Profile
from sandbox.load.task import Limits

LATE_BOUND = 0.1


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """Checked by the command line."""

    profile: Profile
    urls: Mapping[str, str]
    """Service → base URL; the same for all behind an edge, or in one process."""
    smtp: tuple[str, int]
    seed: int = 1
    spacing: str = "poisson"
    workers: int = 1
    workspace: str | None = None
    """Made if there is none of that name; None: one for this run."""
    remove: bool = False
    """Delete the workspace at the end, if it was made for the run."""
    establishments: int | None = None
    large: bool = True
    flaws: float = 0.02
    signed: bool = False
    """Hospitals sign their assertions; a workspace made for the run takes nothing else."""
    drain: float = 180.0
    late_bound: float = LATE_BOUND
    """Seconds: a generator whose acts begin later than that at the 99th percentile measured itself."""
    limits: Limits = field(default_factory=Limits)
    forget: int = 0
    """Accepted deposits that the ledger loses before the books are closed: shows that false books are found out."""
