from dataclasses import replace
from pathlib import Path

from tryghed.definitions.project import load
from tryghed.release.plan import Plan, Request, empty


def request(*, indicators, area_sets=("districts",), ranked=()):
    return Request("tryghed", ("2025",), area_sets, ("",), indicators, ranked=ranked)


def test_the_level_for_ranks_is_shared_by_every_ranking_a_release_prints():
    # A city report and a district report rank the same indicator: one ranking, not two. A second area set or a second
    # indicator is one more chance of a wrong place, and each used to be given the whole level.
    wanted = Plan(
        "tryghed", "2025", "districts",
        (
            request(indicators=("a", "b"), ranked=("a",)),
            request(indicators=("a", "c"), ranked=("a",)),
            request(indicators=("a",), area_sets=("districts", "bydele"), ranked=("a", "b")),
            request(indicators=("a",)),
        ),
        (),
    )  # fmt: skip

    assert wanted.rankings == 4


def test_what_a_report_names_and_no_number_is_of_is_told():
    # Guards against a page that is left out because of one word in a report, and against a plan that hides it.
    known = load(Path(__file__).parents[3])
    report = known.reports["city"]
    assert report.health is not None
    changed = report.model_copy(
        update={"inside": "roder", "health": report.health.model_copy(update={"survey": "sund"})}
    )
    survey = known.surveys["tryghed"].model_copy(update={"crossings": []})
    wave = known.waves["tryghed"]["2025"]
    item = known.surveys["tryghed"].scores["tryg_stop"].item
    unasked = wave.model_copy(update={"columns": {key: one for key, one in wave.columns.items() if key != item}})
    reports = {"city": changed}
    project = replace(
        known, reports=reports, surveys={**known.surveys, "tryghed": survey},
        waves={**known.waves, "tryghed": {**known.waves["tryghed"], "2025": unasked}},
    )  # fmt: skip

    told = empty(project, "tryghed", "2025")

    assert [one.split(":")[1].strip() for one in told] == ["inside", "indicators", "groups", "health"]
    assert told[0].startswith("reports/city.toml: inside: 'roder' has no numbers (surveys/tryghed/survey.toml: ")
    assert "tryg_stop" in told[1]
    assert empty(known, "tryghed", "2025") == ()
