"""Weights that were calibrated here, made again by R's package survey: what `rscript` and `weightscript` share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isinf
from typing import Final

import polars as pl

from tryghed.definitions.calibration import Distance, Margin


@dataclass(frozen=True)
class Recalibration:
    """What R needs, beside the rows, to calibrate a wave's weights as they were calibrated here.

    Attributes:
        wave: The wave.
        distance: How weights may move.
        totals: People by category, "margin=category".
        scale: What delivered weights are multiplied with first, so that they sum to people.
    """

    wave: str
    distance: Distance
    totals: Mapping[str, float]
    scale: float = 1.0


def totals(margins: Sequence[Margin]) -> dict[str, float]:
    """Return the people of every category that has some, "margin=category"; all margins sum to what the first does."""
    return {
        f"{margin.name}={'*'.join(category)}": people * (margins[0].population / margin.population)
        for margin in margins for category, people in margin.totals.items() if people > 0
    }  # fmt: skip


_WITHIN: Final = 'within <- function(lists, one) grepl(paste0(";", one, ";"), lists, fixed = TRUE)\n'
#: `rows$known` are the categories of each row between semicolons, `rows$calibrated` its weight after.
_CALIBRATED: Final = """\
# The weights nearest to the design's under which a wave adds up to known totals. Categories that follow from others are
# left out. R stops where its weights are not those that tryghed told.
calibrated <- function(design, wave, totals, method, bounds) {
  x <- 1 * sapply(names(totals), function(one) rows$wave == wave & within(rows$known, one))
  colnames(x) <- names(totals) <- sprintf("total_%d", seq_along(totals))
  apart <- qr(x)
  used <- sort(apart$pivot[seq_len(apart$rank)])
  design$variables[colnames(x)] <- as.data.frame(x)
  made <- calibrate(design, reformulate(colnames(x)[used], intercept = FALSE), totals[used], calfun = method,
                    bounds = bounds, epsilon = 1e-12, maxit = 500, compress = FALSE)
  off <- abs(weights(made, "sampling") - rows$calibrated)[rows$wave == wave]
  if (max(off) > 1e-7 * max(rows$calibrated)) stop("R's weights of wave ", wave, " are not those of the store")
  made
}
"""


def written(calibrations: Sequence[Recalibration]) -> str:
    """Return the lines of R that tell what is in a list, and calibrate the design of each wave."""
    return "\n".join([_WITHIN, *([_CALIBRATED, *map(_call, calibrations)] if calibrations else [])])


def _call(known: Recalibration) -> str:
    """Return the line of R that calibrates a wave."""
    distance = known.distance
    limits = distance.limits if distance.bounds is not None else (float("-inf"), float("inf"))
    bounds = ", ".join(f"{'-' if one < 0 else ''}Inf" if isinf(one) else repr(one) for one in limits)
    people = ",\n  ".join(f"{quoted(name)} = {float(total)!r}" for name, total in known.totals.items())
    return (
        f"design <- calibrated(design, {quoted(known.wave)}, c(\n  {people}\n), {quoted(distance.method)}, "
        f"bounds = c({bounds}))\n"
    )


def listed(lists: pl.Expr) -> pl.Expr:
    """Return lists as `rows$known` has them: each entry between semicolons."""
    return pl.concat_str(pl.lit(";"), lists.list.join(";"), pl.lit(";"))


def quoted(text: str) -> str:
    """Return a text as an R string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
