"""What to merge where so much of a dimension would be withheld that its table is of no use."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from tryghed.definitions.policy import Secrecy
from tryghed.definitions.survey import Survey
from tryghed.frames import EVERYBODY
from tryghed.release.released import CellKey
from tryghed.release.rules import Cell, Verdict, secrecy

#: The share of a dimension's numbers that may be withheld for secrecy before merging is advised.
_TOO_MUCH = 0.2


def advise(
    cells: Mapping[CellKey, Cell], verdicts: Mapping[CellKey, Verdict], surveys: Mapping[str, Survey], rules: Secrecy
) -> Iterator[str]:
    """Yield, for each table of which too much is withheld for secrecy, the two neighbouring categories to merge.

    Args:
        cells: Everything that would be shown.
        verdicts: What is shown of it.
        surveys: Definitions, for the order of the categories.
        rules: The rules of secrecy.
    """
    tables: dict[CellKey, list[CellKey]] = defaultdict(list)
    for key in cells:
        if key.dimension != EVERYBODY:
            tables[key._replace(area="", category="")].append(key)
    for table, keys in sorted(tables.items()):
        secret = sum(verdicts[key] == Verdict.SECRET for key in keys)
        if secret <= _TOO_MUCH * len(keys):
            continue
        found = f"{table.survey} {table.wave} {table.indicator}: {secret} of {len(keys)} numbers "
        found += f"by {table.dimension} in {table.area_set} are withheld for secrecy"
        best = min(_merged(table, keys, cells, surveys[table.survey], rules), default=None)
        if best is not None and best[0] < secret:
            found += f"; slå kategorier sammen: {best[1]} and {best[2]} as one would leave {best[0]}"
        yield found


def _merged(
    table: CellKey, keys: Sequence[CellKey], cells: Mapping[CellKey, Cell], survey: Survey, rules: Secrecy
) -> Iterator[tuple[int, str, str]]:
    """Yield how many cells would be secret by themselves were two neighbouring categories one, and the two."""
    sensitive = survey.scores[table.indicator].sensitive
    for place, name in enumerate(table.dimension.split("*")):
        for one, other in pairwise(survey.groups[name].categories):
            together: dict[tuple[str, str], list[Cell]] = defaultdict(list)
            for key in keys:
                parts = key.category.split("*")
                parts[place] = one if parts[place] == other else parts[place]
                together[key.area, "*".join(parts)].append(cells[key])
            sums = [Cell(sum(c.n for c in group), sum(c.positives for c in group), None, None, None, None)
                    for group in together.values()]  # fmt: skip
            yield sum(secrecy(cell, rules, sensitive=sensitive) == Verdict.SECRET for cell in sums), one, other
