"""Text that was read in another character set than it was written in: "KÃ¸benhavn" for "København".

Readers cannot tell: a file that is UTF-8 but for one damaged byte is good cp1252, and a file may have been garbled long
before it was delivered.
"""

import re
from collections.abc import Iterator
from typing import Final

import polars as pl

from tryghed.frames import Finding
from tryghed.intake.delivered import Delivered
from tryghed.intake.findings import at_rows, finding

#: What becomes of æøåÆØÅ, é, ö, ä and ü of UTF-8 in cp1252 and in latin-1.
_OF_UTF_8: Final = "\u00c3[\u00a6\u00b8\u00a5\u2020\u02dc\u2026\u0086\u0098\u0085\u00a9\u00b6\u00a4\u00bc]"
#: Of æøå of DOS and of old Macs in cp1252, within a word; and the sign for what nobody could read.
_OF_OTHERS: Final = "[A-Za-z][\u2018\u203a\u2020\u00be\u00bf\u0152][a-z]|\ufffd"
_SIGNS: Final = f"{_OF_UTF_8}|{_OF_OTHERS}"


def garbled(delivered: Delivered, columns: set[str]) -> Iterator[Finding]:
    """Yield the columns with garbled values, question texts or labels, of those that enter."""
    pattern = re.compile(_SIGNS)
    for column in delivered.rows:
        if column.name not in columns:
            continue
        if column.dtype == pl.String:
            message = "{count} values have letters of another character set, such as Ã¦ for æ"
            yield from at_rows(column.str.contains(_SIGNS), "garbled_text", column.name, message)
        words = [delivered.labels.get(column.name, ""), *delivered.value_labels.get(column.name, {}).values()]
        count = sum(bool(pattern.search(one)) for one in words)
        if count:
            message = f"its question text or labels have letters of another character set ({count} of {len(words)})"
            yield finding("garbled_text", column.name, message, count=count)
