"""What `city.toml` holds: the demo city's districts, how readily people answer, and what they think."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from tryghed.definitions.toml import Definition, read

Percent = Annotated[float, Field(gt=0, lt=100)]
SixAges = Annotated[tuple[float, ...], Field(min_length=6, max_length=6)]
NO_DIFFERENCE: SixAges = (0.0,) * 6


class District(Definition):
    """A survey district: the institute's number, its profile of ages, its index of hardship."""

    stratum: int
    ages: str
    hardship: float


class Response(Definition):
    """How readily groups answer, relative to each other."""

    women: float
    men: float
    ages: SixAges


class Question(Definition):
    """How an item is answered; the keys are explained in `city.toml`, all effects are logits."""

    city: dict[str, Percent]
    districts: dict[str, Percent] = {}
    drift: dict[str, float] = {}
    known: dict[str, dict[str, Percent]] = {}
    follows: float = 0
    hardship: float = 0
    lean: dict[str, float] = {}
    spread: float = 0
    steps: list[float]
    numbers: list[tuple[float, float]] = []
    decimals: int = 0
    women: float = 0
    ages: SixAges = NO_DIFFERENCE
    young_women: float = 0
    vulnerable: float = 0
    dont_know: float = 0
    refused: float = 0
    loading: Annotated[float, Field(gt=-1, lt=1)] = 0
    within: str | None = None
    among: str | None = None


class Model(Definition):
    """The whole of `city.toml`."""

    answered: dict[str, dict[str, int]]
    districts: dict[str, District]
    ages: dict[str, SixAges]
    response: Response
    questions: dict[str, Question]


def load() -> Model:
    """Return the demo city that comes with the software."""
    return read(Path(__file__).with_name("city.toml"), Model)
