"""What charts in rows have in common: labels that never get cut, column heads over a rule, the tinted row."""

from collections.abc import Sequence
from dataclasses import dataclass

from tryghed.reporting import theme
from tryghed.reporting.figures import svg
from tryghed.reporting.figures.svg import Anchor
from tryghed.reporting.theme import Weight

HEAD = 20.0  #: from the top of a figure to the rule under its column heads
_LINE = 10.8


@dataclass(frozen=True, slots=True)
class Label:
    """The label of a row: its lines, its middle and the height the row takes."""

    lines: Sequence[str]
    weight: Weight
    y: float
    height: float

    def drawn(self, fill: str = theme.INK) -> str:
        """Return the label at the left edge."""
        top = self.y - (len(self.lines) - 1) * _LINE / 2
        return "".join(
            svg.cell(0, top + index * _LINE, line, size=theme.CELL, weight=self.weight, fill=fill)
            for index, line in enumerate(self.lines)
        )


def label_width(texts: Sequence[tuple[str, Weight]], *, least: float, most: float) -> float:
    """Return how wide the label column must be: the longest label, within limits; longer ones are wrapped."""
    widest = max((theme.text_width(text, theme.CELL, weight) for text, weight in texts), default=0)
    longest_word = max(
        (theme.text_width(line, theme.CELL, weight) for text, weight in texts
         for line in theme.wrap(text, 0, theme.CELL, weight)), default=0,
    )  # fmt: skip
    return max(least, min(most, widest), longest_word)


def labels(texts: Sequence[tuple[str, Weight]], *, width: float, first: float, step: float) -> list[Label]:
    """Return the labels one under the other, wrapped at `width`; a row grows with its lines."""
    placed: list[Label] = []
    top = first - step / 2
    for text, weight in texts:
        lines = theme.wrap(text, width, theme.CELL, weight)
        height = max(step, len(lines) * _LINE + 4)
        placed.append(Label(lines, weight, top + height / 2, height))
        top += height
    return placed


def head(x: float, words: str, *, anchor: Anchor = "start", fill: str = theme.G7) -> str:
    """Return a column head."""
    return svg.text(x, HEAD - 6, words, weight=500, fill=fill, anchor=anchor)


def head_rule(width: float) -> str:
    """Return the rule under the column heads."""
    return svg.line(0, HEAD, width, HEAD, stroke=theme.INK, width=0.6)
