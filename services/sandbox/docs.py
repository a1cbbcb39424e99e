"""What is generated from the code: ``python -m sandbox.docs`` renews fidelity.md, faults.md and events in ``docs``."""

import sys
from pathlib import Path

from socle import fidelity
from socle.events import asyncapi
from socle.faults.catalogue import CATALOGUE
from socle.faults.page import page as faults_page
from socle.faults.profiles import PROFILES
from socle.rules import REGISTRY

PACKAGES = ("socle", "ins_sim", "dmp_sim", "mss_sim", "metrics")


def write(folder: Path) -> None:
    """Write the generated pages below ``folder``."""
    fidelity.import_rules(PACKAGES)
    (folder / "fidelity.md").write_text(fidelity.page(REGISTRY, fidelity.served()), encoding="utf-8", newline="\n")
    (folder / "faults.md").write_text(faults_page(CATALOGUE, PROFILES.values()), encoding="utf-8", newline="\n")
    asyncapi.write(folder / "events")


if __name__ == "__main__":
    target = Path("docs")
    if not target.is_dir():
        sys.exit("python -m sandbox.docs: run it in the project's root folder, where docs/ is")
    write(target)
