# Reference values from R's package survey for designs out of the ordinary. Run: Rscript tests/oracle/designs.R SAMPLE.csv
# SAMPLE.csv and the replicate weights beside it are written by tests/oracle/sample.py; every line of output is "name = value", 15 significant digits.
# The frozen output is designs.txt beside this file; the tests run this script again where Rscript is installed.
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
# The difference of a domain and another, within the design of both together.
gap <- function(name, design, this, that) {
  both <- update(design, side = factor(ifelse(this, "one", "other")))
  both <- both[which((this | that) & !is.na(design$variables$safe)), ]
  found <- svyby(~safe, ~side, both, svymean, covmat = TRUE)
  d <- svycontrast(found, c(one = 1, other = -1))
  odds <- svycontrast(found, quote(log(one / (1 - one)) - log(other / (1 - other))))
  out(paste0(name, ".difference"), coef(d)); out(paste0(name, ".se"), SE(d)); out(paste0(name, ".df"), degf(both))
  out(paste0(name, ".p"), 2 * pt(-abs(coef(odds) / SE(odds)), degf(both)))
}
some <- function(name, design) {
  v <- design$variables; north <- v$area == "nord"; parks <- grepl("park", v$sites)
  one(paste0(name, ".alle"), design, rep(TRUE, nrow(v))); one(paste0(name, ".nord"), design, north)
  one(paste0(name, ".park"), design, parks)
  gap(paste0(name, ".rest.nord"), design, north, !north); gap(paste0(name, ".rest.park"), design, parks, !parks)
}

# Strata with one PSU: of stratum B only its first PSU was drawn.
lonely <- everyone[everyone$wave == "2025" & (everyone$stratum != "B" | everyone$psu == "0"), ]
for (strategy in c("certainty", "remove", "adjust", "average")) for (fpc in c(FALSE, TRUE)) {
  options(survey.lonely.psu = strategy)
  design <- if (fpc) svydesign(~psu, strata = ~stratum, weights = ~weight, fpc = ~psus, data = lonely, nest = TRUE) else
    svydesign(~psu, strata = ~stratum, weights = ~weight, data = lonely, nest = TRUE)
  some(paste0(strategy, if (fpc) "_fpc" else ""), design)
}
options(survey.lonely.psu = "fail")

# Three domains that share few of the sample's PSUs: degrees of freedom are those of their PSUs together.
d <- everyone[everyone$wave == "2025", ]
of <- function(psu, at) substr(c("0" = "ab", "1" = "bc", "2" = "ca")[psu], at, at)
d$part <- of(d$psu, seq_len(nrow(d)) %% 2 + 1); d$part[is.na(d$part)] <- "d"
design <- svydesign(~psu, strata = ~stratum, weights = ~weight, data = d, nest = TRUE)
three <- design[which(d$part != "d" & !is.na(d$safe)), ]
found <- svycontrast(svyby(~safe, ~part, three, svymean, covmat = TRUE), c(a = 1, b = -0.5, c = -0.5))
out("union.estimate", coef(found)); out("union.se", SE(found)); out("union.df", degf(three))
tested <- svychisq(~safe + part, three, statistic = "F")
out("union.f", tested$statistic); out("union.ndf", tested$parameter[1]); out("union.ddf", tested$parameter[2])
out("union.p", tested$p.value)

# Replicate weights, made by tests/oracle/sample.py: a file for each kind beside the sample.
for (kind in c("jk1", "jkn", "brr", "fay", "bootstrap")) {
  of <- read.csv(file.path(dirname(commandArgs(trailingOnly = TRUE)[1]), paste0(kind, ".csv")))
  rows <- d[match(of$respondent, d$respondent), ]; whole <- of[, -1]
  type <- c(jk1 = "JK1", jkn = "JKn", brr = "BRR", fay = "Fay", bootstrap = "bootstrap")[kind]
  psus <- c(A = 6, B = 4, C = 5)  # rscales of JKn: a replicate leaves out one of them
  rscales <- if (kind == "jkn") rep((psus - 1) / psus, psus)
  for (mse in c(FALSE, TRUE)) {
    given <- suppressWarnings(svrepdesign(data = rows, weights = ~weight, repweights = whole, combined.weights = TRUE,
      type = type, rscales = rscales, rho = if (kind == "fay") 0.3, mse = mse))
    name <- paste0(kind, if (mse) "_mse" else "")
    some(name, given)
    s <- subset(given, !is.na(safe))
    by <- svyby(~safe, ~sex, subset(s, area == "nord"), svymean, covmat = TRUE)
    out(paste0(name, ".contrast.se"), SE(svycontrast(by, c(kvinde = 0.5, mand = -1))))
    tested <- svychisq(~safe + part, s, statistic = "F")
    out(paste0(name, ".f.f"), tested$statistic); out(paste0(name, ".f.ndf"), tested$parameter[1])
    out(paste0(name, ".f.ddf"), tested$parameter[2]); out(paste0(name, ".f.p"), tested$p.value)
    wald <- svychisq(~safe + sex, s, statistic = "adjWald")
    out(paste0(name, ".wald.f"), wald$statistic); out(paste0(name, ".wald.p"), wald$p.value)
    of <- round(s$variables$weight * 10000); s <- update(s, cents = of %% 7 + 1, cars = of %% 4 + 1)
    statistics <- list(mean = svymean(~cents, s), total = svytotal(~cents, s), ratio = svyratio(~cents, ~cars, s))
    for (what in names(statistics)) {
      out(paste(name, what, "estimate", sep = "."), coef(statistics[[what]]))
      out(paste(name, what, "se", sep = "."), SE(statistics[[what]]))
    }
    q <- svyquantile(~cents, s, 0.5, qrule = "math", interval.type = "xlogit")[[1]]
    for (k in 1:4) out(paste0(name, ".quantile.", c("estimate", "lower", "upper", "se")[k]), q[k])
    # svyquantile of a svrepdesign ignores interval.type: the interval on the logit scale is made of its parts.
    s <- update(s, spread = of %% 97 + 1); x <- s$variables$spread; w <- weights(s, "sampling")
    value <- function(p) coef(svyquantile(~spread, svydesign(~1, weights = w, data = data.frame(spread = x)), p, qrule = "math", ci = FALSE))
    below <- svymean(~below, update(s, below = as.numeric(spread <= value(0.9))))
    limits <- plogis(confint(svycontrast(below, quote(log(below / (1 - below)))), df = degf(s)))
    q <- sapply(c(0.9, limits), value); q <- c(q, (q[3] - q[2]) / 2 / qt(0.975, degf(s)))
    for (k in 1:4) out(paste0(name, ".high.", c("estimate", "lower", "upper", "se")[k]), q[k])
  }
}

# Households as sampling units, drawn directly and within PSUs.
d$household <- paste0(d$psu, "-", (seq_len(nrow(d)) - 1) %/% 2)
some("household", svydesign(~household, strata = ~stratum, weights = ~weight, data = d, nest = TRUE))
some("household_in_psu", svydesign(~psu + household, strata = ~stratum, weights = ~weight, data = d, nest = TRUE))
