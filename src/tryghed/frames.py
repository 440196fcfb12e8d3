"""The tables that travel between the stages, as polars schemas, and the values that carry them.

Shares are between 0 and 1 until the gate rounds them for the page; `wave` is one wave or several pooled ones
joined by "+" ("2023+2024+2025").
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import polars as pl

from tryghed.errors import TryghedError

#: The area, the dimension and the category that hold everybody.
EVERYBODY = "alle"

Type = pl.DataType | type[pl.DataType]


def _schema(**columns: Type) -> pl.Schema:
    return pl.Schema(columns)


_CELL: dict[str, Type] = dict.fromkeys(
    ("survey", "wave", "area_set", "area", "dimension", "category", "indicator"), pl.String
)

#: One row per respondent. `stratum` is "1" where the design has none; `psu` is null where people were sampled
#: directly; `unit` is the smallest area delivered, null where there is none or it is unknown.
RESPONDENT = _schema(respondent=pl.String, weight=pl.Decimal(18, 9), stratum=pl.String, psu=pl.String, unit=pl.String)

#: Respondent × area set × area; every respondent is also in the area `EVERYBODY` of every set.
MEMBERSHIP = _schema(respondent=pl.String, area_set=pl.String, area=pl.String)

#: Respondent × dimension × category; a crossing of groups is a dimension ("sex*age") of its own, with
#: categories joined by "*"; every respondent is also in dimension and category `EVERYBODY`.
GROUPING = _schema(respondent=pl.String, dimension=pl.String, category=pl.String)

#: One share per domain and indicator. `n` are unweighted answers in the base, `positives` those that count.
#: `n_eff` is p(1-p)/V (n at 0 and 1); `lower` and `upper` are null where df <= 0.
ESTIMATE = _schema(
    **_CELL, n=pl.Int64, positives=pl.Int64, share=pl.Float64, se=pl.Float64, df=pl.Int64,
    n_eff=pl.Float64, lower=pl.Float64, upper=pl.Float64,
)  # fmt: skip

#: One comparison. `kind` is "rest" (area against the rest of the city), "wave" (against an earlier wave), "area"
#: (against another area of the set) or "category" (against another category of the dimension); `against` names the
#: other side; `other_*` describe it.
#: `difference` is this side minus the other, with its standard error and pointwise interval; `p` is of the test on log
#: odds, whose standard error is `log_odds_se` (null where a side is 0 or 100 %, whose `p` is of a score test).
#: `direction` is the verdict of the corrected test: -1, 0 or 1.
#: `detectable` is the smallest difference found with the declared power.
CONTRAST = _schema(
    kind=pl.String, **_CELL, against=pl.String,
    other_share=pl.Float64, other_lower=pl.Float64, other_upper=pl.Float64,
    other_n=pl.Int64, other_positives=pl.Int64, other_n_eff=pl.Float64,
    difference=pl.Float64, se=pl.Float64, df=pl.Int64, lower=pl.Float64, upper=pl.Float64,
    log_odds_se=pl.Float64, p=pl.Float64, family=pl.String, tests=pl.Int64, p_adjusted=pl.Float64,
    direction=pl.Int8, detectable=pl.Float64,
)  # fmt: skip

#: First and last place an area may have among the areas of its set (1 is the highest share), simultaneously.
RANK = _schema(**_CELL, first=pl.Int64, last=pl.Int64, areas=pl.Int64)


#: One row per item of a wave, as the delivered file asked it: `position` is the column's place in the file (from 1),
#: `text` its label, empty where the file has none.
QUESTIONNAIRE = _schema(item=pl.String, position=pl.Int64, column_name=pl.String, text=pl.String)

#: One row per item and code that the file labels or declares missing; `label` is empty where it has none.
ANSWER_LABEL = _schema(item=pl.String, code=pl.Int64, label=pl.String, declared_missing=pl.Boolean)

#: One row per indicator and pair of waves: may `wave` be compared with the earlier wave `against`? `reasons` are codes
#: of differences (`definitions.differences`), `why` says the same in Danish, in the same order.
COMPARABILITY = _schema(
    wave=pl.String, against=pl.String, indicator=pl.String, verdict=pl.String,
    reasons=pl.List(pl.String), why=pl.List(pl.String),
)  # fmt: skip


#: One row per division (area set, group, "stratum", or `EVERYBODY`) and category: how many were invited.
INVITED = _schema(division=pl.String, category=pl.String, invited=pl.Int64)


#: One row per text somebody wrote, masked; `respondent` is a pseudonym of its own, not that of the answers.
FREE_TEXT = _schema(respondent=pl.String, question=pl.String, text=pl.String)


#: One row per area, year and category of a register table (`EVERYBODY` where nothing divides it). Area `EVERYBODY` is
#: the whole city. `value` is in the register's unit, null where the source has none; so is `denominator`.
REGISTER_VALUE = _schema(
    area=pl.String, year=pl.Int32, category=pl.String, value=pl.Float64, denominator=pl.Float64
)  # fmt: skip


def conform(rows: pl.DataFrame, schema: pl.Schema, *, where: str) -> pl.DataFrame:
    """Return `rows` with exactly the columns of `schema`, in its order and types.

    Raises:
        TryghedError: Columns are missing or left over (a fault of ours, hence no exit code of its own).
    """
    missing = [name for name in schema if name not in rows.columns]
    extra = [name for name in rows.columns if name not in schema]
    if missing or extra:
        raise TryghedError(f"columns missing {missing}, left over {extra}", where=where)
    return rows.select(pl.col(name).cast(kind) for name, kind in schema.items())


@dataclass(frozen=True, slots=True)
class Decision:
    """Why a person took a delivery in spite of a warning; `where`, `count` and `sha256` limit what it was said of."""

    code: str
    because: str
    by: str
    on: date
    where: str = ""
    count: int | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A data problem: what, how bad, how often, and the first rows that have it; `accepted` where a person took it."""

    code: str
    severity: Literal["error", "warning", "info"]
    where: str
    message: str
    count: int = 0
    rows: tuple[int, ...] = ()
    hint: str = ""
    accepted: Decision | None = None


