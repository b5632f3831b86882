"""`python -m data`: bring every dataset to this computer and say where each comes from."""

from __future__ import annotations

import argparse
import sys

import data


def main() -> int:
    """Fetch every dataset; returns 1 if one is not to be had."""
    parser = argparse.ArgumentParser(
        prog="python -m data", description="Bring the datasets to this computer."
    )
    parser.add_argument(
        "--retry", action="store_true", help="also ask addresses that gave no answer less than a day ago"
    )
    retry: bool = parser.parse_args().retry
    failed = False
    for name in data.NAMES:
        try:
            print(f"{data.describe(name).title}: {data.fetch(name, retry=retry).sentence}", flush=True)
        except data.DataError as error:
            failed = True
            print(f"{data.describe(name).title}: {error}", file=sys.stderr)
    return int(failed)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
