"""R scripts, in base R, that recompute a whole answer from aggregates in a file beside them: models and rates."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from tryghed.delivery.recalibration import quoted
from tryghed.delivery.rscript import save


@dataclass(frozen=True, eq=False)
class Script:
    """An R script that reads the file DATA, and the rows of that file."""

    text: str
    rows: pl.DataFrame


def write(script: Script, target: Path) -> Path:
    """Write the script to `target`, `NAME.R`, and its rows beside it; return the CSV.

    Raises:
        DeliveryError: A file cannot be written.
    """
    data = target.with_suffix(".csv")
    save(data, script.rows.write_csv(null_value="NA"))
    save(target, script.text.replace("DATA", quoted(data.name)))
    return data


#: Of rows with `indicator`, `area`, `n`, `share`, `se`, `base` (the area's weighted answers), and a column `x_…` for
#: each register table: every area in the model.
MODEL: Final = """\
# Fits the model of small areas that tryghed answered with (Fay-Herriot, arcsine scale). Run it here: Rscript NAME.R
areas <- read.csv(DATA, colClasses = c(area = "character"), encoding = "UTF-8")

modelled <- function(areas) {
  n <- areas$n; p <- areas$share; inside <- p > 0 & p < 1
  deff <- if (any(inside)) exp(mean(log(n * areas$se^2 / (p * (1 - p)))[inside])) else 1
  D <- deff / (4 * n); y <- asin(sqrt(p))
  X <- cbind(1, scale(as.matrix(areas[grep("^x_", names(areas))])))
  projection <- function(A) {
    W <- diag(1 / (A + D))
    W - W %*% X %*% solve(t(X) %*% W %*% X, t(X) %*% W)
  }
  # Restricted maximum likelihood: the root of the score, or 0 where the likelihood falls from there on.
  score <- function(A) { P <- projection(A); (-sum(diag(P)) + sum((P %*% y)^2)) / 2 }
  boundary <- score(0) <= 0
  most <- 100 * (var(y) + max(D))
  if (boundary) {
    # The adjusted profile likelihood of Yoshimori and Lahiri, which is above 0.
    likelihood <- function(A)
      log(atan(sum(A / (A + D)))) / length(y) - sum(log(A + D)) / 2 - drop(t(y) %*% projection(A) %*% y) / 2
    slope <- function(A) {
      kept <- sum(A / (A + D))
      gained <- sum(D / (A + D)^2) / (atan(kept) * (1 + kept^2) * length(y))
      gained - sum(1 / (A + D)) / 2 + sum((projection(A) %*% y)^2) / 2
    }
    grid <- exp(seq(log(1e-10 * min(D)), log(most), length.out = 400))
    best <- which.max(sapply(grid, likelihood))
    A <- uniroot(slope, grid[pmin(pmax(best + c(-1, 1), 1), 400)], tol = 1e-20, maxiter = 1000)$root
  } else A <- uniroot(score, c(0, most), tol = 1e-20, maxiter = 1000)$root
  inverse <- 1 / (A + D); Q <- solve(t(X) %*% (X * inverse)); own <- A * inverse
  fixed <- drop(X %*% Q %*% t(X) %*% (y * inverse)); theta <- fixed + own * (y - fixed)
  g2 <- (1 - own)^2 * rowSums((X %*% Q) * X)
  g3 <- (1 - own)^2 * 2 / sum(inverse^2) * inverse
  mse <- own * D + g2 + 2 * g3
  if (boundary) mse <- mse + (1 - own)^2 * sum(diag(Q %*% t(X) %*% (X * inverse^2))) / sum(inverse^2)
  # The expectation of the sine squared, moved to add up to the direct share of all areas.
  plain <- (1 - exp(-2 * own * D) * cos(2 * theta)) / 2
  parts <- areas$base / sum(areas$base); moved <- sum(parts * p) - sum(parts * plain)
  limit <- function(sign) {
    if (boundary) return(NA)
    at <- pmin(pmax(theta + sign * qnorm(0.975) * sqrt(mse), 0), pi / 2)
    pmin(pmax(sin(at)^2 + moved, 0), 1)
  }
  data.frame(areas[c("indicator", "area")], direct = p, model = plain + moved, model_lower = limit(-1),
             model_upper = limit(1), basis = "modelbaseret", rmse = abs(sin(2 * theta)) * sqrt(mse), own, A = A)
}

fitted <- lapply(split(areas, factor(areas$indicator, unique(areas$indicator))), modelled)
write.csv(do.call(rbind, fitted), row.names = FALSE)
"""

#: Of rows with `area`, `group`, `events`, `people`, `standard` (people of the standard population) and `per`.
RATES: Final = """\
# Recomputes the rates that tryghed answered, with Dobson's limits. Run it here: Rscript NAME.R
counts <- read.csv(DATA, colClasses = c(area = "character", group = "character"), encoding = "UTF-8")

rate <- function(part) {
  x <- part$events; n <- part$people; w <- part$standard; per <- part$per[1]; total <- sum(x)
  value <- sum(w * x / n) / sum(w); variance <- sum(w^2 * x / n^2) / sum(w)^2
  limits <- c(qchisq(0.025, 2 * total), qchisq(0.975, 2 * total + 2)) / 2
  limits <- value + sqrt(variance / total) * (limits - total)
  known <- if (total < 10) NA else 1
  data.frame(area = part$area[1], events = total, people = sum(n), crude = per * total / sum(n),
             rate = known * per * value, lower = known * per * limits[1], upper = known * per * limits[2])
}

write.csv(do.call(rbind, lapply(split(counts, counts$area), rate)), row.names = FALSE)
"""
