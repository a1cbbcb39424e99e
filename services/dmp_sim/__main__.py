"""``python -m dmp_sim``: the DMP alone."""

from dmp_sim.app import build
from socle.serve import run_service

if __name__ == "__main__":
    run_service(build)
