"""Unroll beside its peers, measured in the same run: ``python -m tests.bench``.

Prints a table of ratios, in which larger is better for Unroll, beside the ratios to reach. On a busy machine
both sides suffer, though not alike: repeat what looks strange.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from tests.bench import accuracy, algebra, browser, forward, mnist, projector, sentiment, training, vectors
from tests.bench.measure import Bench, Row

BENCHES: list[Bench] = [
    *training.BENCHES,
    *forward.BENCHES,
    *browser.BENCHES,
    *mnist.BENCHES,
    *sentiment.BENCHES,
    *vectors.BENCHES,
    *algebra.BENCHES,
    *projector.BENCHES,
    *accuracy.BENCHES,
    # Further topics join here, a module each.
]


def main() -> None:
    """Measure, print the table and write the file."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the rows to this file")
    parser.add_argument("--only", default="", metavar="NAME", help="only rows whose names contain this")
    parser.add_argument("--accuracy", action="store_true", help="also compare accuracies (some minutes)")
    given = parser.parse_args()

    print(f"{'':<48}{'ours':>10}{'peer':>10}{'ratio':>8}{'at least':>10}")
    rows: list[Row] = []
    for bench in BENCHES:
        if given.only in bench.name and (given.accuracy or not bench.is_accuracy):
            rows.append(bench.run(bench.name))
            print(line(rows[-1]), flush=True)
    if given.json:
        given.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")


def line(row: Row) -> str:
    """A row of the table."""
    mark = "" if row.ratio >= row.at_least else "  missed"
    return f"{row.name:<48}{row.ours:>10.4f}{row.peer:>10.4f}{row.ratio:>8.2f}{row.at_least:>10.2f}{mark}"


if __name__ == "__main__":
    main()
