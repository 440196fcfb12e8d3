"""Area sets: which there are, and outlines from official GeoJSON files."""

from pathlib import Path

import click

from tryghed.area_sets import load_areas, place_units, unite_areas
from tryghed.cli.options import open_project, project_option, say
from tryghed.errors import UsageError
from tryghed.intake import geography

_TOLERANCE = click.option(
    "--tolerance",
    type=click.FloatRange(min=0, min_open=True),
    default=30,
    show_default=True,
    help="Metres that an outline may be moved.",
)
_NAMED = 10  # units in no area that are told by name


@click.group()
def areas() -> None:
    """List area sets, load their outlines, unite areas into coarser ones.

    \b
    Example: tryghed areas list
    """


@areas.command("list")
@project_option
def list_sets(project: Path | None) -> None:
    """List the area sets of the project, with their number of areas.

    \b
    Example: tryghed areas list
    """
    for name, one in open_project(project).area_sets.items():
        drawn = "with outlines" if one.outlines else "without outlines"
        click.echo(f"{name}  {one.label}, version {one.version}: {len(one.areas)} areas, {drawn}")


@areas.command("load")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--set", "name", required=True, help="Name of the area set, new or to be replaced.")
@click.option("--code", required=True, metavar="PROPERTY", help="Property of the file that identifies an area.")
@click.option("--name", "title", required=True, metavar="PROPERTY", help="Property with its name.")
@click.option("--parent", metavar="PROPERTY", help="Property with the area of a coarser set it is part of.")
@click.option("--label", help="Name of the set in reports. Default: the set's name, or what it was.")
@click.option("--kind", type=click.Choice(["district", "unit", "vulnerable", "housing"]), help="Default: district.")
@click.option("--version", default="", help="Edition of the boundaries. Default: 1 for a new set, else what it was.")
@click.option("--attribution", default="", help="Printed under every map.")
@click.option("--overlapping", is_flag=True, help="The areas overlap: simplify each by itself.")
@_TOLERANCE
@project_option
def load_file(
    file: Path, name: str, code: str, title: str, parent: str | None, label: str | None, kind: geography.Kind | None,
    version: str, attribution: str, overlapping: bool, tolerance: float, project: Path | None,
) -> None:  # fmt: skip
    """Load outlines from a GeoJSON FILE into an area set.

    Invalid polygons are repaired, polygons of one code united, and outlines simplified. A set the project already has
    keeps its table of areas and its members, and gets new outlines; its areas must all be in the file, by their code or
    by their name in any spelling the set knows. A new set gets a table made from the file, and its members from
    `tryghed areas members`. Coordinates are longitude and latitude, whatever the file's CRS is called; swapped ones are
    refused.

    \b
    Example: tryghed areas load kvarter.geojson --set kvarterer --code kvarternr --name kvarternavn
    """
    if not name.isidentifier():
        raise UsageError(f"{name!r} cannot be a set's name", hint="letters, digits and _ only")
    description = geography.SetDescription(
        name, label or name, kind or "district", version, f"loaded from {file.name}", attribution
    )
    read = geography.read(file, code=code, name=title, parent=parent)
    done = load_areas(open_project(project), description, read, tolerance_m=tolerance, overlapping=overlapping)
    say("\n".join([f"{done}: {len(read)} areas", *(f"  {one}" for one in geography.remarks(read))]))


@areas.command("members")
@click.argument("name", metavar="SET")
@click.option("--units", required=True, metavar="SET", help="The set of the smallest areas, with outlines.")
@project_option
def place(name: str, units: str, project: Path | None) -> None:
    """Write which units lie in which areas of SET, by their outlines.

    A unit is in the area that holds most of it; in vulnerable and housing areas, which may overlap, it is in every area
    that holds at least half of it. Whoever answers then counts in all areas of the unit, in every version there is.

    \b
    Example: tryghed areas members udsatte_2025 --units roder
    """
    opened = open_project(project)
    found = place_units(opened, name, units)
    outside = [f"{unit} {opened.area_sets[units].areas[unit].name}" for unit, areas in found.items() if not areas]
    several = sum(len(areas) > 1 for areas in found.values())
    say(f"{name}: {len(found) - len(outside)} of {len(found)} units lie in an area, {several} in several")
    if 0 < len(outside) <= _NAMED:
        say(f"  in no area: {', '.join(outside)}")


@areas.command("unite")
@click.argument("name", metavar="SET")
@click.option("--from", "finer", required=True, help="The finer set, whose column parent holds the codes of SET.")
@project_option
def unite(name: str, finer: str, project: Path | None) -> None:
    """Draw the areas of SET as unions of the areas of a finer set.

    \b
    Example: tryghed areas unite survey_districts_13 --from kvarterer
    """
    say(f"{unite_areas(open_project(project), name, finer)}")
