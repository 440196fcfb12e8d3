# Reference values from R's package survey, for tests/oracle. Run: Rscript tests/oracle/survey.R SAMPLE.csv
# SAMPLE.csv is written by tests/oracle/sample.py; every line of output is "name = value", 15 significant digits.
# The frozen output is survey.txt beside this file; the tests run this script again where Rscript is installed.
suppressMessages(library(survey))
everyone <- read.csv(commandArgs(trailingOnly = TRUE)[1], na.strings = "", colClasses = c(psu = "character"))
everyone$sites[is.na(everyone$sites)] <- ""
out <- function(name, x) cat(name, "=", formatC(as.numeric(x), digits = 15, format = "g"), "\n")
cat("# R", R.version$major, ".", R.version$minor, " survey ", as.character(packageVersion("survey")), "\n", sep = "")

one <- function(name, design, chosen) {
  s <- design[which(chosen & !is.na(design$variables$safe)), ]
  m <- svymean(~safe, s)
  out(paste0(name, ".share"), coef(m)); out(paste0(name, ".se"), SE(m)); out(paste0(name, ".df"), degf(s))
}
# The difference of two shares whose domains may overlap or share PSUs: the influence of each respondent on both,
# totalled over the whole design (svytotal), so that covariance is in it.
gap <- function(name, design, this, that) {
  v <- design$variables; w <- weights(design)
  a <- !is.na(v$safe); y <- ifelse(a, v$safe, 0)
  p <- sum(w[this & a] * y[this & a]) / sum(w[this & a]); q <- sum(w[that & a] * y[that & a]) / sum(w[that & a])
  one <- ifelse(this & a, (y - p) / sum(w[this & a]), 0); other <- ifelse(that & a, (y - q) / sum(w[that & a]), 0)
  design$variables$u <- one - other; se <- SE(svytotal(~u, design))
  # The test is of the log odds: each influence divided by p(1-p).
  design$variables$u <- one / (p * (1 - p)) - other / (q * (1 - q)); t <- (qlogis(p) - qlogis(q)) / SE(svytotal(~u, design))
  df <- degf(design[which((this | that) & a), ])
  out(paste0(name, ".difference"), p - q); out(paste0(name, ".se"), se); out(paste0(name, ".df"), df)
  out(paste0(name, ".p"), 2 * pt(-abs(t), df))
}
all_cases <- function(name, design) {
  v <- design$variables; north <- v$area == "nord"; everybody <- rep(TRUE, nrow(v))
  parks <- grepl("park", v$sites); ports <- grepl("havn", v$sites)
  one(paste0(name, ".alle"), design, everybody); one(paste0(name, ".nord"), design, north)
  one(paste0(name, ".park"), design, parks); one(paste0(name, ".nord.mand"), design, north & v$sex == "mand")
  by <- svyby(~safe, ~area, design[which(!is.na(v$safe)), ], svymean)
  for (a in by$area) { out(paste0(name, ".svyby.", a, ".share"), by[a, "safe"]); out(paste0(name, ".svyby.", a, ".se"), by[a, "se"]) }
  gap(paste0(name, ".rest.nord"), design, north, !north)
  gap(paste0(name, ".rest.park"), design, parks, !parks)
  gap(paste0(name, ".rest.park.mand"), design, parks & v$sex == "mand", !parks & v$sex == "mand")
  gap(paste0(name, ".areas.park.havn"), design, parks, ports)
  gap(paste0(name, ".sex"), design, v$sex == "mand", v$sex == "kvinde")
  gap(paste0(name, ".sex.nord"), design, north & v$sex == "mand", north & v$sex == "kvinde")
}
for (way in c("clusters", "clusters_fpc", "people", "people_fpc", "pooled")) {
  of <- if (way == "pooled") c("2024", "2025") else "2025"
  d <- everyone[everyone$wave %in% of, ]; d$layer <- interaction(d$wave, d$stratum, drop = TRUE)
  all_cases(way, switch(way,
    clusters = svydesign(~psu, strata = ~layer, weights = ~weight, data = d, nest = TRUE),
    clusters_fpc = svydesign(~psu, strata = ~layer, weights = ~weight, fpc = ~psus, data = d, nest = TRUE),
    people = svydesign(~1, strata = ~layer, weights = ~weight, data = d),
    people_fpc = svydesign(~1, strata = ~layer, weights = ~weight, fpc = ~people, data = d),
    pooled = svydesign(~psu, strata = ~layer, weights = ~weight, fpc = ~psus, data = d, nest = TRUE)))
}
