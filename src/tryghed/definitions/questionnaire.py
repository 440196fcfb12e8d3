"""A wave as it was asked: its definition, and what the delivered file says of each question.

The file's words go before the definition's, where both waves that are compared have them: they are what the provider's
interview says. A wave that is not loaded is known by its definition alone.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from tryghed.definitions.survey import Survey
from tryghed.definitions.wave import Wave

_QUESTION_NUMBER = re.compile(r"^[A-Za-z]{1,4}\d+(?:[._]\d+)*[a-z]?\s*[.:)]\s+")

_AFTER_A_NUMBER = " .:)]-_\t"


@dataclass(frozen=True)
class Question:
    """An item as a delivered file has it.

    `position` is the column's place in the file, from 1. `text` is empty where the file has no label; `labels` holds
    the codes that the file labels or declares missing, an empty label where it has none.
    """

    position: int
    column: str
    text: str
    labels: Mapping[int, str]
    declared_missing: frozenset[int]


@dataclass(frozen=True)
class Weights:
    """The weights of a wave's respondents: how many, their sum and range, and Kish's design effect."""

    respondents: int
    total: float
    smallest: float
    largest: float
    kish: float


@dataclass(frozen=True)
class Round:
    """A wave as it was asked; `questions` and `weights` are known once it is loaded.

    `unverified` says that it is loaded from a file whose checksum or number of rows nobody has declared.
    """

    survey: Survey
    wave: Wave
    questions: Mapping[str, Question] = field(default_factory=dict)
    weights: Weights | None = None
    unverified: bool = False

    @property
    def response(self) -> float | None:
        """The share of those invited who answered, None where one of the numbers is not known."""
        invited = self.wave.fieldwork.invited
        return self.weights.respondents / invited if self.weights and invited else None

    def declared_text(self, item: str) -> str:
        """Return the item's wording as the definitions have it."""
        return self.wave.wording.get(item, self.survey.items[item].asks)

    def delivered_text(self, item: str) -> str:
        """Return the item's wording as the file has it, without the number before it; empty where it has none."""
        known = self.questions.get(item)
        return without_number(known.text, known.column) if known else ""


def texts(before: Round, after: Round, item: str) -> tuple[str, str]:
    """Return the wordings of an item in two waves: the files' own where both have them, else the declared ones."""
    delivered = before.delivered_text(item), after.delivered_text(item)
    return delivered if all(delivered) else (before.declared_text(item), after.declared_text(item))


def without_number(text: str, column: str) -> str:
    """Return a question's text without the question's number, or the column's, that may stand before it.

    A column whose name has no digit ("ryger") may be the first word of its question.
    """
    begins = text[: len(column)].casefold() == column.casefold() and any(sign.isdigit() for sign in column)
    rest = text[len(column) :] if begins else ""
    if rest and rest[0] in _AFTER_A_NUMBER:
        return rest.lstrip(_AFTER_A_NUMBER) or text
    return _QUESTION_NUMBER.sub("", text) or text


@lru_cache(maxsize=10_000)
def spoken(text: str) -> str:
    """Return the words of a text alone: without case, punctuation and blanks, as two wordings are compared."""
    composed = unicodedata.normalize("NFKC", text).casefold().replace("\u00ad", "")
    return " ".join("".join(sign if sign.isalnum() else " " for sign in composed).split())
