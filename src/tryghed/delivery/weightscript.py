"""An R script that calibrates a wave's weights anew with the package survey, and recomputes the audit of the result."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isinf
from pathlib import Path
from typing import Final

import polars as pl

from tryghed.definitions.calibration import Distance
from tryghed.delivery.rscript import quoted, save

_TEXTS: Final = ("stratum", "psu")


@dataclass(frozen=True, eq=False)
class Recalibration:
    """What R needs to make a wave's weights again.

    Attributes:
        rows: One per respondent: `stratum`, `psu` (null where people were sampled directly), `size` (sampling units in
            the stratum, null where not known), `weight` (before calibration: as delivered, or trimmed, in people), a
            column `margin_1`, … for each margin, and a column `score_…` for each indicator. Personal data.
        margins: People by category, by the name of the margin.
        distance: How weights may move; None where nothing is calibrated.
        lonely: What the definition says of a stratum with one PSU.
    """

    rows: pl.DataFrame
    margins: Mapping[str, Mapping[str, float]]
    distance: Distance | None
    lonely: str


def write(known: Recalibration, target: Path) -> Path:
    """Write the script to `target` and the rows beside it as CSV, readable by their owner only; return the CSV.

    Raises:
        DeliveryError: A file cannot be written.
    """
    data = target.with_suffix(".csv")
    sized = bool(known.rows["size"].is_not_null().any())
    rows = known.rows.with_columns(pl.col("size").cast(pl.Float64).fill_null(float("inf")))
    save(data, rows.write_csv(null_value="NA"))
    save(target, _script(known, data.name, sized=sized))
    return data


def _script(known: Recalibration, data: str, *, sized: bool) -> str:
    columns = [f"margin_{place}" for place in range(1, len(known.margins) + 1)]
    texts = ", ".join(f'{name} = "character"' for name in (*_TEXTS, *columns))
    margins = ",\n".join(f"  {quoted(name)} = {_numbers(totals)}" for name, totals in known.margins.items())
    indicators = [name.removeprefix("score_") for name in known.rows.columns if name.startswith("score_")]
    size = ", fpc = ~size" if sized else ""
    lonely = "" if known.lonely == "fail" else f"options(survey.lonely.psu = {quoted(known.lonely)})\n"
    return f"""\
# Recomputes with R's package survey what tryghed weights told. Run it in this folder: Rscript NAME.R
# The rows in {data} are personal data: keep them where the survey's answers are kept, and delete them after use.
library(survey)
rows <- read.csv({quoted(data)}, colClasses = c({texts}), encoding = "UTF-8")
rows$unit <- ifelse(is.na(rows$psu), seq_len(nrow(rows)), paste(rows$stratum, rows$psu))
margins <- list(
{margins}
)
columns <- sprintf("margin_%d", seq_along(margins))
for (place in seq_along(margins)) rows[[columns[place]]] <- factor(rows[[columns[place]]], names(margins[[place]]))
{lonely}design <- svydesign(ids = ~unit, strata = ~stratum, weights = ~weight{size}, data = rows)
{_calibration(known.distance)}
final <- weights(made)
told <- function(part, name, category, final) data.frame(part, name, category, final = unname(final))
deff <- length(final) * sum(final^2) / sum(final)^2
measures <- c(smallest = min(final), median = median(final), largest = max(final),
              "largest / median" = max(final) / median(final), deff = deff, "effective n" = length(final) / deff,
              sum = sum(final))
shown <- lapply(seq_along(margins), function(place) {{
  part <- tapply(final, rows[[columns[place]]], sum) / sum(final)
  told("margin", names(margins)[place], names(part), part)
}})
shares <- lapply(c({", ".join(map(quoted, indicators))}), function(name) {{
  found <- svymean(reformulate(paste0("score_", name)), made, na.rm = TRUE)
  told("indicator", name, c("share", "se"), c(coef(found), SE(found)))
}})
write.csv(do.call(rbind, c(list(told("weights", names(measures), "", measures)), shown, shares)), row.names = FALSE)
"""


def _calibration(distance: Distance | None) -> str:
    if distance is None:
        return "made <- design"
    low, high = distance.limits if distance.bounds is not None else (float("-inf"), float("inf"))
    bounds = ", ".join(f"{'-' if one < 0 else ''}Inf" if isinf(one) else repr(one) for one in (low, high))
    return f"""\
# The first category of each margin follows from the others.
population <- c("(Intercept)" = sum(margins[[1]]), unlist(lapply(seq_along(margins), function(place)
  setNames(margins[[place]][-1], paste0(columns[place], names(margins[[place]])[-1])))))
made <- calibrate(design, reformulate(columns), population, calfun = {quoted(distance.method)}, bounds = c({bounds}),
                  epsilon = 1e-12, maxit = 500)"""


def _numbers(totals: Mapping[str, float]) -> str:
    return f"c({', '.join(f'{quoted(name)} = {float(total)!r}' for name, total in totals.items())})"
