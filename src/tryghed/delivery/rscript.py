"""An R script that recomputes estimates and comparisons with the package survey, from a file of rows beside it.

The design is written as R's users would: strata within waves, sampling units nested in them, a finite population
correction where the strata's sizes are known; weights calibrated here are calibrated anew, by R's `calibrate`.
Domains are subsets of the design, never of the data.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal

import polars as pl

from tryghed.delivery import recalibration
from tryghed.delivery.recalibration import Recalibration, quoted
from tryghed.errors import DeliveryError
from tryghed.frames import EVERYBODY
from tryghed.statistics.respondents import Domain

#: What is made of an answer that is no share of an indicator.
Measured = Literal["mean", "total", "ratio", "quantile", "answer"]


@dataclass(frozen=True)
class Variable:
    """An item or indicator: `codes` are its answers, or with `outside` what stands for kinds of missing."""

    name: str
    codes: tuple[float, ...]
    outside: bool = False


@dataclass(frozen=True)
class Measure:
    """What is made of an item, or of two in a ratio; `at` is the part of a quantile, or the code of an answer."""

    kind: Measured
    variables: tuple[Variable, ...]
    at: float | None = None


@dataclass(frozen=True)
class Line:
    """One number to recompute: a share; a difference where there is another side; how it changed where there is `then`.

    `then` are both sides in the earlier period; `standard` are the categories a share is standardised for, each with
    its part of the standard. `columns` are those of a table, whose independence of the answer is tested;
    or with `years` the waves that a straight line goes through. With a `measure` it is no share of an indicator.
    """

    label: str
    indicator: str
    one: Domain
    other: Domain | None = None
    then: tuple[Domain, Domain] | None = None
    standard: tuple[tuple[str, float], ...] = ()
    columns: tuple[Domain, ...] = ()
    years: tuple[float, ...] = ()
    measure: Measure | None = None

    @property
    def sides(self) -> tuple[Domain, ...]:
        """Every domain of the number."""
        return tuple(side for side in (self.one, self.other, *(self.then or ())) if side)


def write(
    rows: pl.DataFrame, lines: Sequence[Line], target: Path, *, calibrations: Sequence[Recalibration],
    followed: bool = False,
) -> Path:  # fmt: skip
    """Write the script to `target` and the rows beside it as CSV, readable by their owner only; return the CSV.

    Args:
        rows: The result of `estimate/respondent_rows`.
        lines: What to recompute.
        target: The script, `NAME.R`; the rows are written to `NAME.csv`.
        calibrations: Of every wave whose weights were calibrated here and have no replicates.
        followed: Whether people are followed from wave to wave: a person is then one sampling unit across them.

    Raises:
        DeliveryError: A file cannot be written, or R cannot hold the waves in one design.
    """
    data = target.with_suffix(".csv")
    design = "\n\n".join([_FOLLOWED if followed else _UNITS + _design(rows), recalibration.written(calibrations)])
    plain = _weighted(_whole(rows), calibrations).drop("lonely_psu", "factors", "mse", "replicates", "calibration")
    known = plain["size"].is_not_null().any()
    sized = plain.with_columns(pl.col("size").fill_null(float("inf"))) if known else plain.drop("size")
    save(data, pl.concat([sized, _replicates(rows)], how="horizontal").write_csv(null_value="NA", float_precision=9))
    save(target, _script(data.name, lines, design))
    return data


def _weighted(rows: pl.DataFrame, calibrations: Sequence[Recalibration]) -> pl.DataFrame:
    """Return the rows with the weights that R begins from: those before calibration, where it is R that calibrates."""
    if not calibrations:
        return rows.drop("delivered", "known")
    scales = {one.wave: one.scale for one in calibrations}
    before = pl.col("delivered") * pl.col("wave").replace_strict(scales, default=1.0, return_dtype=pl.Float64)
    here = pl.col("wave").is_in(list(scales))
    return rows.with_columns(
        pl.when(here).then(before).otherwise("weight").alias("weight"), pl.col("weight").alias("calibrated"),
        recalibration.listed(pl.col("known")).alias("known"),
    ).drop("delivered")  # fmt: skip


def _whole(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with scores and answers as whole numbers where they are."""
    answers = [one for one in rows.columns if one.startswith("y_")]
    whole = [one for one in answers if (rows[one] == rows[one].cast(pl.Float64).round()).all()]
    return rows.with_columns(pl.col(whole).cast(pl.Int64))


_FUNCTIONS: Final = (files("tryghed.delivery") / "estimates.R").read_text(encoding="utf-8")
_UNITS: Final = """\
rows$stratum <- paste(rows$wave, rows$stratum)
rows$unit <- ifelse(is.na(rows$psu), seq_len(nrow(rows)), paste(rows$stratum, rows$psu))
"""
#: People asked in several waves are one sampling unit, in strata without the wave.
_FOLLOWED: Final = "design <- svydesign(ids = ~person, strata = ~stratum, weights = ~weight, data = rows, nest = TRUE)"


