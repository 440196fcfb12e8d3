"""What each report shows: `reports/<name>.toml`. How it looks is the template's business."""

from typing import Literal

from pydantic import Field

from tryghed.definitions.survey import Name
from tryghed.definitions.toml import Definition


class Words(Definition):
    """What areas are called in the text, in Danish, so that a report can be about something else than districts."""

    one: str = "bydel"  #: an area
    the: str = "bydelen"  #: the area
    many: str = "bydele"  #: areas
    rest: str = "resten af byen"  #: everybody outside the area
    whole: str = "hele byen"  #: everybody
    place: str = "København"  #: the city's name


class Groups(Definition):
    """Who feels safe: a dimension shown as rows by one shown as columns, waves pooled where one is too thin."""

    rows: Name  #: group shown as rows
    columns: Name  #: group shown as columns
    pooled_waves: int = Field(default=3, ge=1, le=5)  #: newest comparable waves taken together


class Health(Definition):
    """The part from another survey; an area is found there through `parent` in the report's area set."""

    survey: Name  #: the other survey
    area_set: Name  #: its area set
    indicators: list[Name]  #: its indicators, in order


class Report(Definition):
    """A report definition. Indicator lists may be empty: the section is then left out.

    `headline` is the indicator of page 1; `levels` are shown beside it; `development` get small series;
    `worries`, `places` and `attractiveness` are compared with the rest; `answers` is the item whose full
    distribution is shown; `inside` is the set of areas shown within each area.
    """

    name: Name  #: the file's name; begins the names of the PDF files
    title: str  #: on page 1
    subject: Literal["city", "area"]  #: one report for the city, or one for each area
    survey: Name  #: the survey it is about
    area_set: Name  #: areas compared, and reported on
    words: Words = Words()  #: what areas are called
    headline: Name  #: indicator of page 1
    levels: list[Name] = []  #: shown beside the headline
    development: list[Name] = []  #: small series over the waves
    worries: list[Name] = []  #: compared with the rest
    places: list[Name] = []  #: compared with the rest
    attractiveness: list[Name] = []  #: compared with the rest
    answers: Name | None = None  #: item whose every answer is shown; must be among the survey's distributions
    groups: Groups | None = None  #: who feels safe, by two groups
    health: Health | None = None  #: the part from another survey
    inside: Name | None = None  #: area set shown within each area
    contact: str = ""  #: who answers questions, in the footer and on the method page
