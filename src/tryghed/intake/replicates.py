"""Delivered replicate weights: one list of weights per respondent, in the order of the columns."""

import polars as pl

from tryghed.definitions.wave import Design
from tryghed.frames import Finding
from tryghed.intake.findings import at_rows, finding
from tryghed.intake.values import as_numbers

_FEWEST = 2


def replicates(rows: pl.DataFrame, design: Design, *, decimal: str) -> tuple[pl.Series, list[Finding]]:
    """Return `weights`, lists of Decimal(18, 9), and what is wrong with the columns; none where there are none."""
    wanted = design.replicates
    none = pl.Series("weights", [None] * rows.height, dtype=pl.List(pl.Decimal(18, 9)))
    if wanted is None:
        return none, []
    columns = [name for name in wanted.among(rows.columns) if name in rows.columns]
    where = "design.replicates"
    if len(columns) < _FEWEST:
        message = f"{len(columns)} columns of replicate weights in the file; it takes two and more"
        return none, [finding("replicates_missing", where, message, count=1)]
    if len(wanted.rscales) not in (0, 1, len(columns)):
        message = f"{len(wanted.rscales)} rscales for {len(columns)} columns of replicate weights"
        return none, [finding("replicates_scales", where, message, count=1)]
    numbers, found = [], []
    for name in columns:
        values, wrong = as_numbers(rows[name], decimal=decimal)
        bad = wrong | values.is_null() | (values < 0).fill_null(value=False)
        found += at_rows(
            bad, "replicate_not_weight", name, "{count} replicate weights are missing or no numbers from 0 up"
        )
        numbers.append(pl.select(pl.when(~bad).then(values).otherwise(0.0)).to_series().alias(name))
    weights = pl.DataFrame(numbers)
    if not wanted.combined:
        final, _ = as_numbers(rows[design.weight], decimal=decimal)
        weights = weights.select(pl.all() * final.fill_null(0.0))
    lists = weights.select(pl.concat_list(pl.all().round(9).cast(pl.Decimal(18, 9))).alias("weights"))
    return lists["weights"], found
