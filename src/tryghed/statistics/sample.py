"""Respondents one by one: shares under calibrated weights, whose variance is that of residuals.

Calibrated weights need every respondent's auxiliaries, so these estimates cannot be folded from sums per domain.
"""

from dataclasses import dataclass

import numpy as np

from tryghed.statistics import folding
from tryghed.statistics.auxiliaries import Indices, Numbers
from tryghed.statistics.calibration import Calibrated
from tryghed.statistics.estimate import Description
from tryghed.statistics.replication import Replication


@dataclass(frozen=True, eq=False)
class Sample:
    """The place of each respondent in the sample design.

    Attributes:
        design: Its strata.
        stratum: Of each respondent, as an index of `design.strata`.
        psu: Of each respondent, counted from 0 over all strata; respondents sampled directly have one each.
    """

    design: folding.Design
    stratum: Indices
    psu: Indices


def shares(calibrated: Calibrated, sample: Sample, scores: Numbers) -> Description:
    """Return shares under calibrated weights.

    The variance is V = Σ_h (1-f) m/(m-1) Σ_j (z_j - z̄)², z_j the sum over a PSU of w e, with e the residuals of
    u = (y - p) / Σw (R: `svymean` of a design from `calibrate`; not from `rake`, whose residuals are of the last
    steps of its fitting).

    Args:
        calibrated: The weights.
        sample: Of the same respondents.
        scores: Respondents × shares: 1 counts, 0 does not, nan is outside the base or the domain.
    """
    answered = ~np.isnan(scores)
    counts = np.where(answered, scores, 0.0)
    n, positives = answered.sum(axis=0).astype(np.float64), counts.sum(axis=0)
    base = calibrated.weights @ answered
    share = (calibrated.weights @ counts) / np.where(n > 0, base, np.nan)
    one_sided = (positives == 0) | (positives == n)
    share = np.where(one_sided & (n > 0), positives / np.maximum(n, 1), share)
    influence = np.where(answered, counts - share, 0.0) / np.where(n > 0, base, 1.0)
    totals = calibrated.weights[:, None] * calibrated.residuals(influence)
    variance = np.where(one_sided, 0.0, _variance(sample, totals))
    return Description(n, positives, share, np.where(n > 0, variance, np.nan), _degrees_of_freedom(sample, answered))


def replicated(replication: Replication, weights: Numbers, scores: Numbers, share: Numbers) -> Numbers:
    """Return the variances of shares from replicate weights (respondents × replicates)."""
    answered = ~np.isnan(scores)
    counted, base = (values.T.astype(np.float64) @ weights for values in (np.nan_to_num(scores), answered))
    with np.errstate(invalid="ignore", divide="ignore"):  # nobody is left under some replicates
        return replication.variances(counted / base, share)


def _variance(sample: Sample, totals: Numbers) -> Numbers:
    stratum = _stratum_of_psus(sample)
    clusters = _added(sample.psu, totals, len(stratum))
    strata = len(sample.design.psus)
    squares = _added(stratum, clusters**2, strata)
    sums = _added(stratum, clusters, strata)
    within = squares - sums**2 * sample.design.centre[:, None]
    everywhere = np.ones((1, strata), dtype=np.bool_)
    return np.asarray(sample.design.factor @ within * sample.design.inflation(everywhere), dtype=np.float64)


def _degrees_of_freedom(sample: Sample, answered: Numbers) -> Numbers:
    stratum = _stratum_of_psus(sample)
    active = _added(sample.psu, answered.astype(np.float64), len(stratum)) > 0
    psus = _added(stratum, active.astype(np.float64), len(sample.design.psus))
    return folding.degrees_of_freedom(psus.T)


def _stratum_of_psus(sample: Sample) -> Indices:
    stratum = np.zeros(int(sample.psu.max(initial=-1)) + 1, dtype=np.int64)
    stratum[sample.psu] = sample.stratum
    return stratum


def _added(places: Indices, values: Numbers, length: int) -> Numbers:
    """Return sums of rows by their place."""
    columns = [np.bincount(places, weights=column, minlength=length) for column in values.T]
    return np.stack(columns, axis=1).astype(np.float64)
