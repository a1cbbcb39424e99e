"""Signed runs: the assertions are made at the start and sent until the end; the workspace must take them so long."""

from collections.abc import Mapping
from math import ceil
from typing import Final

from sandbox.hospitals.sealing import LOTS, OPTION, STRICT
from sandbox.load.unready import Unready

LIFETIME: Final = f"{OPTION}.lifetime"
"""The workspace's option: seconds that an assertion may be old; 0: any age."""
_USUAL: Final = 3600
"""Of an installation that says nothing else."""
_BESIDE: Final = 120
"""Seconds for rendering before, and for the last answers."""


def strict(duration: float) -> dict[str, str]:
    """Options of a workspace that takes signed assertions and lots only, for a run of so many seconds."""
    return {OPTION: STRICT, LOTS: STRICT, LIFETIME: str(max(_USUAL, ceil(duration) + _BESIDE))}


def check_lifetime(duration: float, options: Mapping[str, str]) -> None:
    """Raises ``Unready`` for a run longer than a workspace's assertions live."""
    said = options.get(LIFETIME, "")
    lifetime = int(said) if said.isdecimal() else _USUAL
    if lifetime and duration + _BESIDE > lifetime:
        raise Unready(
            f"--signed : les assertions, faites au départ, n'ont que {lifetime} s ; donner à l'espace {LIFETIME}=0 / "
            f"assertions are made at the start and last {lifetime} s only: give the workspace {LIFETIME}=0"
        )
