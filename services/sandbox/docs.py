"""What is generated from the code: ``python -m sandbox.docs`` renews ``docs/fidelity.md`` and ``docs/events``."""

import sys
from pathlib import Path

from socle import fidelity
from socle.events import asyncapi
from socle.rules import REGISTRY

PACKAGES = ("socle", "ins_sim", "dmp_sim", "mss_sim", "metrics")


def write(folder: Path) -> None:
    """Write the generated pages below ``folder``."""
    fidelity.import_rules(PACKAGES)
    (folder / "fidelity.md").write_text(fidelity.page(REGISTRY, fidelity.served()), encoding="utf-8", newline="\n")
    asyncapi.write(folder / "events")


if __name__ == "__main__":
    target = Path("docs")
    if not target.is_dir():
        sys.exit("python -m sandbox.docs: run it in the project's root folder, where docs/ is")
    write(target)
