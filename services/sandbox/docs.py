"""What is generated: ``python -m sandbox.docs`` renews fidelity, faults, mending and events in ``docs``."""

import sys
from pathlib import Path

from dmp_sim.domain.mending import MENDERS as DMP
from dmp_sim.domain.mending import RENEWED, RENEWING
from ins_sim.domain.mending import MENDERS as INSI
from mss_sim.domain.mending import MENDERS as MSS
from socle import fidelity
from socle.events import asyncapi
from socle.faults.catalogue import CATALOGUE
from socle.faults.page import page as faults_page
from socle.faults.profiles import PROFILES
from socle.mending.page import page as mending_page
from socle.rules import REGISTRY

PACKAGES = ("socle", "ins_sim", "dmp_sim", "mss_sim", "psc_sim", "metrics")
MENDERS = (INSI, DMP, MSS)
ANSWERED = {rule.id: RENEWING for rule in RENEWED}
"""Rules of collisions: what is sent again gets new identifiers."""


def write(folder: Path) -> None:
    """Write the generated pages below ``folder``."""
    fidelity.import_rules(PACKAGES)
    (folder / "fidelity.md").write_text(fidelity.page(REGISTRY, fidelity.served()), encoding="utf-8", newline="\n")
    (folder / "faults.md").write_text(faults_page(CATALOGUE, PROFILES.values()), encoding="utf-8", newline="\n")
    (folder / "mending.md").write_text(mending_page(MENDERS, REGISTRY, ANSWERED), encoding="utf-8", newline="\n")
    asyncapi.write(folder / "events")


if __name__ == "__main__":
    target = Path("docs")
    if not target.is_dir():
        sys.exit("python -m sandbox.docs: run it in the project's root folder, where docs/ is")
    write(target)
