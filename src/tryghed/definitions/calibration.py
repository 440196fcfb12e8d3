"""Margins of the population that a wave's weights are held against and calibrated to, and the files they stand in."""

import csv
import math
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tryghed.definitions.areas import AreaSet
from tryghed.definitions.survey import Name, Survey
from tryghed.definitions.toml import Definition
from tryghed.errors import DefinitionError, all_at_once

#: The variable that is the stratum a respondent was drawn from.
STRATUM = "stratum"
#: What a category is called in the survey, from what a margin's file calls it; None where it is none.
Meaning = Callable[[str], str | None]
_WORKBOOKS = {".xlsx", ".xls", ".xlsm", ".ods"}
_AS_CSV = (
    "save its table as CSV UTF-8 with semicolons, one year only: a column for each variable, called as in the survey "
    "(ages united to its age groups), and one column with the number of people"
)


class MarginFile(Definition):
    """One margin: a CSV with people by category, added up over the columns that `by` does not name.

    The CSV is UTF-8 with semicolons. Its columns are called as groups of the survey, as area sets that divide the
    city, or `stratum`, and hold their categories' names and areas' codes or names, as official tables spell them; one
    more column has the number of people (decimal comma or point, no signs for thousands).
    """

    file: str  #: CSV, from the project folder
    by: Annotated[list[Name], Field(min_length=1)]  #: columns of the margin; several are crossed
    count: str = "population"  #: column with the number of people


class Distance(Definition):
    """How weights may move: the method, and the least and the most that a weight may be multiplied with.

    `linear` is generalised regression, `raking` multiplies and has no bounds, `logit` is raking between bounds. One
    margin is post-stratification under each of them.
    """

    method: Literal["linear", "raking", "logit"] = "raking"  #: how far weights are apart is measured
    #: the least and the most a weight is multiplied with: `[0.3, 3.0]`; logit needs them, raking has none
    bounds: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None

    @model_validator(mode="after")
    def _has_bounds_that_fit(self) -> Self:
        if self.bounds is not None and not 0 <= self.bounds[0] < 1 < self.bounds[1] < math.inf:
            raise ValueError(f"bounds {self.bounds} must be 0 or more and below 1, and above 1")
        if self.method == "logit" and self.bounds is None:
            raise ValueError("logit needs bounds, for example [0.3, 3.0]")
        if self.method == "raking" and self.bounds is not None:
            raise ValueError('raking has no bounds; method = "logit" is raking between bounds')
        return self

    @property
    def limits(self) -> tuple[float, float]:
        """The least and the most a weight is multiplied with, infinite where there is no bound."""
        if self.bounds is not None:
            return self.bounds[0], self.bounds[1]
        return (0.0 if self.method == "raking" else -math.inf), math.inf


class Calibration(Distance):
    """Margins of the population, and how the delivered weights are calibrated to them.

    `tryghed weights` shows what calibration does. Estimates and reports use the weights as delivered, unless
    `estimates` is true: the wave is then loaded with the calibrated weights, and standard errors are of residuals.
    """

    #: whether estimates and reports use the calibrated weights in place of the delivered ones
    estimates: bool = False
    margins: Annotated[list[MarginFile], Field(min_length=1)]  #: what is known of the population


@dataclass(frozen=True)
class Margin:
    """How many people of the population are in each category of a variable, or of several crossed.

    Attributes:
        by: The variables, as the respondents' columns are called.
        totals: People, by the categories of the variables in the order of `by`.
    """

    by: tuple[str, ...]
    totals: Mapping[tuple[str, ...], float]

    @property
    def name(self) -> str:
        """The variables joined by "*", as crossings are called: "sex*age"."""
        return "*".join(self.by)

    @property
    def population(self) -> float:
        """Everybody in it."""
        return math.fsum(self.totals.values())


