"""An analyst's shares of small areas by a model with register figures, each beside the direct one.

The model is Fay and Herriot's on the arcsine scale (`statistics.smoothing`). Its answer is about areas alike in the
figures as much as about the area itself, so no row is without the direct share and its interval, and every row says
what it is: `modelbaseret`, or `kun direkte` where an area is not in the model.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl

from tryghed.analysis.question import Question, asked_for, labelled, named, only
from tryghed.analysis.reading import Figures, held, read_register, read_totals
from tryghed.analysis.remarks import caveats, described, flags, origins
from tryghed.definitions.pairing import expect_poolable
from tryghed.definitions.project import Project
from tryghed.delivery.answered import Answered, provenance
from tryghed.delivery.areascripts import MODEL, Script
from tryghed.errors import UsageError, all_at_once
from tryghed.frames import EVERYBODY
from tryghed.statistics import estimate, smoothing
from tryghed.statistics.intervals import NAMES, Method
from tryghed.statistics.smoothing import Smoothed
from tryghed.statistics.totals import Totals
from tryghed.store import rounds

#: What a row is, in the language of its readers.
MODELLED, DIRECT = "modelbaseret", "kun direkte"
_BASE: Final = "weighted answers"
_MODEL: Final = ("model", "model_lower", "model_upper", "basis", "rmse", "own")


@dataclass(frozen=True, eq=False)
class _Covariate:
    """Figures of a register table for areas in one year."""

    name: str
    year: int
    figures: Figures

    @property
    def column(self) -> pl.DataFrame:
        rows = self.figures.rows.filter(pl.col("year") == self.year, pl.col("category") == EVERYBODY)
        return rows.drop_nulls("value").select("area", pl.col("value").alias(self.name))

    def __str__(self) -> str:
        register = self.figures.register
        return f"{self.name} {self.year} ({register.label}, {register.unit})"


def modelled(project: Project, asked: Question, registers: Sequence[str], *, interval: Method) -> Answered:
    """Return the share of every area by a model, beside the direct one.

    Args:
        project: The project.
        asked: Divided by an area set and nothing else; all its areas are in the model, also where some are asked for.
        registers: Register tables of the same areas: the covariates, each with its newest figures no later than the
            wave.
        interval: Which confidence interval the direct shares have.

    Raises:
        UsageError: There are no areas to model, or a register table is not one figure for each of them.
        StoreError: There is no store, it cannot be read, or a register table is not loaded.
        DesignError: The sample design cannot support an estimate, or there are too few areas for a model.
    """
    project = rounds.informed(project)
    expect_poolable(project, asked.survey, asked.indicators, asked.waves)
    covariates = _covariates(project, asked, registers)
    whole = replace(asked, areas=())
    sums = read_totals(project, whole, asked.waves)
    direct = asked_for(estimate.shares(sums, interval=interval), whole)
    told, rows, fitted = [], [], []
    for indicator in asked.indicators:
        found, inside, said = _modelled(project, sums, direct.filter(indicator=indicator), covariates)
        told.append(f"{indicator}: {said}" if len(asked.indicators) > 1 else said)
        rows.append(found)
        fitted.append(inside)
    shown = pl.concat(rows)
    shown = shown.filter(pl.col("area").is_in(asked.areas)) if asked.areas else shown
    columns = [*named(asked), "n", "share", "lower", "upper", *_MODEL, "flags", "se", "df"]
    says = (
        f"not tested; model is {MODELLED} (model-based, not measured in the area alone): Fay-Herriot by REML on the "
        f"arcsine scale, with {' and '.join(map(str, covariates))}; {'; '.join(told)}; own is the part the area's own "
        "answers have in it, rmse and 95 % limits are of the prediction before adding up, moved along; share is the "
        f"direct estimate with 95 % {NAMES[interval]} interval; {described(sums.design, sums.wave)}"
        f"{only(project, asked)}{_about_areas(project, asked, direct['area'].unique().to_list())}"
        f"{caveats(project, asked.survey, dict.fromkeys(asked.indicators, held(asked, None)))}"
    )
    known = [*origins([sums]), *(one.figures.origin for one in covariates)]
    return Answered(
        labelled(project, shown, asked).select(columns), says, (), provenance(known, says),
        script=Script(MODEL, pl.concat(fitted)),
    )  # fmt: skip


def _covariates(project: Project, asked: Question, registers: Sequence[str]) -> list[_Covariate]:
    """Return the figures of the registers; everything that keeps them out of a model is told at once."""
    if asked.area_set is None or asked.groups:
        extra = f", not {' and '.join(asked.groups)}" if asked.groups else ""
        raise UsageError(f"--model takes areas{extra}", hint="--by district, or another area set")
    if project.share_panel(asked.survey, asked.waves):
        raise UsageError("--model takes no waves that asked the same people", hint="name one wave")
    problems, covariates = [], []
    until = max(project.wave(asked.survey, one).year for one in asked.waves)
    for name in registers:
        figures = read_register(project, name)
        year = figures.newest(until)
        if figures.register.area_set != asked.area_set:
            fitting = [one for one, known in project.registers.items() if known.area_set == asked.area_set]
            problems.append(
                UsageError(
                    f"register {name} is for {figures.register.area_set}, not {asked.area_set}",
                    hint=f"registers for {asked.area_set}: {', '.join(fitting) or 'none'}",
                )
            )
        elif figures.register.columns.category:
            problems.append(UsageError(f"register {name} has several figures for an area", hint="a model takes one"))
        elif year is None:
            problems.append(UsageError(f"register {name} has no figures of {until} or before"))
        else:
            covariates.append(_Covariate(name, year, figures))
    twice = [one for one in dict.fromkeys(registers) if registers.count(one) > 1]
    problems += [UsageError(f"register {one} is named {registers.count(one)} times") for one in twice]
    all_at_once(UsageError, problems)
    return covariates


def _modelled(
    project: Project, sums: Totals, direct: pl.DataFrame, covariates: Sequence[_Covariate]
) -> tuple[pl.DataFrame, pl.DataFrame, str]:
    """Return the rows of one indicator, those not in the model too; what it was fitted to; and that in words."""
    indicator = direct["indicator"][0]
    places = [sums.positions[row["area_set"], row["area"], row["dimension"], row["category"]] for row in
              direct.iter_rows(named=True)]  # fmt: skip
    base = sums.of(places, sums.indicators.index(indicator)).a.sum(axis=1)
    joined = direct.with_columns(pl.Series(_BASE, base))
    for one in covariates:
        joined = joined.join(one.column, on="area", how="left", maintain_order="left")
    names = [one.name for one in covariates]
    inside = joined.filter(pl.all_horizontal(pl.col("share", *names).is_not_null()))
    parts = inside[_BASE].to_numpy() / inside[_BASE].sum()
    target = float(parts @ inside["share"].to_numpy())
    scaled = [((pl.col(name) - pl.col(name).mean()) / pl.col(name).std()).fill_nan(0.0).alias(name) for name in names]
    found = smoothing.smoothed(
        inside.select(direct.columns), inside.select("area", _BASE, *scaled), people=_BASE, whole=target
    )
    model = found.rows.select(
        "area", pl.col("share").alias("model"), pl.col("lower").alias("model_lower"),
        pl.col("upper").alias("model_upper"), "rmse", pl.col("weight").alias("own"), pl.lit(MODELLED).alias("basis"),
    )  # fmt: skip
    rows = joined.join(model, on="area", how="left", maintain_order="left").with_columns(
        pl.col("basis").fill_null(DIRECT)
    )
    flagged = [_flags(project, sums, row, names, found) for row in rows.iter_rows(named=True)]
    everybody = sums.of([sums.positions[direct["area_set"][0], EVERYBODY, EVERYBODY, EVERYBODY]],
                        sums.indicators.index(indicator)).a.sum()  # fmt: skip
    city = bool(np.isclose(float(inside[_BASE].sum()), float(everybody), rtol=1e-9, atol=0))
    numbers = inside.select(
        "indicator", "area", "n", "share", "se", pl.col(_BASE).alias("base"), pl.col(names).name.prefix("x_")
    )
    said = _said(found, inside.height, target, city)
    return rows.with_columns(pl.Series("flags", flagged, dtype=pl.String)), numbers, said


def _said(found: Smoothed, areas: int, target: float, city: bool) -> str:
    between = f"A = {found.between:.3g} between {areas} areas"
    if found.boundary:
        between = (
            f"A, the variance between the {areas} areas, is 0 by REML: by the adjusted likelihood of Yoshimori and "
            f"Lahiri it is {found.between:.3g}, and the model has no limits"
        )
    of = "the city" if city else "all these areas together"
    return f"{between}; moved by {found.moved:+.4f} to add up to the direct share of {of}, {target:.4f}"


def _flags(project: Project, sums: Totals, row: dict[str, Any], names: Sequence[str], found: Smoothed) -> str:
    """Return the flags of the direct share, and why an area has no modelled one or none with limits."""
    domain = (row["area_set"], row["area"], row["dimension"], row["category"])
    told = [flags(project, row, sums.lonely(domain, row["indicator"]))]
    told += [f"no figure of {name}" for name in names if row[name] is None]
    told += ["A = 0: no model limits"] if found.boundary and row["model"] is not None else []
    return ", ".join(filter(None, told))


def _about_areas(project: Project, asked: Question, answered: Sequence[str]) -> str:
    """Return that units lie in several areas, where some do, and which areas have no respondents."""
    area_set = project.area_sets[str(asked.area_set)]
    several = sum(len(areas) > 1 for areas in area_set.members.values())
    units = "unit lies" if several == 1 else "units lie"
    empty = [area.name for code, area in area_set.areas.items() if code not in answered]
    told = {
        f"; {several} {units} in several areas, which are taken as independent samples all the same": several > 0,
        f"; nobody answered in {', '.join(empty)}, which no model speaks for": bool(empty),
    }
    return "".join(said for said, holds in told.items() if holds)
