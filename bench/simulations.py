"""Every simulation behind the figures of docs/methods.md, by one command.

    python -m bench.simulations                                         as documented
    python -m bench.simulations --releases 10 --draws 400 --cities 0    whether it runs

What is drawn is told in `releases` and `coverage`.
"""

import argparse
from collections.abc import Sequence

from bench import coverage, releases


def main(arguments: Sequence[str] | None = None) -> None:
    """Print how often releases claim what is not so, what they find, and how often intervals hold the true share."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--releases", type=int, default=1000, help="in which nothing differs; planted, three tenths")
    parser.add_argument("--draws", type=int, default=20_000, help="samples a cell of the coverage tables")
    parser.add_argument("--cities", type=int, default=2, help="demo cities held against their known truth")
    parser.add_argument("--seed", type=int, default=2035)
    given = parser.parse_args(arguments)
    releases.null(given.releases, given.seed)
    for points in (8, 12):
        releases.planted(max(given.releases * 3 // 10, 1), given.seed, points)
    coverage.drawn(given.draws, given.seed)
    if given.cities:
        coverage.city(given.cities, given.seed)


if __name__ == "__main__":
    main()