def read_margins(
    folder: Path, calibration: Calibration, survey: Survey, area_sets: Mapping[str, AreaSet]
) -> tuple[Margin, ...]:
    """Return the margins of a wave.

    Args:
        folder: The project folder.
        calibration: Which margins.
        survey: The survey whose groups they are about.
        area_sets: All area sets of the project.

    Raises:
        DefinitionError: A file is missing, has a column or a category that the survey does not, a category twice, or
            something that is not a number of people; every problem of every file is listed.
    """
    known = {name: partial(_among, group.categories) for name, group in survey.groups.items()}
    known |= {name: partial(_area, area_sets[name]) for name in survey.area_sets if area_sets[name].kind == "district"}
    problems: list[DefinitionError] = []
    margins = []
    for one in calibration.margins:
        try:
            margins.append(_margin(folder / one.file, one, known))
        except DefinitionError as problem:
            problems.append(problem)
    unique = {str(problem): problem for problem in problems}
    all_at_once(DefinitionError, list(unique.values()))
    return tuple(margins)


def _among(categories: Container[str], value: str) -> str | None:
    return value if value in categories else None


def _area(areas: AreaSet, value: str) -> str | None:
    """Return the code of an area as it is called in a table, None where it is none of the set."""
    code = areas.named(value)
    return code if code in areas.areas else None


def _margin(path: Path, asked: MarginFile, known: Mapping[str, Meaning]) -> Margin:
    columns, rows = _rows(path)
    _expect_columns(path, columns, asked, known)
    divided = [name for name in columns if name != asked.count]
    problems: list[str] = []
    totals: dict[tuple[str, ...], float] = {}
    seen: set[tuple[str, ...]] = set()
    for line, row in rows:
        written = tuple((row[name] or "").strip() for name in divided)
        meant = [known[name](value) if name in known else value for name, value in zip(divided, written, strict=True)]
        strange = [
            f"{value!r} is not in {name}" for name, value, meaning in zip(divided, written, meant, strict=True)
            if meaning is None
        ]  # fmt: skip
        cell = tuple(value if meaning is None else meaning for value, meaning in zip(written, meant, strict=True))
        people = _people(row[asked.count])
        if people is None:
            strange.append(f"{row[asked.count]!r} is not a number of people")
        if cell in seen:
            strange.append(f"{', '.join(cell)} occurs twice")
        seen.add(cell)
        problems += [f"{path}:{line}: {text}" for text in strange]
        category = tuple(cell[divided.index(name)] for name in asked.by)
        totals[category] = totals.get(category, 0.0) + (people or 0.0)
    if problems:
        raise DefinitionError("\n".join(problems), hint="categories are joined by name; leave out rows with totals")
    return Margin(tuple(asked.by), totals)


def _rows(path: Path) -> tuple[list[str], list[tuple[int, dict[str, str | None]]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, delimiter=";", restkey="")
            return list(reader.fieldnames or ()), [(reader.line_num, row) for row in reader]
    except FileNotFoundError:
        raise DefinitionError("no such file", where=str(path)) from None
    except UnicodeDecodeError:
        if path.suffix.lower() in _WORKBOOKS:
            raise DefinitionError("is a workbook; margins are CSV", where=str(path), hint=_AS_CSV) from None
        raise DefinitionError("is not UTF-8", where=str(path), hint="save it as CSV UTF-8") from None


def _expect_columns(path: Path, columns: list[str], asked: MarginFile, known: Mapping[str, Meaning]) -> None:
    missing = [name for name in (*asked.by, asked.count) if name not in columns]
    if missing:
        raise DefinitionError(f"no columns {missing}; found {columns}", where=str(path))
    # A column nobody knows, such as a year, would be added up over.
    unknown = [name for name in columns if name not in known and name not in (STRATUM, asked.count)]
    if unknown:
        hint = f"columns can be {', '.join([*known, STRATUM])}, and {asked.count}"
        raise DefinitionError(f"columns {unknown} divide the people by nothing known here", where=str(path), hint=hint)


def _people(text: str | None) -> float | None:
    try:
        people = float((text or "").strip().replace(",", "."))
    except ValueError:
        return None
    return people if math.isfinite(people) and people >= 0 else None
