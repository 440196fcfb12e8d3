"""An R script that calibrates a wave's weights anew with the package survey, and recomputes the audit of the result."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from tryghed.delivery import recalibration
from tryghed.delivery.recalibration import Recalibration, quoted
from tryghed.delivery.rscript import save

_TEXTS: Final = ("stratum", "psu")


@dataclass(frozen=True)
class Replicated:
    """How replicate weights become a variance: the factor of each, and whether distances are from the estimate."""

    factors: tuple[float, ...]
    mse: bool


@dataclass(frozen=True, eq=False)
class Audited:
    """What R needs to make a wave's weights again, and the numbers of their audit.

    Attributes:
        rows: One per respondent: `stratum`, `psu` (null where people were sampled directly), `size` (sampling units in
            the stratum, null where not known), `weight` (before calibration: as delivered, or trimmed, in people),
            `calibrated` (after it), `known` (a list of categories, "margin=category"), a column `rep_1`, … for each
            replicate, before calibration, and a column `score_…` for each indicator. Personal data.
        wave: The wave.
        margins: The categories of each margin, by its name.
        fit: How the weights were calibrated; None where they were not.
        lonely: What the definition says of a stratum with one PSU.
        replicated: None where there are no replicate weights.
    """

    rows: pl.DataFrame
    wave: str
    margins: Mapping[str, tuple[str, ...]]
    fit: Recalibration | None
    lonely: str
    replicated: Replicated | None


def write(known: Audited, target: Path) -> Path:
    """Write the script to `target` and the rows beside it as CSV, readable by their owner only; return the CSV.

    Raises:
        DeliveryError: A file cannot be written.
    """
    data = target.with_suffix(".csv")
    rows = known.rows.with_columns(
        pl.col("size").cast(pl.Float64).fill_null(float("inf")), recalibration.listed(pl.col("known")).alias("known"),
        pl.lit(known.wave).alias("wave"),
    )  # fmt: skip
    save(data, rows.write_csv(null_value="NA"))
    save(target, _script(known, data.name))
    return data


def _script(known: Audited, data: str) -> str:
    texts = ", ".join(f'{name} = "character"' for name in ("wave", *_TEXTS))
    margins = ",\n".join(
        f"  {quoted(name)} = c({', '.join(map(quoted, categories))})" for name, categories in known.margins.items()
    )
    indicators = [name.removeprefix("score_") for name in known.rows.columns if name.startswith("score_")]
    return f"""\
# Recomputes with R's package survey what tryghed weights told. Run it in this folder: Rscript NAME.R
# The rows in {data} are personal data: keep them where the survey's answers are kept, and delete them after use.
library(survey)
rows <- read.csv({quoted(data)}, colClasses = c({texts}), encoding = "UTF-8")
margins <- list(
{margins}
)
{_design(known)}

{recalibration.written([known.fit] if known.fit else [])}
final <- weights(design, "sampling")
told <- function(part, name, category, final) data.frame(part, name, category, final = unname(final))
deff <- length(final) * sum(final^2) / sum(final)^2
measures <- c(smallest = min(final), median = median(final), largest = max(final),
              "largest / median" = max(final) / median(final), deff = deff, "effective n" = length(final) / deff,
              sum = sum(final))
shown <- lapply(names(margins), function(name) {{
  sums <- sapply(margins[[name]], function(one) sum(final[within(rows$known, paste0(name, "=", one))]))
  told("margin", name, margins[[name]], sums / sum(final))
}})
shares <- lapply(c({", ".join(map(quoted, indicators))}), function(name) {{
  found <- svymean(reformulate(paste0("score_", name)), design, na.rm = TRUE)
  told("indicator", name, c("share", "se"), c(coef(found), SE(found)))
}})
write.csv(do.call(rbind, c(list(told("weights", names(measures), "", measures)), shown, shares)), row.names = FALSE)
"""


def _design(known: Audited) -> str:
    if known.replicated is not None:
        return (
            'design <- svrepdesign(data = rows, weights = ~weight, repweights = "^rep_[0-9]+$", type = "other",\n'
            f"  scale = 1, rscales = c({', '.join(map(repr, known.replicated.factors))}), "
            f"mse = {'TRUE' if known.replicated.mse else 'FALSE'})"
        )
    size = ", fpc = ~size" if known.rows["size"].is_not_null().any() else ""
    lonely = "" if known.lonely == "fail" else f"options(survey.lonely.psu = {quoted(known.lonely)})\n"
    return (
        "rows$unit <- ifelse(is.na(rows$psu), seq_len(nrow(rows)), paste(rows$stratum, rows$psu))\n"
        f"{lonely}design <- svydesign(ids = ~unit, strata = ~stratum, weights = ~weight{size}, data = rows)"
    )
