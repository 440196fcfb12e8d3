"""The fingerprint of a release: twelve hexadecimal digits over all that is shown and the rules it passed.

It is printed at the foot of every page, and computed again whenever a frozen release is read. What numbers, reasons and
remarks are written as here is therefore part of every release there is: it must not change.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from tryghed.release.released import CellKey, ContrastKey, Difference, Places, Share


def fingerprint(
    shares: Mapping[CellKey, Share],
    differences: Mapping[ContrastKey, Difference],
    places: Mapping[CellKey, Places],
    rules: Mapping[str, Any],
) -> str:
    """Return the fingerprint of some numbers and the rules they passed, the rules as JSON has them."""
    content = [
        json.dumps(rules, ensure_ascii=False, separators=(",", ":")),
        *(f"{key}{_by_name(value)}" for part in (shares, differences, places) for key, value in _in_order(part)),
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]


def _in_order(part: Mapping[Any, Any]) -> list[tuple[str, Any]]:
    return sorted(((str(key), value) for key, value in part.items()), key=lambda one: one[0])


def _by_name(value: Share | Difference | Places) -> dict[str, object]:
    """Return what `dataclasses.asdict` does, several times faster: a release has thousands of numbers."""
    found = {name: getattr(value, name) for name in value.__slots__}
    return {name: _by_name(one) if isinstance(one, Share) else one for name, one in found.items()}
