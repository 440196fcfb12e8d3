"""Finds and loads a project folder: every survey, wave, area set, rule and report of it.

A project needs only `surveys/`. Policy, queries, reports and templates it does not have are taken from the starting
project that comes with the software.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from tryghed.definitions.areas import AreaSet, read_area_set
from tryghed.definitions.calibration import read_margins
from tryghed.definitions.comparability import (
    DECLARED_BREAK,
    Comparability,
    ComparabilityRules,
    Comparison,
    Comparisons,
    compare,
)
from tryghed.definitions.drafts import MARK, unconfirmed
from tryghed.definitions.policy import ReleaseRules
from tryghed.definitions.questionnaire import Round
from tryghed.definitions.registers import Register
from tryghed.definitions.report import Report
from tryghed.definitions.survey import Survey
from tryghed.definitions.toml import read
from tryghed.definitions.wave import Wave
from tryghed.errors import DefinitionError, UsageError, all_at_once

#: Folder of the register tables, beside those of the surveys; no survey can be called so.
REGISTERS = "registers"

Value = TypeVar("Value")
_SHOWN_LINES = 10


@dataclass(frozen=True)
class Project:
    """A loaded project folder.

    `waves` are keyed by survey, then wave, in order of year. `queries`, `templates` are folders searched in order.
    `comparisons` are the verdicts on pairs of waves: by the definitions alone, until `knowing` adds what is stored.
    `drafts` are definitions with guesses that nobody has confirmed, by survey and wave, each with the error that says
    so; they are not among `waves`.
    """

    folder: Path
    surveys: dict[str, Survey]
    waves: dict[str, dict[str, Wave]]
    area_sets: dict[str, AreaSet]
    rules: ReleaseRules
    reports: dict[str, Report]
    queries: tuple[Path, ...]
    templates: tuple[Path, ...]
    comparability: ComparabilityRules = field(default_factory=ComparabilityRules)
    comparisons: Comparisons = field(default_factory=dict)
    drafts: dict[tuple[str, str], DefinitionError] = field(default_factory=dict)
    registers: dict[str, Register] = field(default_factory=dict)

    def wave(self, survey: str, wave: str) -> Wave:
        """Return one wave's definition.

        Raises:
            UsageError: There is no such survey or wave; the hint lists those there are.
        """
        if survey not in self.waves:
            raise UsageError(f"no survey {survey!r}", hint=f"surveys here: {', '.join(self.waves)}")
        if (survey, wave) in self.drafts:
            raise self.drafts[survey, wave]
        if wave not in self.waves[survey]:
            known = ", ".join(self.waves[survey]) or "none"
            raise UsageError(f"no wave {wave!r} of survey {survey!r}", hint=f"waves here: {known}")
        return self.waves[survey][wave]

    def comparison(self, survey: str, indicator: str, wave: str, other: str) -> Comparison | None:
        """Return the verdict on an indicator in two waves, whichever is the earlier; None where one did not ask it."""
        pairs = ((wave, other), (other, wave))
        return next((one for pair in pairs if (one := self.comparisons.get((survey, *pair, indicator)))), None)

    def comparable(self, survey: str, indicator: str, wave: str) -> tuple[str, ...]:
        """Return the waves up to and including `wave` that may all be compared with one another, oldest first.

        They are those that asked the indicator since the latest break; what is compared with a caveat is among them.
        """
        names = list(self.waves[survey])
        run = [wave]
        for name in reversed(names[: names.index(wave)]):
            if self.waves[survey][name].columns.keys() & {self.surveys[survey].scores[indicator].item}:
                verdicts = [self.comparison(survey, indicator, other, name) for other in run]
                if any(one is None or one.verdict is Comparability.BREAK for one in verdicts):
                    break
                run.append(name)
        return tuple(reversed(run))

    def share_panel(self, survey: str, waves: Iterable[str]) -> bool:
        """Return whether some of the waves belong to one panel, so that they may have asked the same people."""
        panels = [of for wave in dict.fromkeys(waves) if (of := self.wave(survey, wave).design.panel)]
        return len(panels) > len(set(panels))

    def pooled(self, survey: str, indicator: str, wave: str, most: int) -> tuple[str, ...]:
        """Return the waves whose answers reports put together: the newest comparable ones, one of each panel.

        Waves of a panel ask the same people again: taken together they are no larger sample.
        """
        kept: list[str] = []
        for one in reversed(self.comparable(survey, indicator, wave)[-most:]):
            if not self.share_panel(survey, [*kept, one]):
                kept.append(one)
        return tuple(reversed(kept))

    def knowing(self, stored: Comparisons) -> "Project":
        """Return the project with the stored verdicts in force; a break its definitions declare now stays one."""
        now = {
            key: one for key, one in self.comparisons.items()
            if any(reason.code == DECLARED_BREAK for reason in one.reasons)
        }  # fmt: skip
        known = {key: one for key, one in stored.items() if key in self.comparisons}
        return replace(self, comparisons={**self.comparisons, **known, **now})

    def without(self, gone: Collection[tuple[str, str]]) -> "Project":
        """Return the project without some (survey, wave) pairs; breaks they declared still lie between the others."""
        kept = {
            survey: {name: one for name, one in waves.items() if (survey, name) not in gone}
            for survey, waves in self.waves.items()
        }
        return replace(self, waves=kept)

    @property
    def synthetic(self) -> bool:
        """Whether any survey of the project says that its answers are made up."""
        return any(survey.synthetic for survey in self.surveys.values())


def starting_project() -> Path:
    """Return the folder with the definitions, queries and templates that come with the software."""
    packaged = Path(__file__).parents[1] / "starting_project"
    return packaged if packaged.is_dir() else Path(__file__).parents[3]


def find(start: Path) -> Path:
    """Return the nearest folder at or above `start` that holds `surveys/`.

    Raises:
        UsageError: There is none up to the file system's root.
    """
    for folder in (start, *start.parents):
        if (folder / "surveys").is_dir():
            return folder
    raise UsageError(
        "no project here: no folder surveys/ in it or above it",
        where=str(start),
        hint="change to a project folder, give --project FOLDER, or make one with tryghed init FOLDER",
    )


def load(folder: Path) -> Project:
    """Return the project in `folder`.

    Raises:
        DefinitionError: Definitions do not hold; every problem of every file is listed.
    """
    folder = folder.resolve()
    if not (folder / "surveys").is_dir():
        raise UsageError("no folder surveys/", where=str(folder), hint="make a project with tryghed init FOLDER")
    problems: list[DefinitionError] = []
    area_sets = _collect((folder / "surveys" / "areas").glob("*.toml"), read_area_set, problems)
    surveys = _collect((folder / "surveys").glob("*/survey.toml"), _read_survey, problems)
    asked = sorted(path.parent.name for path in (folder / "surveys").glob("*/survey.toml"))
    waves = {name: _read_waves(folder / "surveys" / name, problems) for name in asked}
    rules_at = own_or_starting(folder, "policy/release.toml")
    rules = _collect([rules_at], lambda path: read(path, ReleaseRules), problems)
    comparability_at = own_or_starting(folder, "policy/comparability.toml")
    comparability = _collect([comparability_at], lambda path: read(path, ComparabilityRules), problems)
    reports = _collect(own_or_starting(folder, "reports").glob("*.toml"), _read_report, problems)
    reports = {name: report for name, report in reports.items() if report.survey in surveys}
    registers = _collect((folder / "surveys" / REGISTERS).glob("*.toml"), _read_register, problems)
    known_sets = {path.stem for path in (folder / "surveys" / "areas").glob("*.toml")}
    problems += _loose_ends(surveys, waves, area_sets, known_sets, reports)
    problems += _loose_registers(registers, known_sets, surveys)
    all_at_once(DefinitionError, [*problems, *_margins(folder, surveys, waves, area_sets, known_sets)])
    drafts = _drafts(folder, waves)
    waves = {name: {key: one for key, one in of.items() if (name, key) not in drafts} for name, of in waves.items()}
    return Project(
        folder, surveys, waves, area_sets, rules["release"], reports,
        queries=shelves(folder, "queries"), templates=shelves(folder, "reports/templates"),
        comparability=comparability["comparability"],
        comparisons=by_definition(surveys, waves, comparability["comparability"]), drafts=drafts,
        registers=registers,
    )  # fmt: skip


def _drafts(folder: Path, waves: dict[str, dict[str, Wave]]) -> dict[tuple[str, str], DefinitionError]:
    """Return the waves whose definition has guesses left to confirm, with what is to be said of them."""
    found: dict[tuple[str, str], DefinitionError] = {}
    for survey, name in ((survey, name) for survey, of in waves.items() for name in of):
        path = folder / "surveys" / survey / f"{name}.toml"
        lines = unconfirmed(path.read_text(encoding="utf-8"))
        if lines:
            shown = ", ".join(map(str, lines[:_SHOWN_LINES])) + (" …" if len(lines) > _SHOWN_LINES else "")
            found[survey, name] = DefinitionError(
                f"is a draft, guesses to confirm: {len(lines)} (lines {shown})", where=str(path.relative_to(folder)),
                hint=f"check each and delete its {MARK}; the wave is not loaded before",
            )  # fmt: skip
    return found


def by_definition(
    surveys: dict[str, Survey], waves: dict[str, dict[str, Wave]], rules: ComparabilityRules
) -> Comparisons:
    """Return the verdicts on all pairs of waves that follow from the definitions alone."""
    return {
        key: one
        for name, survey in surveys.items()
        for key, one in compare([Round(survey, wave) for wave in waves[name].values()], rules).items()
    }


def own_or_starting(folder: Path, part: str) -> Path:
    """Return a part of a project, or that of the starting project where the project has none."""
    return folder / part if (folder / part).exists() else starting_project() / part


def shelves(folder: Path, part: str) -> tuple[Path, ...]:
    """Return the project's own folder of queries or templates, and the one it starts with."""
    found = [place / part for place in (folder, starting_project()) if (place / part).is_dir()]
    return tuple(dict.fromkeys(found))


