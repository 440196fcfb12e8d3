"""Where a number comes from: explain."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import click
import polars as pl

from tryghed import evidence, explanation
from tryghed.cli.adhoc import show
from tryghed.cli.options import (
    apart,
    form_of,
    open_project,
    output_options,
    progress,
    project_option,
    quiet_option,
    say,
)
from tryghed.definitions.project import find
from tryghed.delivery import rscript
from tryghed.errors import UsageError
from tryghed.evidence import Evidence
from tryghed.explanation import Ground, Traces
from tryghed.release import standing
from tryghed.release.released import Lookup
from tryghed.reporting.trace import Traced

_UNRELEASED = "what follows has not passed the gate: for your own eyes, not for publication"


@click.command()
@click.argument("report", type=click.Path(path_type=Path, dir_okay=False), metavar="REPORT.pdf")
@click.argument("identity", required=False, metavar="[ID]")
@click.option("--cell", type=int, metavar="NUMBER", help="Which of the id's cells; needed where it has several.")
@click.option(
    "--r", "script", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.R", callback=apart,
    help="Also write an R script that recomputes the cell, and the rows it needs beside it (personal data).",
)  # fmt: skip
@output_options
@project_option
@quiet_option
def explain(
    report: Path, identity: str | None, cell: int | None, script: Path | None, form: str | None, output: Path | None,
    project: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """Tell where the numbers of a report come from.

    Without an ID every figure (F), table (T), earned sentence (U) and page of text (S) of the report is listed, with
    how many cells of its release each rests on. With an ID its cells are listed with their numbers as printed; and one
    of them, or the only one, is told whole: its definition, what it was computed from by stratum, the rules it met,
    the delivered files with their checksums, the query to run, and the lines of R that recompute it.

    The trace lies beside the report, in sporing.json; nothing of it is in the PDF. That the report's release was
    withdrawn, or has been corrected since, is told first.

    \b
    Example: tryghed explain out/2025/district-valby.pdf
             tryghed explain out/2025/district-valby.pdf F4 --cell 2
    """
    if cell is not None and (form or output):
        hint = "leave --cell out for a list of the cells, or send the text on with > FILE"
        raise UsageError("--format and --output are for lists; a cell is told whole, as text", hint=hint)
    traces = explanation.open_report(report)
    _tell_standing(traces.trace.release, project, quiet)
    if identity is None:
        show(explanation.ids(traces), form_of(form, output), output, quiet)
        say(_release(traces), quiet=quiet)
        return
    item = explanation.named(traces, identity)
    lookup = explanation.chosen(item, cell)
    if cell is None:
        show(explanation.cells(item), form_of(form, output), output, quiet, kept=["printed"])
    about = f"{item.id}·{traces.trace.code}, {item.what}, page {item.page} of {report.name}"
    say(f"{about}; {_release(traces)}", quiet=quiet)
    if lookup is None:
        say(f"one of them, whole: tryghed explain {report} {item.id} --cell 1", quiet=quiet)
    else:
        _tell(traces, item, lookup, project, script, quiet)


def _tell_standing(release: str, project: Path | None, quiet: bool) -> None:
    """Tell what has become of a report's release; without a project to ask, that it is not known."""
    try:
        folder = project or find(Path.cwd())
    except UsageError:
        say(f"whether release {release} was withdrawn or corrected is not known here: --project FOLDER", quiet=quiet)
        return
    if told := standing.withdrawn(folder, release):
        say(f"warning: {told}; the report must not be handed out")
    elif told := standing.corrected(folder, release):
        say(f"note: {told}", quiet=quiet)


def _release(traces: Traces) -> str:
    return f"release {traces.trace.release}, wave {traces.source.wave} of {traces.source.survey}"


def _tell(traces: Traces, item: Traced, lookup: Lookup, project: Path | None, script: Path | None, quiet: bool) -> None:
    opened = open_project(project)
    with progress(quiet=quiet) as step, explanation.ground(opened, traces, lookup, step) as ground:
        found = evidence.gather(ground.project, lookup)
        click.echo("\n".join(_told(traces, item, ground, found)))
        if script is not None:
            data = explanation.write_script(ground, found, script)
            say(f"{script}: {len(found.lines)} numbers; {data}: the rows behind them, personal data", quiet=quiet)


def _told(traces: Traces, item: Traced, ground: Ground, found: Evidence) -> list[str]:
    lookup = found.lookup
    files = [
        f"{one.survey}/{one.wave} {one.file}, sha256 {one.sha256}{'' if one.verified else ' (not declared)'}"
        for one in explanation.inputs(traces.source, lookup)
    ]
    printed = dict.fromkeys(f"{one.name} {one.text}" for one in item.numbers if one.lookup == lookup)
    return [
        *_part("cell", _pairs({**lookup.cell._asdict(), "against": lookup.against} if lookup.against
                              else lookup.cell._asdict())),
        *_part("printed", [", ".join(printed) or "not printed: it decided what a sentence says"]),
        *_part("definition", _pairs(explanation.definition(ground.project, lookup))),
        *_part("deliveries", [*files, f"computed from {ground.says}"]),
        "", _UNRELEASED,
        *_part("values", _table(found.values)),
        *_part("sums by stratum", _table(found.sums)),
        *_part("rules for a single number", [
            f"{'passed' if one.passed else 'failed'}  {one.rule} of {one.side}: {one.found}, {one.limit}"
            for one in found.outcomes
        ]),
        *_part("queries", [
            f"tryghed query {run.query} --survey {run.survey} "
            + " ".join(f"-p {name}='{value}'" for name, value in run.params.items())
            for run in found.runs
        ]),
        *_part("R (package survey; --r FILE.R writes the whole script)", map(rscript.call, found.lines)),
    ]  # fmt: skip


def _part(name: str, lines: Iterable[str]) -> list[str]:
    return ["", name, *(f"  {line}" for line in lines)]


def _pairs(values: Mapping[str, str]) -> list[str]:
    width = max(map(len, values))
    return [f"{name:<{width}}  {value}" for name, value in values.items()]


def _table(rows: pl.DataFrame) -> list[str]:
    """Return a table as aligned text, numbers to six digits."""
    texts = [rows.columns, *([_cell(value) for value in row] for row in rows.iter_rows())]
    widths = [max(len(line[at]) for line in texts) for at in range(rows.width)]
    left = [kind == pl.String for kind in rows.dtypes]
    return [
        "  ".join(text.ljust(width) if to_left else text.rjust(width) for text, width, to_left in
                  zip(line, widths, left, strict=True)).rstrip()
        for line in texts
    ]  # fmt: skip


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
