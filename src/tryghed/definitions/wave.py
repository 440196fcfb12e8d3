"""One fieldwork round: which file, who was asked how, and which column holds which item."""

import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tryghed.definitions.calibration import Calibration
from tryghed.definitions.replicates import Replicates
from tryghed.definitions.survey import MissingKind, Name
from tryghed.definitions.toml import Definition

#: What may differ between two waves; `policy/comparability.toml` says what each kind leads to.
DifferenceKind = Literal[
    "wording", "punctuation", "answers", "no_answer", "declared_missing", "filter", "split", "name", "order",
    "new", "gone", "mode", "provider", "period", "length", "response", "weights",
]  # fmt: skip

#: What a stratum with one sampled unit of several contributes to a variance, named as in R.
LonelyPsu = Literal["fail", "certainty", "remove", "adjust", "average"]

Format = Literal["sav", "zsav", "por", "dta", "sas7bdat", "xpt", "csv", "xlsx", "parquet"]


class Part(Definition):
    """A further file of the same delivery, joined to the first on a key that is unique in both."""

    file: str  #: the file, from the project folder
    key: str  #: column that joins it to the first file
    sha256: str = ""  #: as in delivery
    rows: int | None = None  #: as in delivery


class Csv(Definition):
    """How a text delivery is written. Without `encoding`: a byte-order mark, else UTF-8, else cp1252."""

    separator: str = ";"  #: between columns
    decimal: Literal[",", "."] = ","  #: decimal sign
    encoding: str | None = None  #: character set, where it cannot be told


class Delivery(Definition):
    """The delivered file, relative to the project folder. Without `sha256` its numbers are "uverificeret"."""

    file: str  #: the file, from the project folder
    format: Format | None = None  #: default: what the file's name ends in
    #: checksum of the file the numbers come from; without it they are "uverificeret"
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    rows: Annotated[int, Field(gt=0)] | None = None  #: number of rows it must have
    sheet: str | None = None  #: sheet of an Excel file; default: the first
    header_row: Annotated[int, Field(ge=1)] = 1  #: row of an Excel sheet that has the columns' names
    csv: Csv = Csv()  #: how a text file is written
    #: what lettered missing values of Stata and SAS mean: `{ a = "ved ikke", b = "vil ikke svare" }` for .a and .b
    letters: dict[Annotated[str, Field(pattern="^[a-z_]$")], MissingKind] = {}
    join: list[Part] = []  #: further files of the same delivery


class Fieldwork(Definition):
    """When, by whom and how people were asked.

    `invited` is the size of the drawn sample. `invited_by` divides it as the institute counted it, by area set, group
    or `stratum`: a CSV file with the columns `division;category;invited`, or a table for each division. With it,
    `tryghed nonresponse` tells who did not answer.
    """

    start: datetime.date | None = None  #: first day
    end: datetime.date | None = None  #: last day
    provider: str = ""  #: who collected the answers, printed
    mode: list[str] = []  #: how, printed: `["web", "telefon"]`
    #: people drawn for the sample: the response rate is out of them
    invited: Annotated[int, Field(gt=0)] | None = None
    #: the invited by district, sex, age: a CSV file from the project folder, or tables as `[fieldwork.invited_by.sex]`
    invited_by: str | dict[str, dict[str, Annotated[int, Field(ge=0)]]] = {}
    answer_date: str | None = None  #: column with the day of the answer: days outside start and end are found


class Privacy(Definition):
    """What allows the answers of a wave to be kept, and until when: every wave must say."""

    #: for the record, as agreed with the data protection officer: `"art. 6(1)(e) / § 10"`
    legal_basis: Annotated[str, Field(min_length=1)]
    retain_until: datetime.date  #: last day the answers may be kept; past it, the wave is erased or the day extended


class Acceptance(Definition):
    """A warning about the delivery that a person has looked at: the wave is loaded in spite of it."""

    code: Name  #: code of the finding, as in docs/findings.md
    where: str = ""  #: column, item or file it is about, as the finding has it; everywhere when absent
    count: Annotated[int, Field(ge=0)] | None = None  #: as many as were seen: more need a new decision
    because: Annotated[str, Field(min_length=1)]  #: why the numbers can be used all the same
    by: Annotated[str, Field(min_length=1)]  #: who decided
    date: datetime.date  #: when