@dataclass(frozen=True)
class Earlier:
    """What the store holds of the wave before one that is to be loaded.

    Attributes:
        wave: Its name.
        questions: Item → text of the question in the file it was delivered with, empty where the file had none.
        respondents: Area set → area → respondents.
        sha256: Checksum of the file it was loaded from.
    """

    wave: str
    questions: Mapping[str, str]
    respondents: Mapping[str, Mapping[str, int]]
    sha256: str = ""


@dataclass(frozen=True)
class Source:
    """The delivered file a wave came from, so that every number can be traced to it."""

    file: str
    sha256: str
    verified: bool
    rows: int
    columns: int


@dataclass(frozen=True)
class AcceptedRegister:
    """One register table, checked and ready for the store; `values` is `REGISTER_VALUE`, sorted."""

    name: str
    source: Source
    definition_sha256: str
    values: pl.DataFrame
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class ReplicateWeights:
    """Replicate weights of a wave.

    Attributes:
        kind: How they were made: "jk1", "jkn", "brr", "fay", "bootstrap" or "other".
        factors: What the squared distance of each replicate is multiplied with.
        mse: Whether distances are from the estimate instead of the replicates' mean.
        weights: `respondent` and `weights`, a list of Decimal(18, 9) in the order of `factors`.
    """

    kind: str
    factors: tuple[float, ...]
    mse: bool
    weights: pl.DataFrame


@dataclass(frozen=True)
class CalibratedWeights:
    """What a wave's weights were before they were calibrated, and to what.

    Attributes:
        says: Method and margins in words: "raking to bydele_10, sex*age".
        respondents: `respondent`, `delivered` (Decimal(18, 9)), `known` (the categories calibrated to, each as
            "margin=category") and `replicates` (as delivered, null where there are none).
    """

    says: str
    respondents: pl.DataFrame


@dataclass(frozen=True)
class Accepted:
    """One wave's delivery, mapped to the survey's definitions and ready for the store.

    `answers` has one column per mapped item (codes as Int16, numbers as Float64, the kinds of missing as the
    negative codes of `definitions.survey.MISSING_CODES`), `scores` one Int8 column per indicator (null outside
    the base); both start with `respondent`. `population` maps strata to sampling units (may be empty); `lonely_psu` is
    the definition's strategy for strata with one PSU. `invited` is `INVITED`, as far as the institute told;
    `free_text` is `FREE_TEXT`, which the store keeps apart.
    `questionnaire` and `answer_labels` keep what the file says was asked; `comparability` holds the verdicts of all the
    survey's pairs of waves, once the others have been looked at. `calibrated` tells what the weights were, where they
    are no longer those delivered.
    """

    survey: str
    wave: str
    source: Source
    definition_sha256: str
    respondents: pl.DataFrame
    answers: pl.DataFrame
    scores: pl.DataFrame
    membership: pl.DataFrame
    grouping: pl.DataFrame
    population: Mapping[str, float]
    findings: tuple[Finding, ...] = field(default=())
    lonely_psu: str = "fail"
    replicates: ReplicateWeights | None = None
    questionnaire: pl.DataFrame = field(default_factory=QUESTIONNAIRE.to_frame)
    answer_labels: pl.DataFrame = field(default_factory=ANSWER_LABEL.to_frame)
    comparability: pl.DataFrame = field(default_factory=COMPARABILITY.to_frame)
    invited: pl.DataFrame = field(default_factory=INVITED.to_frame)
    free_text: pl.DataFrame = field(default_factory=FREE_TEXT.to_frame)
    calibrated: CalibratedWeights | None = None