def _design(rows: pl.DataFrame) -> str:
    """Return R's definition of the sample design.

    Raises:
        DeliveryError: The waves have designs that R cannot hold in one.
    """
    strategies = set(rows["lonely_psu"]) - {"fail"}
    if len(strategies) > 1:
        raise DeliveryError(
            f"R treats strata with one PSU alike in all waves, not as {' and '.join(sorted(strategies))}",
            hint="write a script for each wave",
        )
    lonely = f"options(survey.lonely.psu = {quoted(strategies.pop())})\n" if strategies else ""
    if rows["factors"].null_count() == rows.height:
        size = ", fpc = ~size" if rows["size"].is_not_null().any() else ""
        return f"{lonely}design <- svydesign(ids = ~unit, strata = ~stratum, weights = ~weight{size}, data = rows)"
    if rows["wave"].n_unique() > 1:
        raise DeliveryError("R has no one design of waves with replicate weights", hint="write a script for each wave")
    factors = ", ".join(map(repr, rows["factors"][0].to_list()))
    return (
        'design <- svrepdesign(data = rows, weights = ~weight, repweights = "^rep_[0-9]+$", type = "other",\n'
        f"  scale = 1, rscales = c({factors}), mse = {'TRUE' if rows['mse'][0] else 'FALSE'})"
    )


def _replicates(rows: pl.DataFrame) -> pl.DataFrame:
    """Return a column for every replicate; none where none were delivered."""
    count = int(rows["replicates"].list.len().max() or 0)  # type: ignore[arg-type]
    return rows.select(pl.col("replicates").list.get(place).alias(f"rep_{place + 1}") for place in range(count))


def save(path: Path, text: str) -> None:
    """Write a file that only its owner may read.

    Raises:
        DeliveryError: It cannot be written.
    """
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise DeliveryError(f"cannot be written: {error.strerror}", where=str(path)) from None


def _script(data: str, lines: Sequence[Line], design: str) -> str:
    calls = ",\n".join(f"  {call(line)}" for line in lines)
    return f"""\
# Recomputes with R's package survey what tryghed answered. Run it in this folder: Rscript NAME.R
# The rows in {data} are personal data: keep them where the survey's answers are kept, and delete them after use.
library(survey)
text <- c(wave = "character", stratum = "character", psu = "character", areas = "character", categories = "character")
rows <- read.csv({quoted(data)}, colClasses = text, encoding = "UTF-8")
{design}

{_FUNCTIONS}
write.csv(rbind(
{calls}
), row.names = FALSE)
"""


def call(line: Line) -> str:
    """Return the line of the script that recomputes one number."""
    if line.measure:
        return _measured(line, line.measure)
    function = "change" if line.then else "difference" if line.other else "share"
    told = [quoted(line.label), quoted(f"y_{line.indicator}"), *map(expression, line.sides)]
    if line.columns:
        columns = f"list({', '.join(map(expression, line.columns))})"
        years = f", c({', '.join(map(repr, line.years))})" if line.years else ""
        return f"{'slope' if years else 'associated'}({', '.join(told[:2])}, {columns}{years})"
    if line.standard:
        parts = ", ".join(f"{quoted(name)} = {part!r}" for name, part in line.standard)
        return f"standardised({', '.join(told)}, c({parts}))"
    return f"{function}({', '.join(told)})"


def _measured(line: Line, measure: Measure) -> str:
    """Return the line that recomputes a mean, a total, a ratio, a quantile or the share of an answer."""
    answered = "".join(f" & {_answered(one)}" for one in measure.variables)
    names = [quoted(f"y_{one.name}") for one in measure.variables]
    told = [quoted(line.label), names[0], expression(line.one) + answered, quoted(measure.kind)]
    told += [f"at = {measure.at!r}"] if measure.at is not None else []
    told += [f"other = {names[1]}"] if len(names) > 1 else []
    return f"measured({', '.join(told)})"


def _answered(one: Variable) -> str:
    """Return an R expression, TRUE where the variable has an answer."""
    codes = f"rows$y_{one.name} %in% c({', '.join(f'{code:g}' for code in one.codes)})"
    return f"!is.na(rows$y_{one.name}) & !({codes})" if one.outside else codes


def expression(domain: Domain) -> str:
    """Return a domain as an R expression, TRUE for its rows."""
    waves = ", ".join(quoted(one) for one in domain.waves)
    area = f"within(rows$areas, {quoted(domain.area)})"
    category = "" if domain.category == EVERYBODY else f" & within(rows$categories, {quoted(domain.category)})"
    answers = "".join(f" & rows${f'y_{name}'} %in% {score}" for name, score in domain.answers)
    return f"rows$wave %in% c({waves}) & {'!' if domain.outside else ''}{area}{category}{answers}"
