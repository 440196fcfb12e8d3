"""What a delivered file says was asked: each mapped item's place, text and labelled codes, kept beside the answers.

Waves are compared by it later, when the file itself may be erased.
"""

import polars as pl

from tryghed.definitions.wave import Wave
from tryghed.frames import ANSWER_LABEL, QUESTIONNAIRE
from tryghed.intake import privacy
from tryghed.intake.delivered import Code, Delivered
from tryghed.intake.values import trimmed


def questionnaire(delivered: Delivered, wave: Wave) -> pl.DataFrame:
    """Return `frames.QUESTIONNAIRE` of the items whose columns are in the file, in the order of the file."""
    places = {name: place for place, name in enumerate(delivered.rows.columns, start=1)}
    rows = [
        (item, places[column], column, _told(delivered.labels.get(column, "")))
        for item, column in wave.columns.items()
        if column in places
    ]
    return pl.DataFrame(sorted(rows, key=lambda row: row[1:2] + row[:1]), QUESTIONNAIRE, orient="row")


def answer_labels(delivered: Delivered, wave: Wave) -> pl.DataFrame:
    """Return `frames.ANSWER_LABEL`: the whole-number codes that the file labels or declares missing."""
    rows = [
        (item, code, label, missing)
        for item, column in wave.columns.items()
        if column in delivered.rows.columns
        for code, (label, missing) in labelled_codes(delivered, column).items()
    ]
    return pl.DataFrame(rows, ANSWER_LABEL, orient="row")


def labelled_codes(delivered: Delivered, column: str) -> dict[int, tuple[str, bool]]:
    """Return the labels of a column's codes, and whether the file declares them missing, in order of the codes.

    Codes that are no whole numbers are left out: no item has such.
    """
    labels = {_whole(code): _told(label) for code, label in delivered.value_labels.get(column, {}).items()}
    missing = {_whole(code) for code in delivered.user_missing.get(column, ())}
    known = sorted(code for code in labels.keys() | missing if code is not None)
    return {code: (labels.get(code, ""), code in missing) for code in known}


def _told(text: str) -> str:
    """Return a file's own words as they may be kept: nobody's number is in them."""
    return privacy.without_cpr(trimmed(text))[0]


def _whole(code: Code) -> int | None:
    try:
        number = float(code)
    except ValueError:
        return None
    return int(number) if number.is_integer() else None
