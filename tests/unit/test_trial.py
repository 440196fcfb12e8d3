"""What the attacker is given of an earlier edition."""

from dataclasses import replace
from pathlib import Path

from tryghed import trial
from tryghed.attack.published import Number
from tryghed.definitions.areas import AreaRow, AreaSet
from tryghed.definitions.policy import ReleaseRules
from tryghed.definitions.project import Project


def area_set(name, members):
    return AreaSet(
        name=name, label=name, kind="district", version="1", source="", attribution="", unit_set=None,
        areas={"v": AreaRow(code="v", name="V")}, members=members, groups={}, outlines=None,
    )  # fmt: skip


SETS = {"bydele": area_set("bydele", {"1": ("v",)}), "udsatte": area_set("udsatte", {"2": ("v",)})}
NOW = Project(Path(), {}, {}, SETS, ReleaseRules(version="1"), {}, (), ())


def test_an_earlier_edition_is_read_with_the_boundaries_of_its_time(monkeypatch):
    # Guards against those between two boundaries, who would look as if they had come late or gone.
    moved = area_set("udsatte", {"2": ("v",), "3": ("v",)})
    then = replace(NOW, area_sets={**SETS, "udsatte": moved})
    told = [Number("s", ("2025",), name, "v", "alle", "alle", "tryg", 50.0, 90, secret=False) for name in SETS]
    monkeypatch.setattr(trial.archive, "frozen_project", lambda *_: then)
    monkeypatch.setattr(trial.archive, "load", lambda *_: None)
    monkeypatch.setattr(trial.numbers, "save", lambda *_: [])
    monkeypatch.setattr(trial.published, "read", lambda project, _: told if project is then else None)

    both, earlier = trial._earlier(NOW, "2025")

    assert [(one.area_set, one.before) for one in earlier] == [("bydele", True), ("udsatte (2025)", True)]
    assert both.area_sets == {**SETS, "udsatte (2025)": moved}
