"""Run the benches and print the table: ``python tests/bench [words] [--pairs N] [--strict]``."""

import argparse
import importlib
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent.parent / "services")]

from bench.harness import BENCHES, PAIRS, Run  # noqa: E402


def main() -> int:
    """Exit status 1 when a bench failed, or, with ``--strict``, when a bar is missed."""
    parser = argparse.ArgumentParser(description="Ratios to a bare ceiling, measured in interleaved pairs.")
    parser.add_argument("words", nargs="*", help="only benches whose file or name contains one of these words")
    parser.add_argument("--pairs", type=int, default=PAIRS, help=f"pairs per comparison (default {PAIRS})")
    parser.add_argument("--strict", action="store_true", help="exit with status 1 when a bar is missed")
    parser.add_argument("--events", type=int, help="events of the national day (default 6,400,000)")
    parser.add_argument("--establishments", type=int, help="establishments of the national day (default 3,700)")
    options = parser.parse_args()
    for file in sorted(Path(__file__).parent.glob("bench_*.py")):
        importlib.import_module(f"bench.{file.stem}")
    chosen = [entry for entry in BENCHES if entry.chosen(options.words)]
    print(f"{'bench':58} {'ratio':>6} {'95 % interval':>15} {'bar':>5} {'met':>4} {'ours':>9} {'ceiling':>9}  (µs CPU)")
    missed = failed = False
    for entry in chosen:
        run = Run(entry.name, entry.bar, options.pairs, options.events, options.establishments)
        try:
            entry.function(run)
        except Exception as error:
            failed = True
            run.note(f"FAILED: {type(error).__name__}: {error}")
        for row in run.rows:
            bar = "" if row.bar is None else f"{row.bar:.2f}"
            met = {None: "", True: "yes", False: "NO"}[row.met]
            interval = f"{row.low:.3f} – {row.high:.3f}"
            print(
                f"{row.name:58} {row.ratio:6.3f} {interval:>15} {bar:>5} {met:>4} "
                f"{row.ours_us:9.1f} {row.ceiling_us:9.1f}",
                flush=True,
            )
            missed |= row.met is False
        for name, value, limit, unit in run.limits:
            met = "yes" if value <= limit else "NO"
            print(f"{name:58} {value:6.3f} {'≤ ' + str(limit) + ' ' + unit:>15} {'':>5} {met:>4}", flush=True)
            missed |= value > limit
        for note in run.notes:
            print(f"    {entry.name}: {note}", flush=True)
    return 1 if failed or (missed and options.strict) else 0


if __name__ == "__main__":
    sys.exit(main())
