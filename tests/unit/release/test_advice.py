from test_gate import RULES, SURVEY

from tryghed.definitions.survey import Survey
from tryghed.release.advice import advise
from tryghed.release.released import CellKey
from tryghed.release.rules import Cell, judge

AGES = {"ung": "18–24", "midt": "25–64", "gammel": "65+"}
GROUPED = Survey.model_validate(
    SURVEY.model_dump() | {
        "items": {**SURVEY.model_dump()["items"], "alder": {"asks": "?"}},
        "groups": {"age": {"item": "alder", "label": "", "categories": {
            name: {"label": label, "range": {"min": at}} for at, (name, label) in enumerate(AGES.items())}}},
    }
)  # fmt: skip


def told(**n):
    cells = {
        CellKey("s", "2025", "set", area, "age", category, "tryg"): Cell(size, size // 2, 0.5, float(size), 0.4, 0.6)
        for category, sizes in n.items() for area, size in zip("ab", sizes, strict=True)
    }  # fmt: skip
    verdicts = {key: judge(cell, RULES, sensitive=False) for key, cell in cells.items()}
    return list(advise(cells, verdicts, {"s": GROUPED}, RULES.secrecy))


def test_the_neighbours_that_leave_the_least_withheld_are_advised():
    assert told(ung=(20, 22), midt=(200, 210), gammel=(90, 90)) == [
        "s 2025 tryg: 2 of 6 numbers by age in set are withheld for secrecy; "
        "slå kategorier sammen: ung and midt as one would leave 0"
    ]


def test_nothing_is_advised_where_little_is_withheld():
    assert told(ung=(20, 40), midt=(200, 210), gammel=(90, 90)) == []


def test_nothing_is_promised_where_merging_two_does_not_help():
    assert told(ung=(3, 3), midt=(4, 4), gammel=(5, 5)) == [
        "s 2025 tryg: 6 of 6 numbers by age in set are withheld for secrecy; "
        "slå kategorier sammen: midt and gammel as one would leave 4"
    ]
