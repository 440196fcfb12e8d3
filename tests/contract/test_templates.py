"""Templates print exactly what their pages document."""

import inspect
import re
import shutil
from dataclasses import fields
from pathlib import Path

import pytest

from tryghed.errors import DefinitionError
from tryghed.reporting.contexts import check_templates, reachable
from tryghed.reporting.pages import CONTEXTS

TEMPLATES = Path(__file__).parents[2] / "reports" / "templates"


@pytest.fixture
def copy(tmp_path):
    target = tmp_path / "templates"
    shutil.copytree(TEMPLATES, target, ignore=shutil.ignore_patterns("fonts"))
    return target


def change(folder, name, old, new):
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")


def test_the_templates_use_documented_fields_only_and_all_of_them():
    names = check_templates([TEMPLATES])
    on_disk = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")}
    assert set(names) == on_disk  # a template nobody uses would never be checked


@pytest.mark.parametrize("kind", reachable(), ids=lambda kind: kind.__name__)
def test_every_field_says_what_it_is(kind):
    source = inspect.getsource(kind)
    for one in fields(kind):
        assert re.search(rf"^    {one.name}: .*#: \w", source, re.MULTILINE), f"{kind.__name__}.{one.name}"
    assert kind.__doc__


def test_each_report_has_a_template():
    assert all((TEMPLATES / name).is_file() for name in CONTEXTS)


def test_a_misspelt_field_is_found_with_its_place(copy):
    change(copy, "district/overview.html", "page.lead", "page.laed")
    with pytest.raises(DefinitionError, match=r"district/overview\.html:\d+: Overview has no field 'laed'") as found:
        check_templates([copy])
    assert "Overview.lead is documented but no template prints it" in str(found.value)


def test_a_name_the_page_does_not_have_is_found(copy):
    change(copy, "base.html", "head.title", "heading.title")
    with pytest.raises(DefinitionError, match="no such name 'heading'"):
        check_templates([copy])


def test_a_mistake_in_a_macro_is_found_where_it_is_called(copy):
    change(copy, "macros.html", "note.heading", "note.headline")
    with pytest.raises(DefinitionError, match="Note has no field 'headline'"):
        check_templates([copy])


def test_all_broken_templates_are_listed(copy):
    change(copy, "city.html", "{% endblock %}", "")
    (copy / "district/health.html").unlink()
    with pytest.raises(DefinitionError) as found:
        check_templates([copy])
    assert "city.html" in str(found.value)
    assert "district/health.html: no such template" in str(found.value)


def test_a_template_of_the_project_goes_before_that_of_the_software(copy, tmp_path):
    own = tmp_path / "own"
    (own / "district").mkdir(parents=True)
    shutil.copy(copy / "district/health.html", own / "district/health.html")
    change(own, "district/health.html", "page.figure", "page.figur")
    with pytest.raises(DefinitionError, match="figur"):
        check_templates([own, copy])