def _collect(
    paths: Iterable[Path], reader: Callable[[Path], Value], problems: list[DefinitionError]
) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for path in sorted(paths):
        try:
            found[path.parent.name if path.name == "survey.toml" else path.stem] = reader(path)
        except DefinitionError as problem:
            problems.append(problem)
    return found


def _read_survey(path: Path) -> Survey:
    return read(path, Survey, name=path.parent.name)


def _read_report(path: Path) -> Report:
    return read(path, Report, name=path.stem)


def _read_register(path: Path) -> Register:
    return read(path, Register, name=path.stem)


def _loose_registers(
    registers: dict[str, Register], known_sets: set[str], surveys: dict[str, Survey]
) -> list[DefinitionError]:
    """Return register tables for area sets that there are not, and a survey where their folder is."""
    found = [
        DefinitionError(f"no area set {one.area_set!r}", where=f"surveys/{REGISTERS}/{name}.toml: area_set")
        for name, one in registers.items() if one.area_set not in known_sets
    ]  # fmt: skip
    taken = f"surveys/{REGISTERS}/survey.toml"
    return found + [DefinitionError("the folder is for register tables", where=taken)] * (REGISTERS in surveys)


def _read_waves(folder: Path, problems: list[DefinitionError]) -> dict[str, Wave]:
    paths = (path for path in folder.glob("*.toml") if path.name != "survey.toml")
    waves = _collect(paths, lambda path: read(path, Wave, survey=folder.name, wave=path.stem), problems)
    return dict(sorted(waves.items(), key=lambda named: (named[1].year, named[0])))


