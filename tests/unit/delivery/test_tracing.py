"""The trace beside the reports."""

import json
from dataclasses import replace

import pytest

from tryghed.delivery import tracing
from tryghed.errors import DataError, DeliveryError
from tryghed.release.released import CellKey, Lookup
from tryghed.reporting.trace import Trace, Traced


class Content:
    """As much of a release as a trace tells of."""

    survey, wave, rules_version, facts = "tryghed", "2025", "1", {}

    def __init__(self, release_id):
        self.release_id = release_id


CELL = CellKey("tryghed", "2025", "bydele", "valby", "alle", "alle", "tryg_aften")
LEVEL = Traced("F1", "Niveau", 1, (Lookup("share", CELL), Lookup("rest", CELL, "rest")))
CHANGE = Traced("F2", "Ændring", 1, (Lookup("share", CELL), Lookup("wave", CELL, "2022")))
VALBY = Trace("district", "valby", "k7q2", "aaaa", (LEVEL, CHANGE))


@pytest.fixture
def reports(tmp_path):
    for name in ("valby.pdf", "city.pdf"):
        (tmp_path / name).write_bytes(name.encode())
    tracing.save(tmp_path, tracing.read(tmp_path), {"valby.pdf": VALBY}, Content("aaaa"))
    return tmp_path


def test_what_is_written_is_read_again(reports):
    assert tracing.read(reports).reports["valby.pdf"].trace == VALBY
    assert tracing.find(reports / "valby.pdf")[1].wave == "2025"


def test_a_cell_is_written_once(reports):
    assert len(json.loads((reports / tracing.NAME).read_text(encoding="utf-8"))["cells"]) == 3


def test_reports_made_later_join_those_there_are(reports):
    city = replace(VALBY, report="city", area="", release="bbbb")
    tracing.save(reports, tracing.read(reports), {"city.pdf": city}, Content("bbbb"))
    found = tracing.read(reports)
    assert list(found.reports) == ["city.pdf", "valby.pdf"]
    assert list(found.releases) == ["aaaa", "bbbb"]


def test_reports_that_are_gone_or_changed_are_forgotten(reports):
    (reports / "valby.pdf").write_bytes(b"another")
    tracing.save(reports, tracing.read(reports), {"city.pdf": VALBY}, Content("aaaa"))
    assert list(tracing.read(reports).reports) == ["city.pdf"]


def test_the_same_traces_give_the_same_bytes(reports):
    before = (reports / tracing.NAME).read_bytes()
    tracing.save(reports, tracing.read(reports), {"valby.pdf": VALBY}, Content("aaaa"))
    assert (reports / tracing.NAME).read_bytes() == before


def test_a_report_changed_since_is_not_explained(reports):
    (reports / "valby.pdf").write_bytes(b"another")
    with pytest.raises(DataError, match="changed since it was traced"):
        tracing.find(reports / "valby.pdf")


def test_a_report_without_a_trace_is_told_of_with_those_that_have_one(reports):
    with pytest.raises(DataError, match="not traced") as found:
        tracing.find(reports / "city.pdf")
    assert "valby.pdf" in found.value.hint


def test_a_report_that_does_not_exist_is_told_of(tmp_path):
    with pytest.raises(DataError, match="no such report"):
        tracing.find(tmp_path / "valby.pdf")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": [[]], "reports": {}, "releases": {}}'])
def test_a_damaged_trace_says_what_to_do(tmp_path, text):
    (tmp_path / tracing.NAME).write_text(text, encoding="utf-8")
    with pytest.raises(DeliveryError, match="not a trace") as found:
        tracing.read(tmp_path)
    assert "delete it" in found.value.hint


def test_the_files_that_show_a_release_are_found_in_every_wave_and_no_others(tmp_path):
    # Guards against reports of a withdrawn release that lie in out/ and look like any other.
    for wave, release in (("2024", "bbbb"), ("2025", "aaaa")):
        folder = tmp_path / wave
        folder.mkdir()
        for name in ("valby.pdf", "tal.csv"):
            (folder / name).write_text(wave, encoding="utf-8")
        told = {"valby.pdf": replace(VALBY, release=release)}
        tracing.save(folder, tracing.read(folder), told, Content(release))

    assert tracing.made_of("aaaa", tmp_path) == [tmp_path / "2025" / "valby.pdf", tmp_path / "2025" / "tal.csv"]
    assert tracing.made_of("bbbb", tmp_path) == [tmp_path / "2024" / "valby.pdf", tmp_path / "2024" / "tal.csv"]
    assert tracing.made_of("cccc", tmp_path) == []
