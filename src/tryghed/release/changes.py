"""What differs between two releases, number by number."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace

from tryghed.frames import EVERYBODY
from tryghed.release.released import Change, ContrastKey, Difference, Places, Released, Share, Withheld

Number = Share | Difference | Places

#: Corrected p are the same where they differ by no more than this part: the last bits are the machine's.
_SAME = 1e-9


def compare(old: Released, new: Released) -> tuple[Change, ...]:
    """Return every number that differs between two releases, those only one of them has included."""
    before, after = _numbers(old), _numbers(new)
    keys = sorted({*before, *after}, key=str)
    found = (Change(*key, before.get(key), after.get(key)) for key in keys)
    return tuple(one for one in found if not _same(_own(one.kind, one.old), _own(one.kind, one.new)))


def facts(old: Released, new: Released) -> tuple[str, ...]:
    """Return in words how the waves behind two releases differ, or the rules they passed."""
    found = [
        f"{survey} {wave}: {one.name} {getattr(old.facts[survey, wave], one.name)}"
        f" -> {getattr(new.facts[survey, wave], one.name)}"
        for survey, wave in sorted(set(old.facts) & set(new.facts))
        for one in fields(old.facts[survey, wave])
        if one.name != "revision"  # a store that was made anew counts anew; another file has another checksum
        and getattr(old.facts[survey, wave], one.name) != getattr(new.facts[survey, wave], one.name)
    ]
    found += [f"{' '.join(wave)}: not in the earlier release" for wave in sorted(set(new.facts) - set(old.facts))]
    found += [f"{' '.join(wave)}: only in the earlier release" for wave in sorted(set(old.facts) - set(new.facts))]
    if old.rules_version != new.rules_version:
        found.append(f"rules {old.rules_version} -> {new.rules_version}")
    return tuple(found)


def is_printed(change: Change) -> bool:
    """Return whether a reader can see the change; a corrected p alone is not printed."""
    old, new = (_own(change.kind, one) for one in (change.old, change.new))
    return _printed(old) != _printed(new)


def is_correction(change: Change) -> bool:
    """Return whether a number that was told before is told otherwise now; a new number corrects nothing."""
    return change.old is not None and is_printed(change)


def discreet(change: Change) -> Change:
    """Return a change without the old value of what is withheld for secrecy now: it is not told a second time."""
    if getattr(change.new, "withheld", None) is not Withheld.SECRET:
        return change
    match change.old:
        case Share(sensitive=sensitive):
            return replace(change, old=Share(None, None, None, None, sensitive))
        case Difference() as old:
            this, other = (Share(None, None, None, None, side.sensitive) for side in (old.this, old.other))
            told = Difference(this, other, old.against, None, None, None, None, 0, old.family, old.tests, None)
            return replace(change, old=told)
        case _:
            return change


def size(change: Change) -> float | None:
    """Return by how many points a number moved; None where it came, went, or is or was withheld."""
    old, new = (_value(one) for one in (change.old, change.new))
    return None if old is None or new is None else abs(new - old)


def largest(changes: Iterable[Change]) -> list[Change]:
    """Return the printed changes, shares before what follows from them: no longer shown, newly shown, the largest."""
    shown = [one for one in changes if is_printed(one)]
    return sorted(shown, key=lambda one: (one.kind != "share", _rank(one), -(size(one) or 0), one.cell, one.against))


def _rank(change: Change) -> int:
    """Return 0 for what was shown and is no longer, 1 for what is shown only now, 2 for the others."""
    was, now = (_is_shown(one) for one in (change.old, change.new))
    return 2 if was == now else int(now)


def _is_shown(number: Number | None) -> bool:
    """Return whether a number was or is shown, though it may not be told a second time (`discreet`)."""
    return number is not None and getattr(number, "withheld", None) is None


def told(change: Change) -> str:
    """Return a change in one line, for the terminal: `tryg_aften valby: 71.2 -> 70.9`."""
    cell = change.cell
    where = [cell.indicator, cell.area, *([] if cell.category == EVERYBODY else [cell.category]), cell.wave]
    against = f" against {change.against}" if change.kind in ("rest", "wave", "category") else ""
    what = "places of " if change.kind == "places" else ""
    return f"{what}{' '.join(where)}{against}: {_told(change.old)} -> {_told(change.new)}"


def summary(changes: Sequence[Change], numbers: int) -> str:
    """Return in words how much differs, `numbers` being how many there were."""
    printed = [one for one in changes if is_printed(one)]
    fresh = sum(one.old is None for one in printed)
    gone = sum(one.new is None for one in printed)
    parts = [f"{len(printed) - fresh - gone:,} of {numbers:,} numbers differ"]
    parts += [f"{fresh:,} {_are(fresh)} new"] if fresh else []
    parts += [f"{gone:,} {_are(gone)} gone"] if gone else []
    unseen = len(changes) - len(printed)
    comparisons = "comparison" if unseen == 1 else "comparisons"
    parts += [f"{unseen:,} {comparisons} {_are(unseen)} corrected for another number of tests"] if unseen else []
    return ", ".join(parts)


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _numbers(released: Released) -> dict[ContrastKey, Number]:
    """Return every number by what it is of; what does not exist was not told, and is no number."""
    found: dict[ContrastKey, Number] = {("share", cell, ""): one for cell, one in released.shares()}
    found |= dict(released.differences())
    found = {key: one for key, one in found.items() if getattr(one, "withheld", None) is not Withheld.MISSING}
    return found | {("places", cell, ""): one for cell, one in released.rankings()}


def _own(kind: str, number: Number | None) -> Number | None:
    """Return a comparison without its sides, which are shares of their own; the rest of the city is not."""
    if not isinstance(number, Difference):
        return number
    nothing = Share(None, None, None, None)
    return replace(number, this=nothing, other=number.other if kind == "rest" else nothing)


def _same(old: Number | None, new: Number | None) -> bool:
    if isinstance(old, Difference) and isinstance(new, Difference):
        one, two = old.p_adjusted, new.p_adjusted
        same_p = one == two or (one is not None and two is not None and math.isclose(one, two, rel_tol=_SAME))
        return same_p and replace(old, p_adjusted=None) == replace(new, p_adjusted=None)
    return old == new


def _printed(number: Number | None) -> Number | None:
    if isinstance(number, Difference):
        return replace(number, p_adjusted=None, family="", tests=0)
    return number


def _value(number: Number | None) -> float | None:
    match number:
        case Share(share=value) | Difference(difference=value):
            return value
        case Places(first=value):
            return float(value)
        case _:
            return None


def _told(number: Number | None) -> str:
    match number:
        case None:
            return "none"
        case Places(first=first, last=last):
            return f"{first}-{last}"
        case Share(withheld=None, share=value, n=n):
            return f"{value} (n {n})"
        case Difference(withheld=None, difference=value, other=Share(share=other), direction=direction):
            return f"{value} (other side {other}{', sure' if direction else ''})"
        case Difference(other=Share(share=float() as other, n=n)):
            return f"withheld (other side {other}, n {n})"
        case _:
            return "withheld"
