"""Shares and comparisons for an analyst at the terminal, with the design's uncertainty.

What they answer has not passed the gate, and each command says so.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast, get_args

import click
import polars as pl

from tryghed.analysis import associations, comparisons, measures, modelled, shares, standards
from tryghed.analysis.question import Question, question
from tryghed.analysis.reading import calibrations_behind, rows_behind
from tryghed.analysis.remarks import Correction
from tryghed.cli.adhoc import deliver, pairs, survey_option, with_unverified
from tryghed.cli.options import apart, form_of, open_project, output_options, project_option, quiet_option, say
from tryghed.definitions.policy import IntervalMethod
from tryghed.definitions.project import Project
from tryghed.delivery import areascripts, rscript
from tryghed.delivery.answered import Answered
from tryghed.errors import UsageError
from tryghed.meant import latest_wave, main_survey, present
from tryghed.reporting import danish
from tryghed.statistics.estimate import Reference

_DRAWN = 20  # characters
_AROUND_ZERO = ("difference", "slope")
_TOLD = ("verdict", "flags", "basis")  # also where every row has the same

by_option = click.option(
    "--by", metavar="NAME[,NAME]", default="", help='Divide by: an area set (or "district") and groups, with commas.'
)
where_option = click.option(
    "--where",
    multiple=True,
    metavar="NAME=VALUE",
    help="Only this category or area, by code or as tables call it; may be repeated.",
)
r_option = click.option(
    "--r", "script", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.R", callback=apart,
    help="Also write an R script that recomputes the numbers, and the rows it needs beside it (personal data).",
)  # fmt: skip
correct_option = click.option(
    "--correct", "correction", type=click.Choice(get_args(Correction)), default="holm", show_default=True,
    help="Correction over all tests of the answer: Holm, Benjamini-Hochberg, Benjamini-Yekutieli, none.",
)  # fmt: skip
interval_option = click.option(
    "--interval", type=click.Choice(get_args(IntervalMethod)),
    help="Confidence interval of shares. Default: that of policy/release.toml.",
)  # fmt: skip
deff_option = click.option(
    "--deff", type=click.Choice(["without", "with"]), default="with", show_default=True,
    help="Design effects against a simple random sample with replacement, or without: then weights must sum to people.",
)  # fmt: skip
wave_option = click.option(
    "--wave", "waves", metavar="WAVE[,WAVE]", default="", help="Default: the newest. Several are pooled."
)


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="INDICATOR|ITEM...")
@by_option
@where_option
@wave_option
@click.option(
    "--standardise",
    "standard",
    metavar="GROUP[,GROUP]",
    default="",
    help="As if every area were made up of these groups as the city is: age, or age,sex.",
)
@click.option(
    "--pool",
    "pool",
    type=click.IntRange(2, 5),
    metavar="WAVES",
    help="Every run of so many comparable waves up to the wave, taken together: rolling shares.",
)
@click.option(
    "--model",
    "registers",
    metavar="REGISTER[,REGISTER]",
    default="",
    help="Beside each area's share, one by a model with the newest figures of these register tables (Fay-Herriot).",
)
@interval_option
@deff_option
@r_option
@survey_option
@output_options
@project_option
@quiet_option
def share(
    names: tuple[str, ...], by: str, where: tuple[str, ...], waves: str, standard: str, pool: int | None,
    registers: str, interval: str | None, deff: str, script: Path | None, survey: str | None, form: str | None,
    output: Path | None, project: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """Estimate shares of indicators, with their intervals, or of every answer to an item.

    The column flags says what the gate would withhold, and why. The numbers have not passed it: they are for
    analysis, not for publication. Every area and group asked for has a row, in which nobody answered too.

    \b
    Example: tryghed share tryg_aften --by district
             tryghed share tryg_aften --by sex,age --wave 2023,2024,2025 --where district=valby
             tryghed share safe_evening --by district --where district=valby
             tryghed share tryg_aften --by district --standardise age
             tryghed share tryg_aften --by udsatte_2025 --pool 2
             tryghed share tryg_aften --by udsatte_2025 --model outside_labour_market
    """
    opened = present(open_project(project))
    method, reference = cast("IntervalMethod", interval or opened.rules.interval), cast("Reference", deff)
    items = measures.items(opened, survey or main_survey(opened))
    if set(names) & set(items):
        if standard or pool or registers:
            raise UsageError("--standardise, --pool and --model take indicators, not items with all their answers")
        asked = ask(opened, survey, waves, names, by, where, known=measures.items)
        answer = measures.distributions(opened, asked, interval=method, deff=reference)
        write_script(answer, opened, asked, script, quiet)
        tell(marked(answer, opened, asked), form, output, quiet, middle="share")
        return
    if registers:
        if standard or pool:
            raise UsageError("--model takes no --standardise or --pool")
        asked = ask(opened, survey, waves, names, by, where)
        answer = modelled.modelled(opened, asked, _names(registers), interval=method)
    elif standard:
        asked = _to_standardise(opened, survey, waves, names, by, where, standard, pool)
        answer = standards.standardised(opened, asked, interval=method)
    elif pool:
        asked = ask(opened, survey, waves, names, by, where)
        answer = shares.rolling(opened, asked, pool, interval=method, deff=reference)
    else:
        asked = ask(opened, survey, waves, names, by, where)
        answer = shares.shares(opened, asked, interval=method, deff=reference)
    write_script(answer, opened, asked, script, quiet)
    tell(marked(answer, opened, asked), form, output, quiet, middle="share")


def _to_standardise(
    project: Project, survey: str | None, waves: str, names: Sequence[str], by: str, where: Sequence[str],
    standard: str, pool: int | None,
) -> Question:  # fmt: skip
    """Return the question whose groups are those to standardise for.

    Raises:
        UsageError: It is divided by groups as well, or pooled.
    """
    groups = project.surveys[survey or main_survey(project)].groups if (survey or "") in ("", *project.surveys) else {}
    divided = [one for one in [*_names(by), *pairs(where, example="--where district=valby")] if one in groups]
    if divided or pool:
        raise UsageError(
            f"--standardise takes no {'--pool' if pool else f'division by {divided[0]}'}",
            hint="shares of areas are standardised; several waves are pooled with --wave 2024,2025",
        )
    return ask(project, survey, waves, names, ",".join(filter(None, [by, standard])), where)


@click.command()
@click.argument("indicators", nargs=-1, required=True, metavar="INDICATOR...")
@by_option
@where_option
@wave_option
@click.option(
    "--area",
    "areas",
    multiple=True,
    metavar="AREA",
    help="Only this area, against everybody outside it; given several times: these areas with one another.",
)
@click.option("--since", metavar="WAVE", help="Compare with this earlier wave.")
@click.option("--changes", is_flag=True, help="With --since: compare how the sides have changed since that wave.")
@click.option(
    "--margin",
    type=click.FloatRange(0, 100, min_open=True, max_open=True),
    metavar="POINTS",
    help="Percentage points too few to matter: sides that surely differ by less are equivalent.",
)
@correct_option
@r_option
@survey_option
@output_options
@project_option
@quiet_option
def compare(
    indicators: tuple[str, ...], by: str, where: tuple[str, ...], waves: str, areas: tuple[str, ...],
    since: str | None, changes: bool, margin: float | None, correction: str, script: Path | None, survey: str | None,
    form: str | None, output: Path | None, project: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """Test differences between areas, groups or waves.

    Each area is compared with everybody outside it, areas named with --area with one another, each group with every
    other, and with --since each share with its own in an earlier wave. With --changes the difference itself is
    compared with what it was: a difference of differences. All differences of an answer are corrected together.

    No difference shown is no proof that there is none: with --margin, decided before the numbers are seen, two sides
    may be called equivalent.

    \b
    Example: tryghed compare tryg_aften --by district
             tryghed compare tryg_aften --area valby --area vanloese
             tryghed compare tryg_aften --by sex --margin 3
             tryghed compare tryg_aften --by district --since 2022
             tryghed compare tryg_aften --by district --since 2022 --changes
    """
    opened = present(open_project(project))
    asked = ask(opened, survey, waves, indicators, by, where, areas=areas)
    declared, correcting = margin / 100 if margin else None, cast("Correction", correction)
    if changes and since is None:
        raise UsageError("--changes takes --since WAVE, the wave the changes are counted from")
    answer = (
        comparisons.changes(opened, asked, since=since, margin=declared, correction=correcting) if changes and since
        else comparisons.comparisons(opened, asked, since=since, margin=declared, correction=correcting)
    )  # fmt: skip
    write_script(answer, opened, asked, script, quiet)
    tell(marked(answer, opened, asked), form, output, quiet, middle="difference")


@click.command()
@click.argument("indicators", nargs=-1, required=True, metavar="INDICATOR...")
@by_option
@where_option
@wave_option
@correct_option
@r_option
@survey_option
@output_options
@project_option
@quiet_option
def associate(
    indicators: tuple[str, ...], by: str, where: tuple[str, ...], waves: str, correction: str, script: Path | None,
    survey: str | None, form: str | None, output: Path | None, project: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """Test whether answers have to do with a group, or with other answers.

    The chi-square test of a crosstab, corrected for the sample design and the weights (Rao and Scott): of every
    indicator with the groups of --by, or of two indicators and more with one another. With an area set in --by there
    is a test for each area. The shares themselves: tryghed share INDICATOR --by GROUP.

    \b
    Example: tryghed associate tryg_aften --by age
             tryghed associate tryg_aften bekymret_indbrud
             tryghed associate tryg_aften --by district,sex
    """
    opened = present(open_project(project))
    asked = ask(opened, survey, waves, indicators, by, where)
    answer = associations.associations(opened, asked, correction=cast("Correction", correction))
    write_script(answer, opened, asked, script, quiet)
    tell(marked(answer, opened, asked), form, output, quiet, middle="")


@click.command()
@click.argument("indicators", nargs=-1, required=True, metavar="INDICATOR...")
@by_option
@where_option
@click.option("--wave", metavar="WAVE", default="", help="Last wave of the line. Default: the newest.")
@correct_option
@r_option
@survey_option
@output_options
@project_option
@quiet_option
def trend(
    indicators: tuple[str, ...], by: str, where: tuple[str, ...], wave: str, correction: str, script: Path | None,
    survey: str | None, form: str | None, output: Path | None, project: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """Fit a straight line through the comparable waves of a share.

    SLOPE is the change of the share per year. The word tendency takes five comparable waves and more; a small Q_P
    says that the waves jump about the line by more than chance.

    \b
    Example: tryghed trend bekymret_indbrud --by district
    """
    opened = present(open_project(project))
    asked = ask(opened, survey, wave, indicators, by, where)
    answer = shares.developments(opened, asked, correction=cast("Correction", correction))
    write_script(answer, opened, asked, script, quiet)
    tell(marked(answer, opened, asked), form, output, quiet, middle="slope")


def marked(answer: Answered, project: Project, asked: Question) -> Answered:
    """Return the answer with the waves behind it that nobody has confirmed."""
    others = {wave for line in answer.lines for side in (line.one, line.other) if side for wave in side.waves}
    return replace(answer, says=with_unverified(project, answer.says, asked.survey, {*asked.waves, *others}))


def write_script(
    answer: Answered, project: Project, asked: Question, script: Path | None, quiet: bool
) -> None:  # fmt: skip
    """Write the R script of an answer and the rows it needs, where one is wanted.

    Raises:
        UsageError: R has no one design of the numbers.
    """
    if script is not None and answer.script is not None:
        say(f"{script}; {areascripts.write(answer.script, script)}: the numbers behind it, by area", quiet=quiet)
        return
    if script is not None and not answer.lines:
        raise UsageError("--r: R has no one design of these numbers", hint="ask for one number at a time")
    if script is not None:
        rows = rows_behind(project, asked, answer.lines)
        known = calibrations_behind(project, asked.survey, rows)
        data = rscript.write(rows, answer.lines, script, followed=answer.followed, calibrations=known)
        say(f"{script}: {len(answer.lines)} numbers; {data}: the rows behind them, personal data", quiet=quiet)


def ask(
    project: Project, survey: str | None, waves: str, names: Sequence[str], by: str, where: Sequence[str],
    *, areas: Sequence[str] = (), known: Callable[[Project, str], Collection[str]] | None = None, each: int = 1,
) -> Question:  # fmt: skip
    """Return what the words on a command line ask.

    `known` says what may be named, by default indicators; `each` how many names one estimate takes.
    """
    about = survey or main_survey(project)
    return question(
        project, about, _names(waves) or [latest_wave(project, about)], names, by=_names(by),
        where=pairs(where, example="--where sex=kvinde"), areas=areas, known=known(project, about) if known else None,
        each=each,
    )  # fmt: skip


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def tell(answer: Answered, form: str | None, output: Path | None, quiet: bool, *, middle: str) -> None:
    """Hand over the answer; on the terminal with its intervals drawn, and without the columns few people read.

    `middle` is the column between the limits of intervals; empty where there are none.
    """
    chosen = form_of(form, output)
    if chosen != "table":
        deliver(answer.rows, answer.says, chosen, output, quiet, source=answer.provenance)
        return
    shown, drawn = answer.rows, ""
    if middle:
        drawing = _drawing(answer.rows, middle)
        last = "basis" if "basis" in answer.rows.columns else "upper"
        shown, drawn = answer.rows.insert_column(answer.rows.columns.index(last) + 1, drawing), drawing.name
    texts = [name for name in shown.columns if shown[name].dtype == pl.String and name != drawn]
    alike = [name for name in texts if shown.height > 1 and name not in _TOLD and shown[name].n_unique() == 1]
    unflagged = ["flags"] if (shown["flags"] == "").all() else []
    few_read = ["se", "df", "n_eff", "p", "chi2", "q", "q_df", "x2"]
    rows = shown.select(name for name in shown.columns if name not in {*few_read, *alike, *unflagged})
    deliver(rows, answer.says, chosen, output, quiet, kept=rows.columns, source=answer.provenance)


def _drawing(rows: pl.DataFrame, middle: str) -> pl.Series:
    """Return the intervals in characters on one axis, its ends as the name; differences have `|` at zero."""
    marks = [0.0] if middle in _AROUND_ZERO else []
    limits = [*marks, *rows["lower"].drop_nulls(), *rows["upper"].drop_nulls()]
    low, high = min(limits, default=0.0), max(limits, default=1.0)

    def at(value: float) -> int:
        return round((value - low) / ((high - low) or 1.0) * (_DRAWN - 1))

    def drawn(lower: float | None, upper: float | None, point: float | None) -> str:
        cells = [" "] * _DRAWN
        for zero in marks:
            cells[at(zero)] = "|"
        if lower is not None and upper is not None and point is not None:
            cells[at(lower) : at(upper) + 1] = ["─"] * (at(upper) - at(lower) + 1)
            for zero in marks:
                cells[at(zero)] = "┼" if lower <= zero <= upper else "|"
            cells[at(point)] = "●"
        return "".join(cells)

    name = f"{danish.decimal(low, 2)} to {danish.decimal(high, 2)}"
    return pl.Series(name, [drawn(*row) for row in rows.select("lower", "upper", middle).iter_rows()], dtype=pl.String)
