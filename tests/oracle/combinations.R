# Reference values for tests/oracle/test_combinations_r.py, from R's package survey and from R itself.
# Run: Rscript tests/oracle/combinations.R SAMPLE.csv
# SAMPLE.csv is written by tests/oracle/sample.py; every line of output is "name = value", 15 significant digits.
# The frozen output is combinations.txt beside this file; the tests run this script again where Rscript is installed.
suppressMessages(library(survey))
everyone <- read.csv(commandArgs(trailingOnly = TRUE)[1], na.strings = "", colClasses = c(psu = "character"))
number <- as.integer(sub("r", "", everyone$respondent))
everyone$age <- c("gammel", "mellem", "ung")[number %% 3 + 1]
out <- function(name, x) cat(name, "=", formatC(as.numeric(x), digits = 15, format = "g"), "\n")
cat("# R", R.version$major, ".", R.version$minor, " survey ", as.character(packageVersion("survey")), "\n", sep = "")

answered <- function(design) design[which(!is.na(design$variables$safe)), ]
combined <- function(name, x) { out(paste0(name, ".estimate"), coef(x)); out(paste0(name, ".se"), SE(x)) }
designs <- function(data) list(
  clusters = svydesign(~psu, strata = ~layer, weights = ~weight, fpc = ~psus, data = data, nest = TRUE),
  people = svydesign(~1, strata = ~layer, weights = ~weight, fpc = ~people, data = data))

now <- subset(everyone, wave == "2025"); now$layer <- now$stratum
everyone$layer <- interaction(everyone$wave, everyone$stratum)
standard <- c(0.25, 0.45, 0.3)
for (way in c("clusters", "people")) {
  design <- answered(designs(now)[[way]])
  for (place in c("alle", "nord")) {
    part <- if (place == "alle") design else subset(design, area == "nord")
    for (statistic in c("F", "adjWald")) {
      x <- svychisq(~safe + age, part, statistic = statistic); name <- paste0(way, ".", place, ".", statistic)
      out(paste0(name, ".f"), x$statistic); out(paste0(name, ".p"), x$p.value)
      out(paste0(name, ".numerator"), x$parameter[1]); out(paste0(name, ".denominator"), x$parameter[2])
    }
  }
  out(paste0(way, ".alle.x2"), svychisq(~safe + age, design, statistic = "Chisq")$statistic)
  by_age <- svyby(~safe, ~age, design, svymean, covmat = TRUE)
  combined(paste0(way, ".ages"), svycontrast(by_age, c(-0.5, 1, -0.5)))
  made <- svystandardize(design, by = ~age, over = ~area, population = standard)
  by <- svyby(~safe, ~area, made, svymean)
  for (a in by$area) { out(paste0(way, ".standard.", a, ".share"), by[a, "safe"]); out(paste0(way, ".standard.", a, ".se"), by[a, "se"]) }
  both <- answered(designs(everyone)[[way]])
  cells <- svyby(~safe, ~area + wave, both, svymean, covmat = TRUE) # nord.2024 syd.2024 nord.2025 syd.2025
  combined(paste0(way, ".did"), svycontrast(cells, c(-1, 1, 1, -1)))
  out(paste0(way, ".did.df"), degf(both))
}

# Every second person of a stratum is asked in both waves.
place <- ave(number, everyone$wave, everyone$stratum, FUN = seq_along)
everyone$person <- ifelse(place %% 2 == 0, paste(everyone$stratum, place), paste(everyone$wave, everyone$stratum, place))
panel <- answered(svydesign(~person, strata = ~stratum, weights = ~weight, data = everyone, nest = TRUE))
waves <- svyby(~safe, ~wave, panel, svymean, covmat = TRUE)
out("panel.share", coef(waves)[2]); out("panel.covariance", vcov(waves)[1, 2])
combined("panel", svycontrast(waves, c(-1, 1))); out("panel.df", degf(panel))

years <- c(2017, 2018, 2019, 2021, 2022, 2024); shares <- c(0.812, 0.797, 0.803, 0.761, 0.778, 0.749)
se <- c(0.011, 0.014, 0.009, 0.012, 0.010, 0.013)
line <- lm(shares ~ years, weights = 1 / se^2); unscaled <- summary(line)$cov.unscaled
out("trend.slope", coef(line)[2]); out("trend.se", sqrt(unscaled[2, 2]))
out("trend.q", sum(residuals(line)^2 / se^2)); out("trend.q_p", pchisq(sum(residuals(line)^2 / se^2), 4, lower.tail = FALSE))
out("trend.p", pchisq(coef(line)[2]^2 / unscaled[2, 2], 1, lower.tail = FALSE))
sigma <- diag(se^2); sigma[1, 2] <- sigma[2, 1] <- 6e-5; sigma[4, 5] <- sigma[5, 4] <- -4e-5
x <- cbind(1, years - 2020); spread <- solve(t(x) %*% solve(sigma, x)); beta <- spread %*% t(x) %*% solve(sigma, shares)
left <- shares - x %*% beta
out("panel_trend.slope", beta[2]); out("panel_trend.se", sqrt(spread[2, 2])); out("panel_trend.q", t(left) %*% solve(sigma, left))

