"""Nothing reaches a reader but what a frozen release holds: followed from the archive to the names of templates."""

import ast
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Literal, Union, get_args, get_origin, get_type_hints

import pytest
from jinja2 import meta, nodes
from markupsafe import Markup

from tryghed.definitions.project import Project
from tryghed.definitions.report import Report
from tryghed.release.released import Released
from tryghed.reporting import pages, render
from tryghed.reporting.contexts import reachable
from tryghed.reporting.pages import CONTEXTS
from tryghed.reporting.templates import environment

REPOSITORY = Path(__file__).parents[2]
SOURCE = REPOSITORY / "src" / "tryghed"
TEMPLATES = REPOSITORY / "reports" / "templates"

#: What a template may be handed, beside the pages' own dataclasses and sequences of these.
PRINTABLE = {str, int, bool, float, Markup, type(None)}


def parts(hint):
    """Yield the types a field can hold, down to those that hold no others."""
    if get_origin(hint) is Literal:
        yield from map(type, get_args(hint))
    elif get_origin(hint) is not None:
        for one in get_args(hint):
            if one is not Ellipsis:
                yield from parts(one)
    else:
        yield hint


def calls(name):
    """Return the modules that call something by its last name, with the calls."""
    found = {}
    for path in SOURCE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        here = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node.func) == name]
        if here:
            found[path.relative_to(SOURCE).as_posix()] = here
    return found


def called(function):
    return getattr(function, "attr", getattr(function, "id", ""))


@pytest.mark.parametrize("kind", reachable(), ids=lambda kind: kind.__name__)
def test_pages_hold_text_and_numbers_and_nothing_that_leads_elsewhere(kind):
    # A frame, a path or the release itself on a page would be a way around the gate, and out of the sandbox.
    for name, hint in get_type_hints(kind).items():
        origins = {get_origin(hint), *map(get_origin, get_args(hint))} - {None}
        assert all(one in (Union, UnionType, tuple, list, Sequence, Literal) for one in origins)
        for part in parts(hint):
            own = is_dataclass(part) and part.__module__.startswith("tryghed.reporting.")
            assert part in PRINTABLE or own, f"{kind.__name__}.{name} may hold {part}"


def test_a_template_knows_its_page_and_nothing_else():
    assert environment([TEMPLATES]).globals == {}


@pytest.mark.parametrize("template", sorted(CONTEXTS))
def test_the_names_of_a_template_are_the_fields_of_its_page(template):
    env = environment([TEMPLATES])
    seen, names, macros, waiting = set(), set(), {"page"}, [template]  # `page` is the section a report's template names
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        tree = env.parse((TEMPLATES / one).read_text(encoding="utf-8"))
        names |= meta.find_undeclared_variables(tree)
        macros |= {name for node in tree.find_all(nodes.FromImport) for name in node.names}
        waiting += [name for name in meta.find_referenced_templates(tree) if name is not None]

    assert names - macros <= {one.name for one in fields(CONTEXTS[template])}


def test_only_the_gate_and_the_archive_make_released_numbers():
    assert set(calls("Released")) == {"release/gate.py", "release/archive.py"}


def test_only_a_build_passes_numbers_through_the_gate():
    tree = ast.parse((SOURCE / "release" / "editions.py").read_text(encoding="utf-8"))
    assert "release" in {called(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for path in SOURCE.rglob("*.py"):
        imported = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            name.name
            for node in ast.walk(imported)
            if isinstance(node, ast.ImportFrom) and node.module == "tryghed.release.gate"
            for name in node.names
        }
        assert "release" not in names or path.name == "editions.py"


def test_only_a_frozen_release_is_published():
    # What is printed and what is exported are the same value, and it comes from the archive.
    assert set(calls("render_all")) == {"publication.py"}
    source = ast.parse((SOURCE / "publication.py").read_text(encoding="utf-8"))
    publish = next(node for node in ast.walk(source) if isinstance(node, ast.FunctionDef) and node.name == "publish")
    loaded = [
        node.targets[0].id
        for node in ast.walk(publish)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and called(node.value.func) == "load"
    ]
    assert loaded == ["released"]
    for maker in ("render_all", "save"):
        for call in (node for node in ast.walk(publish) if isinstance(node, ast.Call) and called(node.func) == maker):
            assert "released" in {node.id for node in call.args if isinstance(node, ast.Name)}


@pytest.mark.parametrize("maker", [pages.district, pages.city, render.make], ids=lambda maker: maker.__name__)
def test_pages_are_made_from_released_numbers_and_definitions_only(maker):
    taken = get_type_hints(maker)
    taken.pop("return")

    assert taken.pop("released") is Released
    assert set(taken.values()) <= {Project, Report, render.Job, str}
