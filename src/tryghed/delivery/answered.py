"""What an analyst is answered: numbers that know where they come from, and refuse arithmetic without uncertainty."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final, NoReturn

import polars as pl

from tryghed.delivery.areascripts import Script
from tryghed.delivery.rscript import Line
from tryghed.errors import UsageError
from tryghed.statistics.origin import Origin

_SHOWN: Final = 8  # characters of a checksum


@dataclass(frozen=True, eq=False)
class Provenance:
    """Where the numbers of an answer come from.

    Attributes:
        origins: Of the sums they are made of.
        method: What was estimated or tested and how, with the sample design.
    """

    origins: tuple[Origin, ...]
    method: str

    def line(self) -> str:
        """Return it in one line: generation, queries, files."""
        generations = dict.fromkeys(str(one.generation) for one in self.origins)
        queries = dict.fromkeys(name for one in self.origins for name in one.queries)
        inputs = {one.file: one for origin in self.origins for one in origin.inputs}
        files = [
            f"{one.file} (sha256 {one.sha256[:_SHOWN]}…{'' if one.verified else ', unverified'})"
            for one in inputs.values()
        ]
        return f"from generation {' and '.join(generations)}; {', '.join(queries)}; {', '.join(files)}"

    def record(self) -> dict[str, object]:
        """Return it as plain values, for JSON."""
        return {
            "method": self.method,
            "origins": [
                {
                    "generation": one.generation,
                    "inputs": [asdict(file) for file in one.inputs],
                    "queries": [
                        {"query": name, "sha256": checksum, "parameters": dict(one.parameters[name])}
                        for name, checksum in one.queries.items()
                    ],
                }
                for one in self.origins
            ],
        }


@dataclass(frozen=True, eq=False)
class Answered:
    """A table, in one line what was estimated or tested and how, and every number of it as R would recompute it.

    `followed` is whether people are followed from wave to wave; `script` is what R recomputes
    the whole from, of answers that are no numbers of one sample: models and rates.

    The difference, sum or ratio of two answers would be numbers without uncertainty, since that depends on what the two
    have in common: they are refused. `compare` has the covariance.
    """

    rows: pl.DataFrame
    says: str
    lines: tuple[Line, ...]
    provenance: Provenance
    followed: bool = False
    script: Script | None = None

    def __sub__(self, other: object) -> NoReturn:
        """Refuse: ask for the comparison instead."""
        raise _LOST

    __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __neg__ = __sub__


_LOST = UsageError(
    "arithmetic with estimates would lose their uncertainty",
    hint="tryghed compare tests differences, tryghed ratio estimates one total over another, --wave A,B pools waves",
)


def provenance(origins: Sequence[Origin], method: str) -> Provenance:
    """Return the provenance of an answer; what was read twice is told once."""
    seen: Mapping[str, Origin] = {f"{one.generation} {one.parameters}": one for one in origins}
    return Provenance(tuple(seen.values()), method)
