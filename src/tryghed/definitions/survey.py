"""What a survey asks: items, the indicators scored from them, and the groups people are divided into."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from tryghed.definitions.toml import Definition

MissingKind = Literal["ved ikke", "vil ikke svare", "ikke stillet", "filtreret fra", "mangler"]

#: How each kind of missing is stored in an answer column: below every code a questionnaire uses.
MISSING_CODES: dict[MissingKind, int] = {
    "ved ikke": -91,
    "vil ikke svare": -92,
    "ikke stillet": -93,
    "filtreret fra": -94,
    "mangler": -95,
}

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Range(Definition):
    """A closed-open interval of a numeric item, `min <= x < below`; either end may be absent."""

    min: float | None = None  #: smallest value that belongs
    below: float | None = None  #: the first value that no longer belongs

    @model_validator(mode="after")
    def _has_an_end(self) -> Self:
        if self.min is None and self.below is None:
            raise ValueError("a range needs min, below or both")
        return self


class Missing(Definition):
    """A code that is not an answer: its kind, and the label the questionnaire gives it."""

    kind: MissingKind  #: why there is no answer
    label: str  #: as the questionnaire writes it


class Item(Definition):
    """A question as asked. Categorical items list their codes; numeric items have none."""

    asks: str  #: the question's wording, printed above its answers
    codes: dict[int, str] = {}  #: answers by code; none where the answer is a number
    #: codes that are no answer: a kind (`8 = "ved ikke"`), or a table with kind and label
    missing: dict[int, Missing] = {}

    @field_validator("missing", mode="before")
    @classmethod
    def _label_follows_kind(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {
            code: {"kind": kind, "label": kind.capitalize()} if isinstance(kind, str) else kind
            for code, kind in value.items()
        }

    @model_validator(mode="after")
    def _codes_mean_one_thing(self) -> Self:
        both = sorted(set(self.codes) & set(self.missing))
        if both:
            raise ValueError(f"codes {both} are both answers and missing")
        return self

    @property
    def numeric(self) -> bool:
        """Whether the answer is a number rather than a code."""
        return not self.codes


class Among(Definition):
    """Restricts a base to respondents whose other item has one of `codes`, or lies in `range`."""

    item: Name  #: item the condition is about
    codes: list[int] = []  #: codes that belong
    range: Range | None = None  #: numbers that belong, where the item is a number

    @model_validator(mode="after")
    def _has_one_condition(self) -> Self:
        if bool(self.codes) == (self.range is not None):
            raise ValueError("give either codes or range")
        return self


class Indicator(Definition):
    """A 0/1 score from one item: 1 where the answer counts, 0 elsewhere in the base, null outside it.

    `base` lists the answer and missing codes of the item that the share is out of; without it the base is
    every answer code (and every number of a numeric item).
    """

    item: Name  #: item it is scored from
    counts: list[int] | Range  #: codes that score 1, or a range where the item is a number
    #: codes the share is out of, missing codes included where they belong; every answer when absent
    base: list[int] = []
    among: Among | None = None  #: narrows the base to some respondents, for example users of playgrounds
    label: str  #: in tables and figures, Danish
    short: str = ""  #: label where there is little room; default: the label
    phrase: str = ""  #: verb phrase for sentences, as in "73,1 % er trygge om aftenen"
    topic: Name = "andet"  #: theme, for your own order; no report reads it
    #: which direction is good: decides what is listed as going well
    better: Literal["higher", "lower", "neither"] = "neither"
    pair_of: Name | None = None  #: complementary indicator: what is withheld of one is withheld of the other
    sensitive: bool = False  #: no decimals, n to the nearest ten, small counts withheld; holds for the whole item


class Category(Definition):
    """One category of a group: the codes or the range of the item that belong to it."""

    label: str  #: in tables and figures, Danish
    codes: list[int] = []  #: codes that belong
    range: Range | None = None  #: numbers that belong, where the item is a number

    @model_validator(mode="after")
    def _has_one_condition(self) -> Self:
        if bool(self.codes) == (self.range is not None):
            raise ValueError("give either codes or range")
        return self


class Group(Definition):
    """A division of respondents (sex, age): its categories are disjoint."""

    item: Name  #: item people are divided by
    label: str  #: in tables and figures, Danish
    categories: dict[Annotated[str, Field(pattern=r"^[a-z0-9_]+$")], Category]  #: by name, in the order of the tables


class Survey(Definition):
    """A survey: `surveys/<name>/survey.toml`."""

    name: Name  #: the folder's name
    title: str  #: full name of the survey in the reports
    short: str  #: short name in captions and spreadsheets
    population: str  #: who the survey is about, as printed: "18 år og derover"
    area_sets: list[Name] = []  #: area sets its numbers are computed for
    synthetic: bool = False  #: answers are made up: every page says so
    items: dict[Name, Item]  #: questions, by name
    indicators: dict[Name, Indicator]  #: 0/1 scores, by name
    groups: dict[Name, Group] = {}  #: divisions of respondents, by name
    crossings: list[list[Name]] = []  #: groups to be crossed: `[["sex", "age"]]`
    distributions: list[Name] = []  #: items whose every answer becomes a share too

    @property
    def scores(self) -> dict[str, Indicator]:
        """Every indicator, the declared ones and one per answer of the items in `distributions`.

        All that is scored from a sensitive item is sensitive: its answers add up to one another, and what is told of
        some with decimals tells the rest. So is what is asked of those only who gave certain sensitive answers.
        """
        of = self.sensitive_items
        declared = {
            name: one if one.sensitive else one.model_copy(update={"sensitive": True})
            for name, one in self.indicators.items()
            if one.item in of or (one.among is not None and one.among.item in of)
        }
        return (
            self.indicators
            | declared
            | {
                answer_indicator(item, code): Indicator(
                    item=item, counts=[code], base=list(self.answers(item)), label=label, sensitive=item in of
                )
                for item in self.distributions
                for code, label in self.answers(item).items()
            }
        )

    @property
    def sensitive_items(self) -> frozenset[str]:
        """Items of a sensitive topic: those of which an indicator says so."""
        return frozenset(one.item for one in self.indicators.values() if one.sensitive)

    def answers(self, item: str) -> dict[int, str]:
        """Return the answers an item's distribution is out of, by code: its codes, and those who did not know.

        "Ved ikke" is among them where an indicator of the item has it in its base, so that the parts of the
        distribution add up to the indicator.
        """
        one = self.items[item]
        bases = {code for indicator in self.indicators.values() if indicator.item == item for code in indicator.base}
        unsure = {
            code: missing.label for code, missing in one.missing.items() if missing.kind == "ved ikke" and code in bases
        }
        return one.codes | unsure

    @model_validator(mode="after")
    def _refers_to_what_exists(self) -> Self:
        problems = [
            *(_indicator_problem(self, name, one) for name, one in self.indicators.items()),
            *(
                f"groups.{name}.item: no item {group.item!r}"
                for name, group in self.groups.items()
                if group.item not in self.items
            ),
            *(f"distributions: no item {name!r}" for name in self.distributions if name not in self.items),
            *(
                f"crossings: no group {name!r}"
                for crossing in self.crossings
                for name in crossing
                if name not in self.groups
            ),
        ]
        found = [problem for problem in problems if problem]
        if found:
            raise ValueError("; ".join(found))
        return self


def answer_indicator(item: str, code: int) -> str:
    """Return the name of the indicator that is 1 for those who gave one particular answer."""
    return f"{item}_svar_{code}"


def _indicator_problem(survey: Survey, name: str, indicator: Indicator) -> str:
    reference = _unknown_reference(survey, indicator)
    if reference:
        return f"indicators.{name}.{reference}"
    item = survey.items[indicator.item]
    if item.numeric != isinstance(indicator.counts, Range):
        wanted = "a range (min/below), because the item is a number" if item.numeric else "a list of codes"
        return f"indicators.{name}.counts: must be {wanted}"
    if isinstance(indicator.counts, Range):
        return ""
    unknown = sorted((set(indicator.counts) | set(indicator.base)) - set(item.codes) - set(item.missing))
    if unknown:
        return f"indicators.{name}: codes {unknown} are not in items.{indicator.item}"
    outside = sorted(set(indicator.counts) - set(indicator.base)) if indicator.base else []
    return f"indicators.{name}: codes {outside} count but are not in the base" if outside else ""


def _unknown_reference(survey: Survey, indicator: Indicator) -> str:
    if indicator.item not in survey.items:
        return f"item: no item {indicator.item!r}"
    if indicator.among and indicator.among.item not in survey.items:
        return f"among.item: no item {indicator.among.item!r}"
    if indicator.pair_of and indicator.pair_of not in survey.indicators:
        return f"pair_of: no indicator {indicator.pair_of!r}"
    return ""
