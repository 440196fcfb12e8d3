from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from tryghed.reporting import theme

FONTS = Path(__file__).parents[3] / "reports/templates/fonts"
FILES = {300: "Light", 400: "Regular", 500: "Medium", 600: "SemiBold"}


@pytest.mark.parametrize("weight", FILES)
def test_widths_are_those_of_the_font_the_pages_embed(weight: int) -> None:
    # With the widths of another font or weight, labels run out of their figures or into each other.
    font = TTFont(FONTS / f"IBMPlexSans-{FILES[weight]}.woff2")
    glyphs, advances = font.getBestCmap(), font["hmtx"]
    text = "Ydre Nørrebro: Ændring −7,4 (−12,0 til −2,8) »§« 95\u00a0% – ÅÆØ åæø → é"

    expected = sum(advances[glyphs[ord(character)]][0] for character in text) / font["head"].unitsPerEm * 9

    assert theme.text_width(text, 9, weight) == pytest.approx(expected)  # type: ignore[arg-type]


def test_figures_are_as_wide_as_each_other() -> None:
    assert len({theme.text_width(digit, 9) for digit in "0123456789"}) == 1


@pytest.mark.parametrize("text", ["Københavns Sydhavn og Enghave Brygge", "Brønshøj-Husum", "Ét", "", "a  b"])
def test_wrapping_drops_nothing(text: str) -> None:
    lines = theme.wrap(text, 60, 9)

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_word_is_broken_only_after_its_hyphen() -> None:
    assert theme.wrap("Brønshøj-Husum", 50, 9) == ["Brønshøj-", "Husum"]
