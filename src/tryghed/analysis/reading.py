"""What the store holds behind an analyst's question: sums, the respondents one by one, or figures of registers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import polars as pl

from tryghed.analysis.question import Question, set_in_store
from tryghed.analysis.remarks import described
from tryghed.definitions.calibration import read_margins
from tryghed.definitions.project import Project
from tryghed.definitions.registers import Register
from tryghed.delivery import recalibration
from tryghed.delivery.recalibration import Recalibration
from tryghed.delivery.rscript import Line
from tryghed.errors import StoreError, UsageError
from tryghed.statistics import adopting, origin, pooling, respondents, totals, weighting
from tryghed.statistics.origin import Input, Origin
from tryghed.statistics.respondents import Domain, Sampled
from tryghed.statistics.totals import Totals
from tryghed.store import query as queries
from tryghed.store.reader import open_reader


@dataclass(frozen=True, eq=False)
class Found:
    """Numbers read from the store, before they are judged.

    Attributes:
        rows: Shares (`frames.ESTIMATE` with `deff`, `cv`) or differences (`frames.CONTRAST` with the own cell), with
            `flags`.
        lines: What R recomputes.
        design: How they were sampled, in words.
        origins: Where they come from.
        followed: Whether people are followed from wave to wave.
    """

    rows: pl.DataFrame
    lines: tuple[Line, ...]
    design: str
    origins: tuple[Origin, ...]
    followed: bool = False


@dataclass(frozen=True)
class Scales:
    """What the weights of waves sum to: `relative` are the waves with parts of the answers, not people."""

    relative: tuple[str, ...]
    origin: Origin


def read_scales(project: Project, survey: str, waves: Sequence[str]) -> Scales:
    """Return what the weights of waves sum to.

    Raises:
        StoreError: There is no store, or it cannot be read.
    """
    query, wanted = "weights/sums", {"waves": list(waves)}
    shelf = queries.Shelf(project.queries)
    with open_reader(project.folder, survey) as reader:
        rows = reader.run(shelf[query], **wanted)
        source = origin.of(reader, shelf, {query: wanted}, waves)
    relative = [
        row["wave"] for row in rows.iter_rows(named=True) if weighting.relative(row["total"], row["respondents"])
    ]
    return Scales(tuple(relative), source)


@dataclass(frozen=True, eq=False)
class Figures:
    """A register table with its figures: `area`, `year`, `category`, `value`, `denominator`."""

    register: Register
    rows: pl.DataFrame
    origin: Origin

    def newest(self, until: int) -> int | None:
        """Return the newest year, no later than `until`, that has a figure; None where no such year has one."""
        years = self.rows.drop_nulls("value").filter(pl.col("year") <= until)["year"]
        return None if years.is_empty() else int(years.to_numpy().max())


def read_register(project: Project, name: str) -> Figures:
    """Return a register table as it is in the store.

    Raises:
        UsageError: The project has no such table.
        StoreError: There is no store, it cannot be read, or the table is not loaded.
    """
    if name not in project.registers:
        known = ", ".join(project.registers) or "none"
        raise UsageError(f"no register {name!r}", hint=f"registers here: {known}")
    query, wanted = "estimate/register_figures", {"register": name}
    shelf = queries.Shelf(project.queries)
    with open_reader(project.folder, "") as reader:
        rows = reader.run(shelf[query], **wanted)
        if rows.is_empty():
            raise StoreError(f"register {name} is not loaded", hint=f"tryghed registers load {name}")
        file = Input("", f"registers/{name}", *rows.select("file", "sha256", "verified").row(0))
        source = origin.of(reader, shelf, {query: wanted}, (), [file])
    return Figures(project.registers[name], rows.drop("file", "sha256", "verified"), source)


def read_totals(project: Project, asked: Question, waves: Sequence[str]) -> Totals:
    """Return the sums behind a question, of waves pooled where they are several.

    Raises:
        StoreError: There is no store, or it cannot be read.
        DesignError: The sample design cannot support an estimate, or waves are weighted to different things.
    """
    with open_reader(project.folder, asked.survey) as reader:
        sums = totals.read(
            reader, queries.Shelf(project.queries), survey=asked.survey, waves=waves,
            area_sets=[set_in_store(project, asked)], dimensions=[asked.dimension], indicators=asked.indicators,
        )  # fmt: skip
    pooling.expect_one_scale(sums)
    return sums


def read_respondents(
    project: Project, asked: Question, periods: Sequence[Sequence[str]], indicators: Sequence[str] = ()
) -> Sampled:
    """Return the respondents behind a question, in the designs of the periods.

    Args:
        project: The project.
        asked: The question.
        periods: Waves, each pooled where they are several; the newest first.
        indicators: Instead of those the question names.

    Raises:
        StoreError: There is no store, or it cannot be read.
        DesignError: The sample design cannot support an estimate.
    """
    with open_reader(project.folder, asked.survey) as reader:
        return respondents.read(
            reader, queries.Shelf(project.queries), survey=asked.survey, periods=periods,
            area_set=set_in_store(project, asked), dimension=asked.dimension,
            indicators=list(indicators or asked.indicators),
        )  # fmt: skip


def rows_behind(project: Project, asked: Question, lines: Sequence[Line]) -> pl.DataFrame:
    """Return the respondents an answer's lines rest on, as `estimate/respondent_rows` describes them: personal data.

    Raises:
        StoreError: There is no store, or it cannot be read.
    """
    waves = sorted({wave for one in lines for side in one.sides for wave in side.waves})
    with open_reader(project.folder, asked.survey) as reader:
        return reader.run(
            queries.Shelf(project.queries)["estimate/respondent_rows"], waves=waves,
            area_set=set_in_store(project, asked), dimension=asked.dimension,
            pattern=queries.names_pattern(asked.indicators),
        )  # fmt: skip


def calibrations_behind(project: Project, survey: str, rows: pl.DataFrame) -> tuple[Recalibration, ...]:
    """Return how the weights of waves were calibrated here, of those without replicates.

    Args:
        project: The project.
        survey: The survey.
        rows: Of `estimate/respondent_rows`.

    Raises:
        DefinitionError: The margins' files do not hold.
        StoreError: A wave's definition no longer says what its weights were calibrated by.
    """
    here = rows.filter(pl.col("calibration").is_not_null() & pl.col("factors").is_null() & (pl.col("weight") > 0))
    found, changed = [], []
    for (wave,), own in here.group_by("wave", maintain_order=True):
        calibration = project.wave(survey, str(wave)).design.calibration
        if calibration is None or not calibration.estimates:
            changed.append(str(wave))
            continue
        margins = read_margins(project.folder, calibration, project.surveys[survey], project.area_sets)
        if own["calibration"][0] != adopting.calibrated_by(calibration, margins):
            changed.append(str(wave))
            continue
        scale = weighting.to_people(own["delivered"].to_numpy(), margins[0].population)
        found.append(Recalibration(str(wave), calibration, recalibration.totals(margins), scale))
    if changed:
        raise StoreError(
            f"weights of wave {', '.join(changed)} were calibrated here, by a definition that has changed since",
            hint=f"tryghed ingest {' '.join(f'{survey}/{one}' for one in changed)}",
        )
    return tuple(found)


def sampled_as(asked: Question, sampled: Sampled, since: str | None) -> str:
    """Return the designs of the periods in words, and what is known of people in several of them."""
    if sampled.followed:
        return (
            f"{sampled.shared:,} people asked in several of waves {asked.wave}{f' and {since}' if since else ''}, each "
            f"of them one sampling unit across waves, {len(sampled.parts[0].design.strata)} strata{moved(sampled)}"
        )
    told = "; ".join(described(one.design, "+".join(one.rows["wave"].unique().sort())) for one in sampled.parts)
    if sampled.shared:
        told += f"; {sampled.shared:,} people were asked in several waves, which are taken as independent all the same"
    return told + (", independent samples" if since and not sampled.shared else "")


def moved(sampled: Sampled) -> str:
    """Return how many of those who are followed changed stratum, in words; nothing where none did."""
    told = f", {sampled.moved:,} of them in another stratum in another wave: what they answer alike is not counted"
    return told if sampled.moved else ""


def held(asked: Question, since: str | None) -> list[tuple[str, str]]:
    """Return the pairs of waves that an answer holds together or against one another."""
    pooled = list(combinations(dict.fromkeys(asked.waves), 2))
    return [*pooled, *((one, since) for one in asked.waves if since)]


def line(
    row: Mapping[str, Any], one: Domain, other: Domain | None = None, *, prefix: str = "",
    then: tuple[Domain, Domain] | None = None, standard: tuple[tuple[str, float], ...] = (),
) -> Line:  # fmt: skip
    """Return what R recomputes of a row of an answer."""
    said = [prefix, row["indicator"], row["area"], row["category"], *(["against", row["against"]] if other else [])]
    return Line(" ".join(dict.fromkeys(filter(None, said))), row["indicator"], one, other, then, standard)
