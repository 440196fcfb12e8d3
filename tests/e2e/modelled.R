# Fay-Herriot on the arcsine scale in base R: REML by the root of the score, expectations by quadrature.
areas <- read.csv("areas.csv")
n <- areas$n; p <- areas$share
deff <- exp(mean(log(n * areas$se^2 / (p * (1 - p)))))
D <- deff / (4 * n); y <- asin(sqrt(p))
X <- cbind(1, as.matrix(areas[grep("^x", names(areas))]))
projection <- function(A) {
  W <- diag(1 / (A + D))
  W - W %*% X %*% solve(t(X) %*% W %*% X, t(X) %*% W)
}
score <- function(A) { P <- projection(A); (-sum(diag(P)) + sum((P %*% y)^2)) / 2 }
A <- uniroot(score, c(1e-9, 1), tol = 1e-17, maxiter = 1000)$root
Q <- solve(t(X) %*% diag(1 / (A + D)) %*% X)
fixed <- drop(X %*% Q %*% t(X) %*% (y / (A + D)))
own <- A / (A + D)
theta <- fixed + own * (y - fixed)
g2 <- (1 - own)^2 * rowSums((X %*% Q) * X)
g3 <- (1 - own)^2 * 2 / sum((A + D)^-2) / (A + D)
mse <- own * D + g2 + 2 * g3
expected <- function(at, variance) {
  around <- sqrt(variance) * c(-12, 12)
  integrate(function(t) sin(t)^2 * dnorm(t, at, sqrt(variance)), at + around[1], at + around[2],
            rel.tol = 1e-13, subdivisions = 1000)$value
}
plain <- mapply(expected, theta, own * D)
parts <- areas$base / sum(areas$base)
moved <- sum(parts * p) - sum(parts * plain)
limit <- function(sign) sin(theta + sign * qnorm(0.975) * sqrt(mse))^2 + moved
write.csv(data.frame(model = plain + moved, model_lower = limit(-1), model_upper = limit(1), own,
                     rmse = abs(sin(2 * theta)) * sqrt(mse)), row.names = FALSE)
