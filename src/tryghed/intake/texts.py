"""Answers in people's own words, masked and under pseudonyms of their own."""

import polars as pl

from tryghed.definitions.project import Project
from tryghed.definitions.wave import Wave
from tryghed.frames import FREE_TEXT, Finding
from tryghed.intake import privacy
from tryghed.intake.delivered import Delivered
from tryghed.intake.findings import finding
from tryghed.intake.pseudonyms import pseudonyms
from tryghed.intake.values import as_text

#: What the pseudonyms of texts are made for: another purpose gives others than those of the answers.
_PURPOSE = "free text"


def written(delivered: Delivered, wave: Wave) -> tuple[pl.DataFrame, list[Finding]]:
    """Return `row`, `question` and `text` of everything written, masked, and how much was masked in each column."""
    parts = [pl.DataFrame(schema={"row": pl.Int64, "question": pl.String, "text": pl.String})]
    found: list[Finding] = []
    for question, column in wave.free_text.items():
        if column not in delivered.rows.columns:
            continue
        clean = privacy.masked(as_text(delivered.rows[column]))
        if clean.count:
            message = f"{clean.count:,} CPR numbers, e-mail addresses and telephone numbers were masked"
            found.append(finding("masked_text", column, message, count=clean.count))
        rows = pl.DataFrame({"row": pl.arange(0, clean.text.len(), eager=True), "text": clean.text}).drop_nulls()
        parts.append(rows.select("row", pl.lit(question).alias("question"), "text"))
    return pl.concat(parts), found


def texts(project: Project, wave: Wave, ids: pl.Series, rows: pl.DataFrame) -> pl.DataFrame:
    """Return `frames.FREE_TEXT`: what was written, under pseudonyms that are not those of the answers."""
    if not rows.height:
        return FREE_TEXT.to_frame()
    writers = pseudonyms(ids.gather(rows["row"]), project.folder, wave, purpose=_PURPOSE)
    return rows.select(writers.alias("respondent"), "question", "text")
