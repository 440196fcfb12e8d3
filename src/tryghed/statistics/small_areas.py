"""The Fay-Herriot model: an area's direct estimate drawn towards what areas like it have, as far as it is uncertain.

θ̂_a = x_a'β + v_a + e_a, v ~ (0, A) between areas, e ~ (0, D_a) from sampling, D known (Fay & Herriot 1979, JASA
74:269). A by restricted maximum likelihood, with V = A + D, P = V⁻¹ - V⁻¹X(X'V⁻¹X)⁻¹X'V⁻¹, score -½trP + ½y'PPy and
information ½tr(PP); the predictor is x'β + γ(θ̂ - x'β), γ = A/(A+D); its mean squared error g1 + g2 + 2g3 with g1 = γD,
g2 = (1-γ)²x'(X'V⁻¹X)⁻¹x, g3 = (1-γ)²(2/ΣV⁻²)/(A+D) (Prasad & Rao 1990, JASA 85:163; Datta & Lahiri 2000, Statistica
Sinica 10:613). R: `sae::mseFH`, `emdi::fh(method = "reml")`.

Where the likelihood is highest at A = 0 every area would get what the model says and nothing of its own answers. A is
then the maximum of Yoshimori & Lahiri's (2014, J. Multivariate Analysis 124:281) adjusted profile likelihood,
{atan Σγ}^(1/m) L(A), which is above 0, the mean squared error less (1-γ)² tr(P-V⁻¹)/trV⁻² (R: `emdi`, "ampl_yl"), and
the fit says `boundary`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from tryghed.errors import DesignError
from tryghed.statistics.intervals import Numbers

#: Areas there must be beyond the columns of x: with fewer, A and its uncertainty are guesses.
_FEWEST_LEFT: Final = 3
_STEPS: Final = 200
_PRECISE: Final = 1e-12
#: Where the adjusted likelihood is looked at before its maximum is found: as many A, by equal factors.
_GRID: Final = 400
_RANK: Final = 1e-11


@dataclass(frozen=True, eq=False)
class Fitted:
    """A fitted model and its predictions.

    Attributes:
        between: A, the variance between areas that x does not explain.
        boundary: Whether REML was 0, and A is by the adjusted likelihood.
        slopes: β, one per column of x.
        weight: γ of each area: the part its own estimate has in the prediction.
        fixed: x'β of each area.
        prediction: Of each area.
        mse: Mean squared error of the prediction.
    """

    between: float
    boundary: bool
    slopes: Numbers
    weight: Numbers
    fixed: Numbers
    prediction: Numbers
    mse: Numbers


def fit(estimates: Numbers, variances: Numbers, x: Numbers) -> Fitted:
    """Return the model fitted to the direct estimates of all areas.

    Args:
        estimates: Direct estimates, one per area, on a scale where they are about normal.
        variances: Their sampling variances, above 0, taken as known: smooth them first.
        x: Areas × auxiliary values known without sampling error; the first column is usually 1.

    Raises:
        DesignError: Too few areas, estimates or values that are not numbers, variances not above 0, or columns of x
            that say the same.
    """
    y, d, x = (np.asarray(one, dtype=np.float64) for one in (estimates, variances, x))
    _expect_usable(y, d, x)
    between = _restricted(y, d, x)
    boundary = between <= 0
    if boundary:
        between = _adjusted(y, d, x)
    return _predicted(between, boundary, y, d, x)


def _predicted(between: float, boundary: bool, y: Numbers, d: Numbers, x: Numbers) -> Fitted:
    inverse = 1 / (between + d)
    spread = np.linalg.inv((x.T * inverse) @ x)
    slopes = spread @ (x.T * inverse) @ y
    weight = between * inverse
    fixed = x @ slopes
    lost = (1 - weight) ** 2
    squares = float((inverse**2).sum())
    g2 = lost * np.einsum("ai,ij,aj->a", x, spread, x)
    g3 = lost * 2 / squares * inverse
    mse = weight * d + g2 + 2 * g3
    if boundary:
        # tr(P - V⁻¹) = -tr((X'V⁻¹X)⁻¹ X'V⁻²X): A is too small by it over trV⁻², on average.
        mse = mse + lost * float(np.trace(spread @ (x.T * inverse**2) @ x)) / squares
    return Fitted(between, boundary, slopes, weight, fixed, fixed + weight * (y - fixed), mse)


def _restricted(y: Numbers, d: Numbers, x: Numbers) -> float:
    """Return A by scoring on the restricted likelihood; 0 where it falls from there on."""
    between = float(np.median(d))
    for _ in range(_STEPS):
        score, information = _score(between, y, d, x)
        moved = max(between + score / information, 0.0)
        if abs(moved - between) <= _PRECISE * max(between, float(d.min())):
            return moved
        between = moved
    raise DesignError(f"no variance between areas found in {_STEPS} steps", hint="look at areas far from the others")


def _score(between: float, y: Numbers, d: Numbers, x: Numbers) -> tuple[float, float]:
    projection = _projection(between, d, x)
    left = projection @ y
    return (
        float(-np.trace(projection) / 2 + left @ left / 2),
        float((projection**2).sum() / 2),
    )


def _projection(between: float, d: Numbers, x: Numbers) -> Numbers:
    inverse = 1 / (between + d)
    weighted = x * inverse[:, None]
    return np.asarray(np.diag(inverse) - weighted @ np.linalg.solve(x.T @ weighted, weighted.T), dtype=np.float64)


def _adjusted(y: Numbers, d: Numbers, x: Numbers) -> float:
    """Return the A at which Yoshimori and Lahiri's adjusted profile likelihood is highest."""
    from scipy.optimize import brentq

    def likelihood(between: float) -> float:
        spread = between + d
        kept = float((between / spread).sum())
        left = float(y @ _projection(between, d, x) @ y)
        return float(np.log(np.arctan(kept)) / len(y) - np.log(spread).sum() / 2 - left / 2)

    def slope(between: float) -> float:
        spread = between + d
        kept = float((between / spread).sum())
        gained = float((d / spread**2).sum()) / (np.arctan(kept) * (1 + kept**2) * len(y))
        left = _projection(between, d, x) @ y
        return float(gained - (1 / spread).sum() / 2 + left @ left / 2)

    most = 100 * (float(np.var(y)) + float(d.max()))
    grid = np.geomspace(1e-10 * float(d.min()), most, _GRID)
    best = int(np.argmax([likelihood(one) for one in grid]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, _GRID - 1)]
    return _root(brentq, slope, float(low), float(high))


def _root(solver: Callable[..., float], slope: Callable[[float], float], low: float, high: float) -> float:
    return float(solver(slope, low, high, xtol=1e-300, rtol=8.9e-16))


def _expect_usable(y: Numbers, d: Numbers, x: Numbers) -> None:
    problems = []
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        problems.append("estimates or auxiliary values that are not numbers")
    wrong = int(np.sum(~(np.isfinite(d) & (d > 0))))
    if wrong:
        problems.append(f"{wrong} sampling variances that are not above 0")
    if x.ndim != 2 or len(x) != len(y) or len(d) != len(y):  # noqa: PLR2004 (rows and columns)
        problems.append(f"{len(y)} estimates, {len(d)} variances and auxiliary values of shape {x.shape}")
    elif len(y) < x.shape[1] + _FEWEST_LEFT:
        problems.append(f"{len(y)} areas for {x.shape[1]} columns: {x.shape[1] + _FEWEST_LEFT} are needed")
    elif np.isfinite(x).all() and np.linalg.matrix_rank(x, tol=_RANK * float(np.abs(x).max())) < x.shape[1]:
        problems.append("auxiliary columns that say the same as others")
    if problems:
        raise DesignError("; ".join(problems), where="small areas")
