"""A wave's weights for the analyst: the audit on the terminal, calibrated weights to a file."""

from pathlib import Path

import click
import polars as pl

from tryghed.analysis.weights import Weighed, weigh
from tryghed.cli.adhoc import deliver, survey_option, with_unverified
from tryghed.cli.estimates import r_option
from tryghed.cli.options import apart, form_of, open_project, output_options, project_option, quiet_option, say
from tryghed.delivery import exports, weightscript
from tryghed.errors import DesignError
from tryghed.meant import main_survey
from tryghed.statistics.weighting import MOST_MEDIANS

#: What the terminal shows of each part of the audit.
_SHOWN = {
    "weights": ["name", "delivered", "final", "limit"],
    "margin": ["name", "category", "n", "population", "delivered", "off_delivered", "final", "off_final"],
    "trimmed": ["name", "category", "n", "final"],
    "indicator": ["name", "category", "n", "delivered", "final"],
}
_DECIMALS = {"weights": 2, "trimmed": 2}
_CALLED = {"trimmed": {"n": "cut", "final": "weight given to others"}}


@click.command()
@click.argument("wave")
@click.option(
    "--trim", "medians", type=click.FloatRange(min=1, min_open=True), metavar="TIMES",
    help=f"Cut weights at TIMES the median ({MOST_MEDIANS:g} is common) and share them out within strata, "
    "before calibration.",
)  # fmt: skip
@click.option("--indicator", "indicators", multiple=True, metavar="INDICATOR",
              help="Show its share under both weights; may be repeated.")  # fmt: skip
@click.option("--save", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", callback=apart,
              help="Write the respondents' weights to FILE (.csv, .json, .parquet, .xlsx).")  # fmt: skip
@r_option
@survey_option
@output_options
@project_option
@quiet_option
def weights(
    wave: str, medians: float | None, indicators: tuple[str, ...], save: Path | None, script: Path | None,
    survey: str | None, form: str | None, output: Path | None, project: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """Hold a wave's weights against the population; calibrate and trim them.

    The wave must be in the store. Margins of the population are declared in its definition, under [design]; without
    them the population of the strata serves. Rules that are broken are told as "stop", and the exit code is 6.
    Estimates and reports use the weights as delivered, unless the definition's calibration says estimates = true: they
    then use the calibrated ones, with standard errors of residuals, from the next ingest on. Replicate weights are
    calibrated one by one, each to the same margins.

    \b
    Example: tryghed weights 2025
             tryghed weights 2025 --trim 5 --save weights_2025.csv --indicator tryg_aften
    """
    opened = open_project(project)
    chosen = form_of(form, output)
    saved = form_of(None, save) if save is not None else None
    found = weigh(opened, survey or main_survey(opened), wave, medians=medians, indicators=indicators)
    says = with_unverified(opened, found.says, survey or main_survey(opened), [wave])
    if chosen == "table" and output is None:
        click.echo(_tables(found).rstrip("\n"))
        say(says, quiet=quiet)
    else:
        deliver(found.audit, says, chosen, output, quiet)
    if script is not None:
        say(f"{script}: {weightscript.write(found.again, script)}: the rows behind it, personal data", quiet=quiet)
    for verdict in found.verdicts:
        if verdict.stops:
            say(f"stop: {verdict.says}")
        else:
            say(f"ok: {verdict.says}", quiet=quiet)
    if save is not None and saved is not None:
        exports.write(found.respondents, save, saved)
        say(f"{save}: {found.respondents.height:,} rows, one per respondent: personal data", quiet=quiet)
    if any(verdict.stops for verdict in found.verdicts):
        click.get_current_context().exit(DesignError.exit_code)


def _tables(found: Weighed) -> str:
    """Return each part of the audit as a table of its own; without the final weights where they are the delivered."""
    blocks = []
    for part, columns in _SHOWN.items():
        rows = found.audit.filter(part=part)
        kept = [name for name in columns if found.changed or name not in ("final", "off_final")]
        if rows.height:
            decimals = _DECIMALS.get(part, 4)
            shown = rows.select(kept).rename(_CALLED.get(part, {})).with_columns(pl.selectors.float().round(decimals))
            blocks.append(exports.table(shown))
    return "\n".join(blocks)
