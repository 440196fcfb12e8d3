# Calibrated weights and the standard errors under them, from R's package survey, for tests/oracle.
# Run: Rscript tests/oracle/calibration.R SAMPLE.csv, with SAMPLE.csv as written by tests/oracle/sample.py.
# The frozen output is calibration.txt beside this file; the tests run this script again where Rscript is installed.
suppressMessages(library(survey))
options(survey.lonely.psu = "fail", warn = 1)

rows <- read.csv(commandArgs(TRUE)[1], na.strings = "", colClasses = c(psu = "character"), stringsAsFactors = TRUE)
rows <- droplevels(subset(rows, wave == 2025))
rows$x <- as.numeric(sub("r", "", rows$respondent)) %% 7 + 1

cat(sprintf("# %s, survey %s\n", R.version.string, packageVersion("survey")))
show <- function(name, value) cat(sprintf("%s = %.15g\n", name, value))

clusters <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, fpc = ~psus, nest = TRUE, data = rows)
people <- svydesign(ids = ~1, strata = ~stratum, weights = ~weight, data = rows)
N <- 1.02 * sum(rows$weight)
margins <- c(`(Intercept)` = N, sexmand = 0.6 * N, areasyd = 0.66 * N)
measured <- c(`(Intercept)` = N, sexmand = 0.6 * N, x = 4.05 * N)
crossed <- data.frame(area = c("nord", "nord", "syd", "syd"), sex = c("mand", "kvinde", "mand", "kvinde"),
                      Freq = c(0.2, 0.14, 0.4, 0.26) * N)

tell <- function(name, made, before) {
  for (domain in c("alle", "nord")) {
    one <- svymean(~safe, if (domain == "alle") made else subset(made, area == "nord"), na.rm = TRUE)
    show(paste(name, domain, "share", sep = "."), coef(one))
    show(paste(name, domain, "se", sep = "."), SE(one))
  }
  moved <- weights(made) / weights(before)
  show(paste(name, "least", sep = "."), min(moved))
  show(paste(name, "most", sep = "."), max(moved))
  show(paste(name, "first", sep = "."), weights(made)[[1]])
  show(paste(name, "squares", sep = "."), sum(weights(made)^2))
}

for (way in c("clusters", "people")) {
  design <- get(way)
  call <- function(f, ...) calibrate(design, ~sex + area, margins, calfun = f, epsilon = 1e-12, maxit = 200, ...)
  tell(paste0(way, ".linear"), call("linear"), design)
  tell(paste0(way, ".raking"), call("raking"), design)
  tell(paste0(way, ".logit"), call("logit", bounds = c(0.5, 1.8)), design)
  tell(paste0(way, ".bounded"), call("linear", bounds = c(0.58, 1.8)), design)
  tell(paste0(way, ".measured"), calibrate(design, ~sex + x, measured, calfun = "linear"), design)
  tell(paste0(way, ".poststratified"), postStratify(design, ~area + sex, crossed), design)
}

# What must not come out: rake() has the weights of raking and standard errors of its last step.
fitted <- rake(clusters, list(~sex, ~area),
               list(data.frame(sex = c("kvinde", "mand"), Freq = c(0.4, 0.6) * N),
                    data.frame(area = c("nord", "syd"), Freq = c(0.34, 0.66) * N)),
               control = list(maxit = 500, epsilon = 1e-10))
tell("rake", fitted, clusters)
