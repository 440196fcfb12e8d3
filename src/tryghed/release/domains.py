"""Whom a number is about, or could be about."""

from typing import Literal, NamedTuple

from tryghed.frames import EVERYBODY

Side = Literal["n", "positives", "negatives"]


class Domain(NamedTuple):
    """People that a number is about, or could be about: those of a category in all of some areas and in none of others.

    `inside` and `outside` are areas as `set/area`; `kind` is `dimension/category`; `wave` may be pooled.
    """

    wave: str
    inside: tuple[str, ...]
    outside: tuple[str, ...]
    kind: str


class Secret(NamedTuple):
    """A count that must not be learned: of which people and indicator, and which side of the share."""

    survey: str
    domain: Domain
    indicator: str
    side: Side

    def __str__(self) -> str:
        wave, inside, outside, kind = self.domain
        without = f" outside {', '.join(outside)}" if outside else ""
        of = "" if kind == f"{EVERYBODY}/{EVERYBODY}" else f", {kind}"
        return f"{self.survey} {wave} {self.indicator} ({self.side}), {' and '.join(inside)}{without}{of}"


def is_everybody(place: str) -> bool:
    """Whether a place (`set/area`) is the whole city."""
    return place.endswith(f"/{EVERYBODY}")
