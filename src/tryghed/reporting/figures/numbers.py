"""Released values as the text beside their marks; a withheld value gives no text."""

from tryghed.release.released import Difference, Share, Withheld
from tryghed.reporting import danish


def estimate(share: Share) -> str:
    """Return the share without unit: `71,2`."""
    if share.withheld or share.share is None:
        return ""
    return danish.decimal(share.share, 0 if share.sensitive else 1)


def percent(share: Share) -> str:
    """Return the share with its unit: `71,2 %`."""
    return f"{shown}{danish.NBSP}%" if (shown := estimate(share)) else ""


def interval(share: Share) -> str:
    """Return the limits: `66,5–75,6`."""
    if share.withheld or share.lower is None or share.upper is None:
        return ""
    return danish.interval(share.lower, share.upper, sensitive=share.sensitive)


def base(share: Share) -> str:
    """Return n, which also an uncertain share shows, but never a secret one: `4.724`."""
    return "" if share.n is None or share.withheld is Withheld.SECRET else danish.number(share.n)


def change(difference: Difference) -> str:
    """Return a difference with its limits: `−7,4 (−12,0 til −2,8)`."""
    if difference.withheld or difference.difference is None:
        return ""
    sensitive = difference.this.sensitive
    shown = danish.signed(difference.difference, sensitive=sensitive)
    if difference.lower is None or difference.upper is None:
        return shown
    limits = danish.signed_interval(difference.lower, difference.upper, sensitive=sensitive)
    return f"{shown}{danish.NBSP}({limits})"
