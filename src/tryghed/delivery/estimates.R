# The rows of a domain, as a subset of the design. Rows outside it stay in a calibrated design, and are filled.
subset_of <- function(inside, ...) {
  made <- design
  columns <- list(...)
  for (name in names(columns)) {
    values <- columns[[name]]
    values[!inside] <- values[inside][1]
    made$variables[[name]] <- values
  }
  subset(made, inside)
}

answered <- function(y, domain) domain & !is.na(rows[[y]])

share <- function(label, y, domain) {
  inside <- answered(y, domain)
  part <- subset_of(inside, given = rows[[y]])
  found <- svymean(~given, part)
  data.frame(label, n = sum(inside), value = unname(coef(found)), se = unname(SE(found)[1]), df = degf(part), p = NA)
}

measured <- function(label, y, domain, kind, at = NA, other = y) {
  inside <- domain & rows$weight > 0
  given <- if (kind == "answer") as.numeric(rows[[y]] == at) else rows[[y]]
  part <- subset_of(inside, given = given, other = rows[[other]])
  both <- function(found) c(unname(coef(found))[1], unname(as.numeric(SE(found)))[1])
  found <- switch(kind,
    mean = both(svymean(~given, part)), total = both(svytotal(~given, part)),
    ratio = both(svyratio(~given, ~other, part)), answer = both(svymean(~given, part)),
    quantile = if (inherits(part, "svyrep.design")) woodruff(part, at) else
      both(svyquantile(~given, part, at, qrule = "math", interval.type = "xlogit")))
  data.frame(label, n = sum(inside), value = found[1], se = found[2], df = degf(part), p = NA)
}

# svyquantile of survey 4.1 makes the interval of the plain share under replicate weights, whatever interval.type says.
woodruff <- function(part, at) {
  x <- sort(part$variables$given)
  up_to <- cumsum(weights(part, "sampling")[order(part$variables$given)]) / sum(weights(part, "sampling"))
  value <- function(p) x[which(up_to >= p - 1e-12)[1]]
  below <- svymean(~below, update(part, below = as.numeric(given <= value(at))))
  odds <- svycontrast(below, quote(log(below / (1 - below))))
  limits <- sapply(plogis(confint(odds, df = degf(part))), value)
  c(value(at), diff(limits) / (2 * qt(0.975, degf(part))))
}

# Shares of several sides, which may have people in common, with their covariance (svyby has none of calibrated designs).
shares_of <- function(y, sides) {
  inside <- answered(y, Reduce(`|`, sides))
  base <- lapply(sides, function(one) 1 * (one & inside))
  counted <- lapply(base, function(one) one * (rows[[y]] %in% 1))
  names(base) <- paste0("base_", seq_along(sides))
  names(counted) <- paste0("counted_", seq_along(sides))
  part <- do.call(subset_of, c(list(inside), base, counted))
  found <- svyratio(reformulate(names(counted)), reformulate(names(base)), part, covmat = TRUE)
  own <- paste0(names(counted), "/", names(base))
  shares <- setNames(coef(found)[own], names(sides))
  spread <- matrix(vcov(found)[own, own], length(own), dimnames = list(names(sides), names(sides)))
  list(part = part, n = sum(inside), shares = structure(shares, var = spread, statistic = "share", class = "svystat"))
}

told <- function(label, known, found, p = NA) {
  data.frame(label, n = known$n, value = unname(coef(found)), se = unname(SE(found)[1]), df = degf(known$part), p)
}

standardised <- function(label, y, domain, parts) {
  sides <- lapply(setNames(names(parts), names(parts)), function(one) domain & within(rows$categories, one))
  known <- shares_of(y, sides)
  told(label, known, svycontrast(known$shares, parts))
}

associated <- function(label, y, columns) {
  column <- rep(NA, nrow(rows))
  for (at in seq_along(columns)) column[columns[[at]]] <- at
  inside <- answered(y, !is.na(column))
  part <- subset_of(inside, given = rows[[y]], column = column)
  found <- svychisq(~given + column, part, statistic = "F")
  f <- unname(found$statistic)
  d <- unname(found$parameter["ndf"])
  p <- pf(f, d, d * degf(part), lower.tail = FALSE)
  data.frame(label, n = sum(inside), value = f, se = NA, df = degf(part), p)
}

slope <- function(label, y, waves, years) {
  shares <- shares_of(y, setNames(waves, seq_along(waves)))$shares
  x <- cbind(1, years - mean(years)); inverse <- solve(vcov(shares)); spread <- solve(t(x) %*% inverse %*% x)
  value <- (spread %*% t(x) %*% inverse %*% coef(shares))[2]; error <- sqrt(spread[2, 2])
  data.frame(label, n = NA, value, se = error, df = NA, p = pchisq((value / error)^2, 1, lower.tail = FALSE))
}

difference <- function(label, y, one, other) {
  known <- shares_of(y, list(one = one, other = other))
  odds <- svycontrast(known$shares, quote(log(one / (1 - one)) - log(other / (1 - other))))
  p <- 2 * pt(-abs(unname(coef(odds) / SE(odds))[1]), degf(known$part))
  told(label, known, svycontrast(known$shares, c(one = 1, other = -1)), p)
}

change <- function(label, y, one, other, one_then, other_then) {
  known <- shares_of(y, list(one = one, other = other, one_then = one_then, other_then = other_then))
  found <- svycontrast(known$shares, c(one = 1, other = -1, one_then = -1, other_then = 1))
  told(label, known, found, 2 * pt(-abs(unname(coef(found) / SE(found))[1]), degf(known$part)))
}
