"""Draws the first page of a report for the README, about 900 pixels wide and in few colours.

python docs/picture.py tryghed-demo/out/2025/district-bispebjerg.pdf docs/district-page-1.png

Needs pypdfium2 and pillow, which the test environment has.
"""

import sys
from pathlib import Path

import pypdfium2

WIDTH = 900  # pixels
COLOURS = 24


def draw(report: Path, target: Path) -> None:
    """Write page 1 of `report` to `target` as PNG."""
    document = pypdfium2.PdfDocument(report)
    page = document[0]
    picture = page.render(scale=WIDTH / page.get_width()).to_pil()
    document.close()
    picture.convert("RGB").quantize(COLOURS, dither=0).save(target, optimize=True)


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
