# Reference values from R's package survey for statistics of answers. Run: Rscript tests/oracle/values.R SAMPLE.csv
# SAMPLE.csv is written by tests/oracle/sample.py; every line of output is "name = value", 15 significant digits.
# The frozen output is values.txt beside this file; the tests run this script again where Rscript is installed.
suppressMessages(library(survey))
everyone <- read.csv(commandArgs(trailingOnly = TRUE)[1], na.strings = "", colClasses = c(psu = "character"))
out <- function(name, x) cat(name, "=", formatC(as.numeric(x), digits = 15, format = "g"), "\n")
cat("# R", R.version$major, ".", R.version$minor, " survey ", as.character(packageVersion("survey")), "\n", sep = "")
# A scale of 1-5, and two numbers, made from what the sample has; the scale is missing where `safe` is.
d <- everyone[everyone$wave == "2025", ]
cents <- round(d$weight * 10000)
d$scale <- ifelse(is.na(d$safe), NA, cents %% 5 + 1); d$rooms <- cents %% 7 + 1; d$cars <- cents %% 4 + 1

some <- function(name, design) {
  v <- design$variables
  for (of in c("alle", "nord")) {
    s <- design[which((of == "alle" | v$area == of) & !is.na(v$scale)), ]
    put <- function(what, est, df = degf(s)) {
      out(paste(name, of, what, "estimate", sep = "."), coef(est)); out(paste(name, of, what, "se", sep = "."), SE(est))
      out(paste(name, of, what, "cv", sep = "."), cv(est))
      ci <- confint(est, df = df)
      out(paste(name, of, what, "lower", sep = "."), ci[1]); out(paste(name, of, what, "upper", sep = "."), ci[2])
    }
    out(paste(name, of, "df", sep = "."), degf(s)); out(paste(name, of, "n", sep = "."), nrow(s))
    for (one in c("mean", "total")) {
      f <- if (one == "mean") svymean else svytotal
      put(one, f(~scale, s))
      out(paste(name, of, one, "deff", sep = "."), deff(f(~scale, s, deff = TRUE)))
      out(paste(name, of, one, "deff_with", sep = "."), deff(f(~scale, s, deff = "replace")))
    }
    put("ratio", svyratio(~rooms, ~cars, s))
    out(paste(name, of, "ratio", "deff", sep = "."), attr(svyratio(~rooms, ~cars, s, deff = TRUE), "deff"))
    shares <- svymean(~factor(scale), s, deff = TRUE)
    for (k in 1:5) {
      out(paste(name, of, "distribution", k, "estimate", sep = "."), coef(shares)[k])
      out(paste(name, of, "distribution", k, "deff", sep = "."), deff(shares)[k])
      for (l in 1:5) out(paste(name, of, "distribution", k, l, sep = "."), vcov(shares)[k, l])
    }
    for (p in c(0.1, 0.25, 0.5, 0.75)) for (x in c("scale", "weight")) {
      q <- svyquantile(reformulate(x), s, p, qrule = "math", interval.type = "xlogit")[[1]]
      for (k in 1:4) out(paste(name, of, "quantile", x, p, c("estimate", "lower", "upper", "se")[k], sep = "."), q[k])
    }
  }
}
some("clusters", svydesign(~psu, strata = ~stratum, weights = ~weight, data = d, nest = TRUE))
some("clusters_fpc", svydesign(~psu, strata = ~stratum, weights = ~weight, fpc = ~psus, data = d, nest = TRUE))
some("people_fpc", svydesign(~1, strata = ~stratum, weights = ~weight, fpc = ~people, data = d))
