"""Where sums come from: the generation of the store, the queries with their parameters, and the delivered files."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tryghed.store.query import Query
from tryghed.store.reader import Reader


@dataclass(frozen=True, slots=True)
class Input:
    """A delivered file that numbers rest on; of a register table `survey` is empty and `wave` is its name."""

    survey: str
    wave: str
    file: str
    sha256: str
    verified: bool


@dataclass(frozen=True, eq=False)
class Origin:
    """Where sums come from.

    Attributes:
        generation: Number of the store's generation.
        queries: Checksum of the text of each query that was run, by name.
        parameters: What it was run with, by name of the query.
        inputs: The delivered files.
    """

    generation: int
    queries: Mapping[str, str]
    parameters: Mapping[str, Mapping[str, object]]
    inputs: tuple[Input, ...]


def of(
    reader: Reader, queries: Mapping[str, Query], used: Mapping[str, Mapping[str, object]], waves: Sequence[str],
    files: Sequence[Input] = (),
) -> Origin:  # fmt: skip
    """Return the origin of what was read.

    Args:
        reader: What it was read with.
        queries: The project's queries, by name.
        used: The parameters of the queries used, by name.
        waves: The waves read.
        files: What was read of register tables.
    """
    inputs = reader.run(queries["estimate/inputs"], survey=reader.survey, waves=list(waves)).to_dicts()
    checksums = {name: hashlib.sha256(queries[name].sql.encode()).hexdigest() for name in used}
    return Origin(reader.generation.number, checksums, used, (*(Input(**row) for row in inputs), *files))
