"""Register tables: figures that others have counted for areas and years, such as incomes or crime reports.

They are aggregates: no row is about a person, and no figure has a sampling error.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tryghed.definitions.survey import Name, Range
from tryghed.definitions.toml import Definition
from tryghed.definitions.wave import Acceptance, Delivery

Year = Annotated[int, Field(ge=1900, le=2200)]


class RegisterColumns(Definition):
    """Columns of the file. Without `year` and `value` the table is wide: each column named as a year has its values.

    Years may be written "2024", "År2024" or "2024.0".
    """

    area: str  #: column with the area's code or name; spellings are those of the area set and its `aliases`
    year: str | None = None  #: column with the year; absent where each year has a column
    value: str | None = None  #: column with the figure; absent where each year has a column
    denominator: str | None = None  #: column with the number the figure is out of
    #: sign between thousands; without it "402.000" is refused, for it may mean 402
    thousands: Literal["", ".", ",", " "] = ""
    category: list[str] = []  #: columns that divide the figures of an area, such as sex and age

    @model_validator(mode="after")
    def _is_long_or_wide(self) -> Self:
        if (self.year is None) != (self.value is None):
            raise ValueError("give both year and value, or neither: then each year has a column")
        if self.year is None and self.denominator is not None:
            raise ValueError("a table with a column for each year has no column of denominators")
        return self


class Kept(Definition):
    """Rows of the file that belong to the register, by one column; the others are left out and counted."""

    column: str  #: the column
    values: list[str] = []  #: it has one of these
    begins: list[str] = []  #: it begins with one of these: `["Bydel - "]`, where one column mixes levels
    number: Range | None = None  #: the number in it ("18 år") lies here

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if bool(self.values) + bool(self.begins) + (self.number is not None) != 1:
            raise ValueError("give one of values, begins and number")
        return self


class SeriesBreak(Definition):
    """From year `since` on, figures cannot be compared with earlier ones."""

    since: Year  #: first year after the break
    why: Annotated[str, Field(min_length=1)]  #: reason, in Danish; told beside the series


class Register(Definition):
    """A register table: `surveys/registers/<register>.toml`, one figure per area and year (and category)."""

    name: Name  #: the file's name
    label: Annotated[str, Field(min_length=1)]  #: what the figure is, Danish
    unit: Annotated[str, Field(min_length=1)]  #: of the figure: "kr.", "pct.", "pr. 1.000 indbyggere", "personer"
    denominator: str = ""  #: whom the figure is out of, Danish: "personer på 30-59 år"; empty for a plain number
    source: Annotated[str, Field(min_length=1)]  #: who counted it, and from what
    area_set: Name  #: area set that the figures are for
    delivery: Delivery  #: the delivered file
    columns: RegisterColumns  #: the file's columns
    rows: list[Kept] = []  #: which rows of the file belong here: `[[rows]]`; all when absent
    adds_up: bool = False  #: rows of one area, year and category are added; otherwise a second one is an error
    missing: list[str] = ["", "..", "-"]  #: what stands where there is no figure
    minimum: float | None = None  #: no figure can be smaller
    maximum: float | None = None  #: no figure can be larger; 100 for "pct."
    first_year: Year | None = None  #: the table begins here; earlier years are errors
    last_year: Year | None = None  #: and ends here
    breaks: list[SeriesBreak] = []  #: years from which figures cannot be compared with earlier ones: `[[breaks]]`
    accepted: list[Acceptance] = []  #: warnings that were looked at: `[[accepted]]`

    @model_validator(mode="after")
    def _is_one_file(self) -> Self:
        if self.delivery.join:
            raise ValueError("delivery.join: a register table is one file")
        return self

    @property
    def largest(self) -> float | None:
        """The largest figure there can be: a percentage ends at 100 where nothing else is said."""
        return 100.0 if self.maximum is None and self.unit == "pct." else self.maximum
