"""Where areas lie: the small map of page 1, the map of the whole city, the map of one area and those inside it."""

from collections.abc import Callable, Mapping
from pathlib import Path

from markupsafe import Markup

from tryghed.release.released import Difference, Share
from tryghed.reporting import danish, figures, maps, outlines, words
from tryghed.reporting.maps import MapVerdict
from tryghed.reporting.pages.parts import Figure, Key
from tryghed.reporting.pages.register import Register
from tryghed.reporting.pages.tables import number
from tryghed.reporting.pages.view import View, caption, drawn, n_of


def locator(view: View, code: str) -> Markup:
    """Return the map with the area marked, nothing where the area set has no outlines."""
    path = _outlines(view, view.report.area_set)
    if path is None:
        return Markup()
    found = outlines.load(path)
    if code not in found.shapes:
        return Markup()
    title = f"Kort: {view.areas[code].name} blandt {danish.numeral(len(view.areas))} {view.words.many}."
    return drawn(maps.locator(found, code, title=title, prefix="kort"))


def city_map(view: View, register: Register) -> Figure | None:
    """Return the map of every area with its share and verdict, None where the area set has no outlines."""
    path, headline = _outlines(view, view.report.area_set), view.report.headline
    if path is None:
        return None
    with register.figure("Kort") as identity:
        areas = [
            maps.CityArea(
                code, area.short or area.name, number(share := view.share(headline, code)),
                _verdict(view.rest(headline, code)), share.withheld,
            )
            for code, area in view.areas.items()
        ]  # fmt: skip
        n = n_of([view.share(headline)])
    title = f"Hvor {view.words.many} adskiller sig sikkert"
    if not any(one.verdict in ("higher", "lower") for one in areas):
        title = f"{view.headline.label}, {view.words.one} for {view.words.one}"
    alt = "; ".join(
        f"{view.areas[one.code].name}: {one.value or words.withheld(view.share(headline, one.code))}" for one in areas
    )
    svg = maps.city(
        outlines.load(path), areas, enclave=view.project.area_sets[view.report.area_set].enclave,
        title=f"{title}. {alt}.", prefix=identity.lower(),
    )  # fmt: skip
    line = caption(f"{view.headline.label}, pct., {view.wave}", n)
    return Figure(identity, register.code, title, line, drawn(svg))


def map_keys(prefix: str) -> tuple[Key, ...]:
    """Return what the tints of the city's map mean."""
    return (
        Key(drawn(figures.mark("map_higher", title="Trekant op på farvet felt", prefix=f"{prefix}m1")), "højere"),
        Key(
            drawn(figures.mark("map_lower", title="Trekant ned på farvet felt", prefix=f"{prefix}m2")),
            "lavere end resten",
        ),
        Key(drawn(figures.mark("map_none", title="Gråt felt", prefix=f"{prefix}m3")), "ingen påvist forskel"),
    )


def area_map(
    view: View, code: str, letters: Mapping[str, str], share_of: Callable[[str], Share], register: Register
) -> Figure | None:
    """Return the map of the areas inside an area, None where either set has no outlines.

    Args:
        view: The release as the report sees it.
        code: The area.
        letters: The areas inside with their letters in the table.
        share_of: What may be shown of an area inside.
        register: Gives out figure ids.
    """
    around, within = (_outlines(view, name) for name in (view.report.area_set, view.report.inside))
    if around is None or within is None:
        return None
    districts = outlines.load(around)
    if code not in districts.shapes:
        return None
    with register.figure("Kort") as identity:
        shares = {one: share_of(one) for one in letters}
    inside = [
        maps.InsideArea(one, letter, number(shares[one]), shares[one].withheld) for one, letter in letters.items()
    ]
    known = view.project.area_sets[view.report.inside or ""]
    count = len(letters)
    what = f"{danish.capital(danish.numeral(count, neuter=True))} {'område' if count == 1 else 'områder'}"
    title = f"{what} ligger helt eller delvist i {view.words.the}"
    alt = "; ".join(
        f"{letter}: {known.areas[one].name}, {words.estimate(shares[one])}" for one, letter in letters.items()
    )
    svg = maps.district(
        districts, code, {one: area.name for one, area in view.areas.items()}, inside,
        outlines.load(within, beside=districts),
        height_mm=80, enclave=view.project.area_sets[view.report.area_set].enclave, title=f"{title}. {alt}.",
        prefix=identity.lower(),
    )  # fmt: skip
    line = caption("Pct. som i tabellen", f"Afgrænsning {known.version}")
    return Figure(identity, register.code, title, line, drawn(svg))


def attribution(view: View, name: str | None) -> str:
    """Return whose map it is, nothing where there is none."""
    found = view.project.area_sets.get(name or "")
    return found.attribution if found is not None and found.outlines else ""


def _outlines(view: View, name: str | None) -> Path | None:
    found = view.project.area_sets.get(name or "")
    return found.outlines if found else None


def _verdict(difference: Difference) -> MapVerdict:
    if difference.this.withheld:
        return "withheld"
    if not difference.direction:
        return "none"
    return "higher" if difference.direction > 0 else "lower"
