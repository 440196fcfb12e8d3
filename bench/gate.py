"""How well numbers are protected, and how long that takes.

    python bench/gate.py tables --tables 600
    python bench/gate.py release PROJECT

`tables`: synthetic cities of nested and overlapping areas in two editions, hidden as the gate hides and attacked by
linear programmes; beside it, the attack on tables where only the small counts themselves are hidden.
`release`: plan, estimates, suppression and attack of a project's newest wave, with the seconds each takes.
"""

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from made_tables import attacked, city, protected

from tryghed import meant, trial
from tryghed.attack import attacker
from tryghed.definitions import project as projects
from tryghed.delivery import numbers
from tryghed.release.draft import draft
from tryghed.release.gate import release
from tryghed.release.plan import plan
from tryghed.store import query


def attack(seed: int) -> tuple[tuple[int, int, int, int], tuple[int, int, int, int], int, int, int]:
    """Return what falls of one table hidden naively and as the gate hides, how much that hides, of how much, and late.

    The last number is of the people who are in the second edition only.
    """
    made = city(seed, districts=7, categories=6, size=250)
    shown, found = protected(made)
    late = int(made.people[len(made.people) // 2 :].sum())
    return attacked(made, ~made.small), attacked(made, shown), len(found.hidden), len(made.cells), late


def tables(count: int) -> None:
    """Attack many tables and print what falls."""
    begun = time.perf_counter()
    with ProcessPoolExecutor(2) as workers:
        found = list(workers.map(attack, range(count)))
    naive, gate = (np.array([one[side] for one in found]).sum(axis=0) for side in (0, 1))
    hidden, cells, late = (sum(one[place] for one in found) for place in (2, 3, 4))
    print(f"{count} tables, {cells} counts, {naive[0]} of them small; {time.perf_counter() - begun:.0f} s")
    print(f"{late} people are in the second edition only, in {sum(one[4] > 0 for one in found)} tables")
    for name, one in (("small counts hidden alone", naive), ("as the gate hides", gate)):
        share = one[1] / one[0]
        print(f"{name}: {one[1]} of {one[0]} fall ({share:.1%}), {one[2]} exactly; {one[3]} left-overs fall")
    print(f"hidden beside the small counts: {hidden} ({hidden / cells:.1%} of all)")


def timed(folder: Path) -> None:
    """Time the stations from plan to attack on one project."""
    project = projects.load(folder)
    survey = meant.main_survey(project)
    wave = meant.latest_wave(project, survey)
    marks = [time.perf_counter()]
    drafted = draft(project, plan(project, survey, wave), query.load_all(project.queries))
    marks.append(time.perf_counter())
    released = release(drafted, project.rules, project.surveys)
    marks.append(time.perf_counter())
    with TemporaryDirectory() as place:
        numbers.save(released, project, Path(place))
        marks.append(time.perf_counter())
        attacker.refuse(trial.attack(project, released, Path(place)))
        marks.append(time.perf_counter())
    for name, begun, ended in zip(("estimates and atoms", "gate", "files", "attack"), marks, marks[1:], strict=False):
        print(f"{name}: {ended - begun:.1f} s")
    print(f"in all: {marks[-1] - marks[0]:.1f} s for {len(released.shares())} numbers")


def main() -> None:
    """Run one of both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("tables").add_argument("--tables", type=int, default=600)
    commands.add_parser("release").add_argument("project", type=Path)
    asked = parser.parse_args()
    if asked.command == "tables":
        tables(asked.tables)
    else:
        timed(asked.project)


if __name__ == "__main__":
    main()
