"""``python -m mss_sim``: MSSanté alone."""

from mss_sim.app import build
from socle.serve import run_service

if __name__ == "__main__":
    run_service(build)
