"""The release rules: `policy/release.toml`. Each threshold has a floor that the file cannot cross."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tryghed.definitions.toml import Definition

#: Confidence intervals for shares.
IntervalMethod = Literal["korn-graubard", "logit", "wilson"]

#: The chance of a false claim that a release may have at most.
_ALPHA = 0.05


class Reliability(Definition):
    """The NCHS presentation rule for proportions (Vital and Health Statistics 2(175), 2017; rev. 2021)."""

    min_effective_n: Annotated[float, Field(ge=30)] = 30  #: smaller effective samples are withheld
    #: intervals at most this wide are always shown (share, 0-1)
    always_show_width: Annotated[float, Field(gt=0, le=0.05)] = 0.05
    max_width: Annotated[float, Field(gt=0, le=0.30)] = 0.30  #: intervals this wide or wider are withheld (share, 0-1)
    #: as is an interval wider than this many times the share
    max_relative_width: Annotated[float, Field(gt=0, le=1.30)] = 1.30
    min_df: Annotated[int, Field(ge=8)] = 8  #: fewer degrees of freedom are shown, but marked for review


class Secrecy(Definition):
    """Minimum base and small counts, on unweighted respondents."""

    min_base: Annotated[int, Field(ge=20)] = 30  #: fewer respondents are withheld
    min_count: Annotated[int, Field(ge=3)] = 5  #: in sensitive topics, fewer alike are withheld


class Families(Definition):
    """How the release's chance of a false claim, α, is divided over its families of tests (sum at most 0.05)."""

    headline: Annotated[float, Field(gt=0, lt=1)] = 0.02  #: the declared headline comparisons (Holm)
    ranks: Annotated[float, Field(gt=0, lt=1)] = 0.01  #: all rankings of the release
    other: Annotated[float, Field(gt=0, lt=1)] = 0.02  #: all other comparisons
    #: correction of all other comparisons; Benjamini-Yekutieli's holds whatever their dependence, and finds less
    other_correction: Literal["Benjamini-Hochberg", "Benjamini-Yekutieli"] = "Benjamini-Hochberg"

    @property
    def total(self) -> float:
        """The chance of any false claim in a release in which nothing differs."""
        return self.headline + self.ranks + self.other

    @model_validator(mode="after")
    def _shares_one_level(self) -> Self:
        total = self.total
        if total > _ALPHA + 1e-9:  # 0.02 + 0.01 + 0.02 is no exact sum
            raise ValueError(f"headline, ranks and other add up to {total:g}; a release has {_ALPHA:g} in all")
        return self


class ReleaseRules(Definition):
    """All rules of the gate. `version` is printed in every report."""

    version: str  #: name of this set of rules, printed in every report
    reliability: Reliability = Reliability()  #: when a number is too uncertain
    secrecy: Secrecy = Secrecy()  #: when a number could point at a person
    families: Families = Families()  #: levels of the tests
    interval: IntervalMethod = "korn-graubard"  #: confidence interval of every share
    #: chance of finding a difference of the size called "detectable"
    power: Annotated[float, Field(gt=0.5, lt=1)] = 0.8