class Design(Definition):
    """Columns of the sample design.

    `psu` is absent where people were sampled directly; ids need only be unique within their stratum. Where households
    were drawn, `household` is the sampling unit if there is no `psu`, for people of one household answer alike; with a
    `psu` it must lie within one, and the variance is that of the `psu`.
    `population` gives the number of sampling units (people, households or PSUs) in each stratum, for
    the finite population correction. `zero_weight = "outside"` keeps people of weight 0 as members of
    their PSU who answered nothing (as NHANES uses it); the default refuses the file.

    `lonely_psu` says what becomes of a stratum of which only one of several units was drawn, named
    as in `options(survey.lonely.psu)` of R: "certainty" and "remove" count it as having no sampling variance (too
    optimistic), "adjust" holds the unit against zero instead of the stratum's mean (conservative), "average" gives
    the stratum the mean variance of the others. Whatever it touches is marked. The default refuses the estimate.
    """

    respondent: str  #: column that identifies a respondent; stored as a keyed pseudonym
    weight: str  #: column of the final weight
    stratum: str | None = None  #: column of the stratum; none where the sample was not stratified
    psu: str | None = None  #: column of the primary sampling unit
    household: str | None = None  #: column of the household, where all or several of its members were asked
    population: dict[str, Annotated[float, Field(gt=0)]] = {}  #: sampling units in each stratum
    zero_weight: Literal["refuse", "outside"] = "refuse"  #: what becomes of people with weight 0
    #: panel the wave belongs to: the waves of a panel share the key of their pseudonyms, so that people can be followed
    panel: Name | None = None
    lonely_psu: LonelyPsu = "fail"  #: what becomes of a stratum with one sampled unit
    replicates: Replicates | None = None  #: replicate weights, where the institute delivers them
    calibration: Calibration | None = None  #: margins of the population, for `tryghed weights`

    @property
    def unit(self) -> str | None:
        """The column of what was drawn first: the PSU, else the household; none where people were sampled directly."""
        return self.psu or self.household


class Area(Definition):
    """The column with the smallest area a respondent was delivered with, and the unit set it belongs to."""

    column: str  #: column of the file
    set: Name  #: area set of kind unit that its codes belong to


class Routing(Definition):
    """Who was asked an item: those whose `column` has one of `codes`; the others were not."""

    column: str  #: column of the filter question
    codes: list[int]  #: answers to it that lead to the item
    otherwise: Literal["ikke stillet", "filtreret fra"] = "ikke stillet"  #: what the others' empty answers are


class Break(Definition):
    """From wave `since` on, an indicator cannot be compared with earlier waves; `why` is printed in Danish."""

    since: str  #: first wave after the break: the wave of this file
    why: str  #: reason, in Danish; printed beside the series


class Comparable(Definition):
    """A difference that came with this wave and does not impair comparisons across it.

    It speaks of what changed from the wave before in which the indicator was asked; a later change of the same kind
    needs a declaration of its own.
    """

    indicators: list[Name] = []  #: what it holds for; every indicator when absent
    #: kinds of difference it holds for: `["wording"]`; the kinds are listed under `policy/comparability.toml`
    despite: Annotated[list[DifferenceKind], Field(min_length=1)]
    verdict: Literal["sammenlignelig", "forbehold"] = "sammenlignelig"  #: what the comparison becomes
    why: Annotated[str, Field(min_length=1)]  #: reason, in Danish


class Wave(Definition):
    """A fieldwork round: `surveys/<survey>/<wave>.toml`. `columns` maps items to the file's columns."""

    survey: Name  #: the folder's name
    wave: Annotated[str, Field(pattern=r"^[0-9A-Za-z-]+$")]  #: the file's name
    year: Annotated[int, Field(ge=1900, le=2200)]  #: orders the waves
    delivery: Delivery  #: the delivered file
    fieldwork: Fieldwork = Fieldwork()  #: when and how people were asked
    privacy: Privacy  #: legal basis and retention
    design: Design  #: columns of the sample design
    area: Area | None = None  #: where respondents live; none where nobody knows
    columns: dict[Name, str]  #: the file's column for each item asked: `safe_evening = "q7_2"`
    wording: dict[Name, str] = {}  #: items asked in other words this year, with those words
    routing: dict[Name, Routing] = {}  #: items that only some were asked
    breaks: dict[Name, Break] = {}  #: indicators that cannot be compared with earlier waves
    comparable: list[Comparable] = []  #: differences that do not impair comparisons, each with its reason
    #: columns people wrote in, by a name for each: kept apart from the answers, with addresses and numbers masked
    free_text: dict[Name, str] = {}
    accepted: list[Acceptance] = []  #: warnings that were looked at: `[[accepted]]`

    @model_validator(mode="after")
    def _free_text_is_kept_apart(self) -> Self:
        both = sorted(set(self.columns.values()) & set(self.free_text.values()))
        if both:
            raise ValueError(f"free_text: {both} are columns of items too")
        return self

    @model_validator(mode="after")
    def _refers_to_mapped_items(self) -> Self:
        for table in ("wording", "routing"):
            unknown = sorted(set(getattr(self, table)) - set(self.columns))
            if unknown:
                raise ValueError(f"{table}: {unknown} are not in columns")
        return self
