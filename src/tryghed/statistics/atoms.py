"""Sums of atoms become sums of domains, and sums over the PSUs that two domains share.

An *atom* is respondents alike in PSU, areas and categories, so that every domain is made of whole atoms. Where people
were sampled directly each is a PSU of one, and an atom is respondents alike in stratum, areas and categories.

Areas that hold the same atoms of a PSU form a *class* there: a PSU that lies within one district has one class, which
stands for its district, its city and everybody. A *unit* is what a PSU has of a class and a category. Products are made
once per unit, or pair of units, and not for each of the domains that share them.

Everything is added up in the order of wave, stratum, PSU, location and profile, so that the same store gives the same
bits however many threads read it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tryghed.statistics.folding import CROSSED, SUMMED, Cross
from tryghed.statistics.intervals import Numbers

Domain = tuple[str, str, str, str]  # area set, area, dimension, category
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Atoms:
    """The atoms of the waves read, in order.

    Attributes:
        keys: One row per atom: `stratum` (index in the design), `psu` (counted over all; of people sampled directly,
            each atom has its own), `direct`, `location`, `profile`.
        places: One row per location and area: `location`, `place` (index of `areas`).
        kinds: One row per profile and category: `profile`, `kind` (index of `categories`).
        areas: Area set and area, in order.
        categories: Dimension and category, in order.
        sums: `n`, `positives`, `a`, `y`, and where people were sampled directly `aa`, `yy`: indicators × atoms.
    """

    keys: pl.DataFrame
    places: pl.DataFrame
    kinds: pl.DataFrame
    areas: tuple[tuple[str, ...], ...]
    categories: tuple[tuple[str, ...], ...]
    sums: Mapping[str, Numbers]


@dataclass(frozen=True, eq=False)
class Added:
    """Sums of rows by group, in the order of the rows: `rows` in order, and where each group begins."""

    rows: Indices
    starts: Indices

    def of(self, values: Numbers) -> Numbers:
        """Return the sum of each group."""
        if not len(self.starts):
            return np.zeros(0)
        return np.asarray(np.add.reduceat(values[self.rows], self.starts, dtype=np.float64))


@dataclass(frozen=True, eq=False)
class Units:
    """How atoms make up units, units domains.

    Attributes:
        atoms: What they are made of.
        classes: One row per PSU type, class and place; a type is the locations that a PSU has atoms in.
        table: One row per unit: `psu`, `type`, `stratum`, `class`, `kind`, `unit`.
        direct: Of each unit, whether its people were sampled directly.
        from_atoms: Atoms by unit.
        into_classes: Units by stratum, class and kind.
        into_cells: These by domain and stratum.
        domains: In order.
        cells: Domain and stratum of each cell, as indices.
    """

    atoms: Atoms
    classes: pl.DataFrame
    table: pl.DataFrame
    direct: NDArray[np.bool_]
    from_atoms: Added
    into_classes: Added
    into_cells: Added
    domains: tuple[Domain, ...]
    cells: tuple[Indices, Indices]

    def of(self, indicator: int) -> dict[str, Numbers]:
        """Return the sums of each unit for one indicator."""
        return {name: self.from_atoms.of(values[indicator]) for name, values in self.atoms.sums.items()}

    def summed(self) -> dict[str, Numbers]:
        """Return for each name of `folding.SUMMED` an array of indicators × cells."""
        found: dict[str, list[Numbers]] = {name: [] for name in SUMMED}
        for indicator in range(len(self.atoms.sums["n"])):
            own = self.of(indicator)
            products = _products(own, self.direct)
            for name in SUMMED:
                values = own[name] if name in ("n", "positives", "a", "y") else products[name]
                found[name].append(self.into_cells.of(self.into_classes.of(values)))
        return {name: np.stack(rows) for name, rows in found.items()}

    def together(self, domains: Sequence[int], indicator: int, strata: int) -> Numbers:
        """Return how many PSUs of each stratum have an answer from any of the domains, each counted once."""
        wanted = [self.domains[one] for one in domains]
        chosen = pl.DataFrame(
            {"place": [self.atoms.areas.index(one[:2]) for one in wanted],
             "kind": [self.atoms.categories.index(one[2:]) for one in wanted]},
            schema={"place": pl.Int64, "kind": pl.Int64},
        ).unique()  # fmt: skip
        whole = chosen.join(self.atoms.places, on="place").join(self.atoms.kinds, on="kind")
        members = self.atoms.keys.with_row_index("atom").join(whole, on=["location", "profile"], how="semi")
        answers = members.with_columns(pl.Series("n", self.atoms.sums["n"][indicator][members["atom"].to_numpy()]))
        psus = answers.group_by("stratum", "psu", "direct").agg(pl.col("n").sum())
        counted = np.where(psus["direct"].to_numpy(), psus["n"].to_numpy(), psus["n"].to_numpy() > 0)
        return np.bincount(psus["stratum"].to_numpy(), weights=counted, minlength=strata).astype(np.float64)


@dataclass(frozen=True, eq=False)
class Crossings:
    """The units that pairs of domains share: pairs of units of one PSU, and what they add up to.

    Attributes:
        units: What the pairs are made of.
        one: The first unit of each pair of units.
        other: The second.
        into_classes: Pairs of units by stratum and pair of classes and kinds.
        into_pairs: These by pair of domains and stratum.
        at: Pair of domains and stratum of each sum.
        shape: Pairs of domains, strata.
    """

    units: Units
    one: Indices
    other: Indices
    into_classes: Added
    into_pairs: Added
    at: tuple[Indices, Indices]
    shape: tuple[int, int]

    def of(self, indicator: int) -> Cross:
        """Return the sums over shared PSUs for one indicator."""
        own = self.units.of(indicator)
        one = {name: values[self.one] for name, values in own.items()}
        other = {name: values[self.other] for name, values in own.items()}
        products = _products(one, self.units.direct[self.one], other)
        found = {}
        for name in CROSSED:
            found[name] = np.zeros(self.shape)
            found[name][self.at] = self.into_pairs.of(self.into_classes.of(products[name]))
        return Cross(**found)


def units(atoms: Atoms) -> Units:
    """Return how the atoms make up units and domains."""
    typed, classes, parts = _classes(atoms)
    entries = (
        typed.with_row_index("atom")
        .join(parts, on=["type", "location"])
        .join(atoms.kinds, on="profile")
        .sort("psu", "class", "kind", "atom")
    )
    keys = ["psu", "class", "kind"]
    table = entries.group_by(keys, maintain_order=True).agg(pl.col("type", "stratum", "direct").first())
    table = table.with_row_index("unit")
    grouped = table.sort("stratum", "class", "kind", "unit")
    of_class = grouped.select("stratum", "class", "kind").unique(maintain_order=True).with_row_index("row")
    placed = of_class.join(classes.select("class", "place"), on="class").sort("place", "kind", "stratum", "row")
    cells = placed.select("place", "kind", "stratum").unique(maintain_order=True)
    domains = cells.select("place", "kind").unique(maintain_order=True).with_row_index("domain")
    at = cells.join(domains, on=["place", "kind"], maintain_order="left")
    return Units(
        atoms, classes, table.drop("direct"), table["direct"].to_numpy(),
        from_atoms=_added(entries, "atom", keys),
        into_classes=_added(grouped, "unit", ["stratum", "class", "kind"]),
        into_cells=_added(placed, "row", ["place", "kind", "stratum"]),
        domains=tuple(
            (*atoms.areas[place], *atoms.categories[kind])
            for place, kind in domains.select("place", "kind").iter_rows()
        ),
        cells=(_integers(at["domain"]), _integers(at["stratum"])),
    )  # fmt: skip


def crossings(known: Units, one: Sequence[int], other: Sequence[int], strata: int) -> Crossings:
    """Return what each pair of domains shares; the two may be of different area sets and dimensions, or the same."""
    pairs = pl.DataFrame(
        {f"{name}{side}": [indices[domain[:2] if name == "place" else domain[2:]] for domain in chosen]
         for side, chosen in (("", [known.domains[place] for place in one]),
                              ("_other", [known.domains[place] for place in other]))
         for name, indices in (("place", _positions(known.atoms.areas)), ("kind", _positions(known.atoms.categories)))},
        schema=dict.fromkeys(("place", "kind", "place_other", "kind_other"), pl.Int64),
    ).with_row_index("pair")  # fmt: skip
    both = ["class", "kind", "class_other", "kind_other"]
    classed = pairs.join(known.classes, on="place").join(
        known.classes, left_on=["type", "place_other"], right_on=["type", "place"], suffix="_other"
    )
    second = known.table.select("psu", "unit", class_other="class", kind_other="kind")
    shared = (
        classed.select(both).unique()
        .join(known.table, on=["class", "kind"])
        .join(second, on=["psu", "class_other", "kind_other"], suffix="_other")
        .sort("stratum", *both, "psu")
    )  # fmt: skip
    sums = shared.select("stratum", *both).unique(maintain_order=True).with_row_index("row")
    placed = classed.join(sums, on=both).sort("pair", "stratum", "row")
    at = placed.select("pair", "stratum").unique(maintain_order=True)
    return Crossings(
        known, _integers(shared["unit"]), _integers(shared["unit_other"]),
        _added(shared.with_row_index("shared"), "shared", ["stratum", *both]),
        _added(placed, "row", ["pair", "stratum"]),
        (_integers(at["pair"]), _integers(at["stratum"])), (pairs.height, strata),
    )  # fmt: skip


def _products(
    one: Mapping[str, Numbers], direct: NDArray[np.bool_], other: Mapping[str, Numbers] | None = None
) -> dict[str, Numbers]:
    """Return what units, or pairs of them, add to sums over PSUs.

    That is a PSU's product, or the sum of squares of people sampled directly: both units then hold the same people.
    """
    other = other or one
    n, m, a, y = one["n"], other["n"], one["a"], one["y"]
    squares, bases = (np.where(direct, one.get(name, 0.0), 0.0) for name in ("yy", "aa"))
    return {
        "psus": np.where(direct, n, (n > 0) & (m > 0)),
        "only": np.where(direct, n, (n > 0) & (n == m)),
        "aa": np.where(direct, bases, a * other["a"]),
        "ay": np.where(direct, squares, a * other["y"]),
        "ya": np.where(direct, squares, y * other["a"]),
        "yy": np.where(direct, squares, y * other["y"]),
    }


def _classes(atoms: Atoms) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return atoms with the type of their PSU; type, class and place; type, location and class."""
    located = atoms.keys.select("psu", "location").unique().sort("psu", "location")
    lists = located.group_by("psu", maintain_order=True).agg(pl.col("location").cast(pl.String).str.join(" "))
    types = lists.select("location").unique(maintain_order=True).with_row_index("type")
    of_psu = lists.join(types, on="location").select("psu", "type")
    typed = atoms.keys.join(of_psu, on="psu", maintain_order="left")
    inside = (
        typed.select("type", "location").unique().join(atoms.places, on="location").sort("type", "place", "location")
    )
    held = inside.group_by("type", "place", maintain_order=True).agg(pl.col("location").cast(pl.String).str.join(" "))
    names = held.select("type", "location").unique(maintain_order=True).with_row_index("class")
    classes = held.join(names, on=["type", "location"], maintain_order="left").select("type", "class", "place")
    parts = classes.join(inside, on=["type", "place"]).select("type", "location", "class").unique()
    return typed, classes, parts


def _added(ordered: pl.DataFrame, rows: str, keys: list[str]) -> Added:
    """Return how `rows` of a table in order of `keys` add up."""
    if not ordered.height:
        return Added(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    same = np.ones(ordered.height - 1, dtype=np.bool_)
    for key in keys:
        values = ordered[key].to_numpy()
        same &= values[1:] == values[:-1]
    return Added(_integers(ordered[rows]), np.concatenate([[0], np.flatnonzero(~same) + 1]).astype(np.int64))


def _integers(values: pl.Series) -> Indices:
    return values.cast(pl.Int64).to_numpy()


def _positions(names: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    return {name: place for place, name in enumerate(names)}
