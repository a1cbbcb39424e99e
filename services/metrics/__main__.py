"""``python -m metrics``: metrics alone."""

from metrics.app import build
from socle.serve import run_service

if __name__ == "__main__":
    run_service(build)