out("tost.p", max(pt((-0.012 - 0.03) / 0.009, 57), pt((0.012 - 0.03) / 0.009, 57)))
out("tost.lower", 0.012 - qt(0.95, 57) * 0.009); out("tost.upper", 0.012 + qt(0.95, 57) * 0.009)

for (events in c(10, 47)) { ci <- poisson.test(events)$conf.int; out(paste0("poisson.", events, ".lower"), ci[1]); out(paste0("poisson.", events, ".upper"), ci[2]) }
events <- c(3, 11, 33); people <- c(4100, 5200, 1900); world <- c(40000, 45000, 15000)
rate <- sum(world * events / people) / sum(world); v <- sum(world^2 * events / people^2) / sum(world)^2; total <- sum(events)
z <- qnorm(0.975)
for (kind in c("exact", "byar")) {
  ci <- if (kind == "exact") poisson.test(total)$conf.int else c(
    total * (1 - 1 / (9 * total) - z / (3 * sqrt(total)))^3,
    (total + 1) * (1 - 1 / (9 * (total + 1)) + z / (3 * sqrt(total + 1)))^3)
  out(paste0("dsr.", kind, ".lower"), 1e5 * (rate + sqrt(v / total) * (ci[1] - total)))
  out(paste0("dsr.", kind, ".upper"), 1e5 * (rate + sqrt(v / total) * (ci[2] - total)))
}
out("dsr.rate", 1e5 * rate)

# The quantile of the largest of m independent |t| with the same denominator (studentised maximum modulus).
for (m in c(3, 13)) for (df in c(12, 400)) {
  coverage <- function(c) integrate(function(s) (2 * pnorm(c * s) - 1)^m * 2 * df * s * dchisq(df * s^2, df), 0, Inf,
                                    rel.tol = 1e-12)$value
  out(paste0("modulus.", m, ".", df), uniroot(function(c) coverage(c) - 0.95, c(1.5, 6), tol = 1e-12)$root)
}

# Fay-Herriot: both likelihoods maximised as they stand.
d <- c(0.0011, 0.0019, 0.0007, 0.0042, 0.0023, 0.0013, 0.0008, 0.0031, 0.0016, 0.0052)
x <- cbind(1, c(0.10, 0.22, 0.14, 0.31, 0.18, 0.27, 0.08, 0.12, 0.25, 0.16))
y <- list(inside = c(0.88, 0.71, 0.90, 0.66, 0.75, 0.79, 0.93, 0.76, 0.68, 0.87),
          boundary = c(0.85, 0.75, 0.815, 0.66, 0.80, 0.70, 0.87, 0.84, 0.73, 0.79))
for (case in names(y)) {
  loglik <- function(a) { v <- a + d; q <- solve(t(x / v) %*% x); b <- q %*% t(x / v) %*% y[[case]]
    -0.5 * sum(log(v)) - 0.5 * sum((y[[case]] - x %*% b)^2 / v) }
  restricted <- function(a) loglik(a) - 0.5 * log(det(t(x / (a + d)) %*% x))
  adjusted <- function(a) loglik(a) + log(atan(sum(a / (a + d)))) / length(d)
  chosen <- if (case == "inside") restricted else adjusted
  a <- optimize(chosen, c(0, if (case == "inside") 0.05 else 0.002), maximum = TRUE, tol = 1e-13)$maximum
  v <- a + d; q <- solve(t(x / v) %*% x); beta <- q %*% t(x / v) %*% y[[case]]; gamma <- a / v
  fixed <- as.vector(x %*% beta); prediction <- fixed + gamma * (y[[case]] - fixed)
  g2 <- (1 - gamma)^2 * rowSums((x %*% q) * x); g3 <- (1 - gamma)^2 * 2 / sum(1 / v^2) / v
  p <- diag(1 / v) - (x / v) %*% q %*% t(x / v)
  bias <- if (case == "inside") 0 else sum(diag(p - diag(1 / v))) / sum(1 / v^2)
  mse <- gamma * d + g2 + 2 * g3 - (1 - gamma)^2 * bias
  back <- mapply(function(m, s) integrate(function(z) sin(z)^2 * dnorm(z, m, s), m - 12 * s, m + 12 * s, rel.tol = 1e-12)$value,
                 prediction, sqrt(gamma * d))
  out(paste0("fh.", case, ".between"), a); out(paste0("fh.", case, ".slope"), beta[2])
  for (k in c(1, 8)) { out(paste0("fh.", case, ".prediction.", k), prediction[k]); out(paste0("fh.", case, ".mse.", k), mse[k])
    out(paste0("fh.", case, ".back.", k), back[k]) }
}