def _margins(
    folder: Path,
    surveys: dict[str, Survey],
    waves: dict[str, dict[str, Wave]],
    area_sets: dict[str, AreaSet],
    known_sets: set[str],
) -> list[DefinitionError]:
    """Return what is wrong with the margins that waves are calibrated to; it takes area sets that all hold."""
    found: list[DefinitionError] = []
    if set(area_sets) != known_sets:
        return found
    for name, survey in surveys.items():
        for wave in waves[name].values():
            if wave.design.calibration:
                try:
                    read_margins(folder, wave.design.calibration, survey, area_sets)
                except DefinitionError as problem:
                    found.append(problem)
    return found


def _loose_ends(
    surveys: dict[str, Survey],
    waves: dict[str, dict[str, Wave]],
    area_sets: dict[str, AreaSet],
    known_sets: set[str],
    reports: dict[str, Report],
) -> list[DefinitionError]:
    """Return references that lead nowhere, from the files that hold; `known_sets` are sets that may not hold too."""
    found: list[DefinitionError] = []

    def expect(holds: bool, where: str, message: str) -> None:
        if not holds:
            found.append(DefinitionError(message, where=where))

    for name, survey in surveys.items():
        for one in survey.area_sets:
            expect(one in known_sets, f"surveys/{name}/survey.toml: area_sets", f"no area set {one!r}")
        for wave in waves[name].values():
            where = f"surveys/{name}/{wave.wave}.toml"
            for item in wave.columns:
                expect(item in survey.items, f"{where}: columns.{item}", "no such item in survey.toml")
            for indicator in wave.breaks:
                expect(indicator in survey.indicators, f"{where}: breaks.{indicator}", "no such indicator")
            for indicator in (indicator for one in wave.comparable for indicator in one.indicators):
                expect(indicator in survey.scores, f"{where}: comparable.indicators", f"no indicator {indicator!r}")
            if wave.area:
                expect(wave.area.set in known_sets, f"{where}: area.set", f"no area set {wave.area.set!r}")
    for name, area_set in area_sets.items():
        if area_set.unit_set:
            where = f"surveys/areas/{name}.toml: unit_set"
            expect(area_set.unit_set in known_sets, where, f"no area set {area_set.unit_set!r}")
    for name, report in reports.items():
        where, survey = f"reports/{name}.toml", surveys[report.survey]
        expect(report.area_set in known_sets, f"{where}: area_set", f"no area set {report.area_set!r}")
        shown = {report.headline, *report.levels, *report.development, *report.worries, *report.places}
        for indicator in sorted(shown | set(report.attractiveness)):
            expect(indicator in survey.indicators, where, f"no indicator {indicator!r} in {survey.name}")
    return found
