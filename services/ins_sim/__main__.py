"""``python -m ins_sim``: INSi alone."""

from ins_sim.app import build
from socle.serve import run_service

if __name__ == "__main__":
    run_service(build)
