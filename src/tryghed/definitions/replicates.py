"""Replicate weights that an institute delivers instead of, or beside, the strata and units it drew."""

import re
from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tryghed.definitions.toml import Definition


class Replicates(Definition):
    """Columns of replicate weights, and how the estimates under them become a variance.

    The variance is the sum over replicates of scale × rscale × the squared distance from their mean (R:
    `svrepdesign`). Left out, scale and rscales are those of the kind: 1/R (`brr`), 1/(R (1-rho)²) (`fay`), (R-1)/R
    (`jk1`), 1/(R-1) (`bootstrap`), R being the number of replicates; `jkn` needs rscales, (m-1)/m of the stratum a
    replicate leaves a unit out of, and `other` needs both.
    """

    kind: Literal["jk1", "jkn", "brr", "fay", "bootstrap", "other"]  #: how the replicates were made
    #: the columns, in order: a list, or a regular expression that their whole names match
    columns: str | list[str]
    combined: bool = True  #: the columns hold whole weights; false where they multiply the final weight
    scale: Annotated[float, Field(gt=0)] | None = None  #: what every squared distance is multiplied with
    rscales: list[Annotated[float, Field(ge=0)]] = []  #: what each one is multiplied with; one for all is enough
    rho: Annotated[float, Field(ge=0, lt=1)] | None = None  #: Fay's coefficient
    mse: bool = False  #: distances from the estimate itself, not from the mean of the replicates

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        if (self.kind == "fay") != (self.rho is not None):
            raise ValueError('rho belongs to kind = "fay", which needs it')
        if self.kind in ("brr", "fay") and (self.scale is not None or self.rscales):
            raise ValueError(f'scale and rscales of kind = "{self.kind}" follow from the number of replicates')
        if self.kind in ("jkn", "other") and not self.rscales:
            raise ValueError(f'kind = "{self.kind}" needs rscales')
        if self.kind == "other" and self.scale is None:
            raise ValueError('kind = "other" needs scale')
        if isinstance(self.columns, str):
            re.compile(self.columns)
        return self

    def among(self, names: Sequence[str]) -> list[str]:
        """Return the columns that are replicate weights, in order; a name that is listed need not be there."""
        if isinstance(self.columns, list):
            return self.columns
        found = [name for name in names if re.fullmatch(self.columns, name)]
        return sorted(found, key=lambda name: [int(part) if part.isdigit() else part for part in _parts(name)])

    def factors(self, count: int) -> list[float]:
        """Return scale × rscale of each of `count` replicates."""
        scales = {"brr": 1 / count, "fay": 1 / (count * (1 - (self.rho or 0)) ** 2), "jk1": (count - 1) / count,
                  "bootstrap": 1 / max(count - 1, 1)}  # fmt: skip
        scale = scales.get(self.kind, 1.0) if self.scale is None else self.scale
        rscales = self.rscales or [1.0]
        return [scale * one for one in (rscales * count if len(rscales) == 1 else rscales)]


def _parts(name: str) -> list[str]:
    """Return a name's digits and what stands between them: `rep_10` comes after `rep_9`."""
    return re.split(r"(\d+)", name)
