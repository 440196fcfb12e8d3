"""An R script that fits the model of small areas anew, in base R, from a file of their direct estimates beside it."""

from pathlib import Path

import polars as pl

from tryghed.delivery.rscript import quoted, save


def write(areas: pl.DataFrame, target: Path) -> Path:
    """Write the script to `target` and the areas beside it as CSV; return the CSV.

    Args:
        areas: One row per indicator and area in the model: `indicator`, `area`, `n`, `share`, `se`, `base` (the area's
            weighted answers), and a column `x_…` for each register table.
        target: The script, `NAME.R`; the areas are written to `NAME.csv`.

    Raises:
        DeliveryError: A file cannot be written.
    """
    data = target.with_suffix(".csv")
    save(data, areas.write_csv(null_value="NA"))
    save(target, _SCRIPT.replace("DATA", quoted(data.name)))
    return data


_SCRIPT = """\
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
