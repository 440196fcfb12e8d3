"""Sums over kinds of people, each made of the largest other sums it contains.

A city is made of its districts, a district of its ages: what was printed of one is not written out in all its kinds
again, so that a programme over sums has a small part of the entries of one over kinds alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Sum:
    """Some kinds of people, and a factor."""

    kinds: Flags
    factor: float = 1.0


def written(lines: Sequence[Sequence[Sum]], size: int) -> tuple[csr_array, csr_array]:
    """Return lines of sums in numbers of their own, and what each of those numbers is made of.

    Args:
        lines: Lines, each of some sums over kinds.
        size: How many kinds there are.

    Returns:
        The lines, over kinds and, after these, the different sums; and for each of the sums a row over the same that
        is nought: the sums and kinds it is made of, less itself.
    """
    numbered: dict[int, int] = {}
    keys = [[numbered.setdefault(_bits(one.kinds), len(numbered)) for one in line] for line in lines]
    entries = [
        (row, size + at, one.factor)
        for row, (line, places) in enumerate(zip(lines, keys, strict=True))
        for at, one in zip(places, line, strict=True)
    ]
    made = [
        (at, part, sign)
        for at, parts in enumerate(_made_of(list(numbered), size))
        for part, sign in ((size + at, -1.0), *((part, 1.0) for part in parts))
    ]
    return _matrix(entries, len(lines), size + len(numbered)), _matrix(made, len(numbered), size + len(numbered))


def _made_of(sums: Sequence[int], size: int) -> Iterator[list[int]]:
    """Yield the parts of each sum, largest first: other sums, by number after the kinds, and the kinds left over."""
    largest = sorted(range(len(sums)), key=lambda at: (-sums[at].bit_count(), at))
    place = {at: position for position, at in enumerate(largest)}
    for at, whole in enumerate(sums):
        left, parts = whole, []
        for other in largest[place[at] + 1 :]:
            if sums[other] & left == sums[other] and sums[other].bit_count() > 1:
                left ^= sums[other]
                parts.append(size + other)
        yield [*parts, *_kinds(left, size)]


def _bits(kinds: Flags) -> int:
    return int.from_bytes(np.packbits(kinds).tobytes())


def _kinds(bits: int, size: int) -> list[int]:
    packed = np.frombuffer(bits.to_bytes(-(-size // 8)), dtype=np.uint8)
    return [int(kind) for kind in np.flatnonzero(np.unpackbits(packed, count=size))]


def _matrix(entries: Sequence[tuple[int, int, float]], rows: int, columns: int) -> csr_array:
    row, column, value = zip(*entries, strict=True) if entries else ((), (), ())
    return csr_array((np.array(value, dtype=np.float64), (row, column)), shape=(rows, columns))
