"""``python -m psc_sim``: Pro Santé Connect alone."""

from psc_sim.app import build
from socle.serve import run_service

if __name__ == "__main__":
    run_service(build)
