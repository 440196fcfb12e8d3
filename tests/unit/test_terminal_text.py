"""What is told at the terminal is whole, and of files that others made it cannot take the terminal over."""

import io

import polars as pl

from tryghed.cli.release import checked
from tryghed.cli.terminal import fitted, visible


def test_escape_sequences_of_a_damaged_file_are_shown_and_not_obeyed():
    # The mistake: a value that is "red, and the window is called t" printed as it was delivered.
    told = fitted("unknown area '\x1b[31mX\x1b]0;t\x07'\n  hint: \x08\x10", io.StringIO())

    assert told == r"unknown area '\x1b[31mX\x1b]0;t\x07'" + "\n" + r"  hint: \x08\x10"


def test_text_that_runs_backwards_is_shown_as_it_was_delivered():
    assert visible("Valby\u202e1402") == r"Valby\u202e1402"


def test_danish_letters_spaces_of_numbers_lines_and_tabs_stay():
    assert visible("Østerbro, 12\u00a0%\n\tså") == "Østerbro, 12\u00a0%\n\tså"


def test_a_review_tells_reasons_and_conflicts_whole():
    # Guards against "waits for a secon…" and a conflict of which the first line's length was all there was.
    told = "; ".join(f"nummer {at}" for at in range(40))
    decided = pl.DataFrame({"indicator": ["tryg_aften"], "area": ["broenshoej-husum"], "why": [told[:95]]})

    assert told[:95] in checked(decided)
    assert " ".join(checked(pl.DataFrame({"conflict": [told]})).split()) == told
    assert max(map(len, checked(pl.DataFrame({"conflict": [told]})).splitlines())) <= 100
