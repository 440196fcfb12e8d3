"""What a user sees: lines that fit the terminal, words that stay whole, a bar that leaves no trace."""

import pytest

from tests.e2e.conftest import tryghed
from tests.e2e.terminal import Terminal


@pytest.mark.parametrize("columns", [60, 100])
@pytest.mark.parametrize(
    ("arguments", "code"), [(("queries",), 0), (("query", "nothing"), 2), (("report", "--area", "atlantis"), 2)]
)
def test_lines_break_between_words(demo, arguments, code, columns):
    # Names of queries and areas were cut in two where the line ended, and could not be copied.
    terminal = Terminal(*arguments, cwd=demo, columns=columns)
    ended, lines = terminal.end()
    piped = tryghed(*arguments, cwd=demo, code=code)

    assert ended == code
    assert max(map(len, lines)) <= columns
    assert " ".join(lines).split() == (piped.stdout + piped.stderr).split()
    assert max(map(len, (piped.stdout + piped.stderr).splitlines())) > columns


@pytest.mark.parametrize("columns", [60, 140])
def test_tables_fit_the_terminal_they_are_shown_on(demo, columns):
    _, lines = Terminal("query", "waves_loaded", cwd=demo, columns=columns).end()

    assert 0.8 * columns < max(map(len, lines)) <= columns
    assert "tryghed" in " ".join(lines)


@pytest.mark.parametrize(
    ("arguments", "first", "stays"),
    [
        (("run",), "loading", "0 reports written, 14 unchanged"),
        (("release", "review"), "estimating tryghed/2025", "withheld: "),
    ],
)
def test_the_bar_tells_what_is_worked_on_and_is_gone_at_the_end(demo, arguments, first, stays):
    # A bar wider than the terminal would leave a line behind at every step; one that tells what was finished
    # seems to hang where the next step takes long.
    terminal = Terminal(*arguments, cwd=demo, columns=60)
    code, lines = terminal.end()
    bars = [line for line in terminal.drawn() if line.startswith(("loading", "estimating", "reports"))]

    assert code == 0
    assert bars[0].startswith(first)
    assert max(map(len, bars)) < 60
    assert not [line for line in lines if "░" in line or "█" in line or "estimating" in line]
    assert lines[0].startswith(stays)


def test_the_bar_names_each_wave_before_it_is_loaded(demo):
    terminal = Terminal("ingest", cwd=demo, columns=60)
    code, _ = terminal.end()
    bars = [line for line in terminal.drawn() if line.startswith("loading")]

    assert code == 0
    assert bars[0].endswith("0/11 sundhed/2013")
    assert bars[1].endswith("1/11 sundhed/2017")


def test_nothing_is_drawn_where_there_is_no_terminal(demo):
    said = tryghed("ingest", "tryghed/2025", cwd=demo).stderr

    assert "\r" not in said
    assert "loading" not in said
