import pytest

from tryghed.definitions.survey import Survey
from tryghed.errors import DefinitionError
from tryghed.store import query

HEADER = """/*
doc = "Answers per area"
grain = "one row per area"
reads = [{reads}]

[params]
{params}

[result]
{result}
*/
"""
AREA = 'area = { type = "varchar", doc = "code" }'
WAVE = 'wave = { type = "varchar", doc = "round" }'


def load(folder, text, *, reads='"membership"', params=WAVE, result=AREA):
    path = folder / "one.sql"
    path.write_text(HEADER.format(reads=reads, params=params, result=result) + text, encoding="utf-8")
    return query.load_all([folder])


def test_a_true_header_passes(tmp_path):
    queries = load(tmp_path, "with m as (from membership) select area from m where wave = $wave::varchar")

    query.check(queries)

    one = queries["one"]
    assert (one.doc, one.grain, one.reads) == ("Answers per area", "one row per area", ("membership",))
    assert one.params["wave"].required
    assert one.sql.startswith("/*")


@pytest.mark.parametrize(
    ("text", "changes", "message"),
    [
        ("select area from membership", {}, "parameter wave is in the header but not used"),
        ("select area from membership where wave = $year", {}, "parameter year is used but not in the header"),
        # A colon in a comment or a slice is no parameter: text searches get both wrong.
        ("select area[1:2] as area from membership -- ratio a:b", {"params": ""}, None),
        ("select area from membership join score using (wave)", {"params": ""}, "table score is used but not in"),
        ("select 'x' as area", {"params": ""}, "table membership is in the header but not used"),
        ("select area, 1 as n from membership", {"params": ""}, "result column n (integer) is not in the header"),
        ("select 1 as area from membership", {"params": ""}, "result column area is integer, the header says varchar"),
        ("select wave as area from membership; select 1", {"params": ""}, "exactly one select"),
        ("delete from membership", {"params": ""}, "exactly one select"),
        ("select nothing as area from membership", {"params": ""}, 'column "nothing" not found'),
        ("selct area from membership", {"params": ""}, "syntax error"),
        (
            "select area from membership",
            {"params": "", "result": AREA + '\nn = { type = "bigint", doc = "n" }'},
            "result column n is in the header but not made",
        ),
        (
            "select area from membership",
            {"params": "", "result": 'area = { type = "text7", doc = "code" }'},
            "result.area: no such type 'text7'",
        ),
    ],
)
def test_a_header_is_compared_with_the_text(tmp_path, text, changes, message):
    queries = load(tmp_path, text, **changes)
    if message is None:
        query.check(queries)
        return
    with pytest.raises(DefinitionError) as caught:
        query.check(queries)

    assert message in str(caught.value)
    assert "one.sql: " in str(caught.value)


def test_columns_made_from_a_pattern_fit_a_regex_key(tmp_path):
    queries = load(
        tmp_path,
        "select area, sum(weight * columns($pattern)) as 'wy_\\1', {'n': count(*)} as s"
        " from score join membership using (wave, respondent) group by area",
        reads='"score", "membership"',
        params='pattern = { type = "varchar", doc = "indicators", example = "^(tryg_.*)$" }',
        result=AREA + '\n"wy_(.*)" = { type = "decimal(38,9)", doc = "sum" }\n'
        's = { type = "struct(n bigint)", doc = "size" }',
    )

    query.check(queries)

    assert query.column_for(queries["one"], "wy_tryg_dag").type == "decimal(38,9)"
    assert query.column_for(queries["one"], "n") is None


def test_a_query_may_name_the_columns_of_the_projects_surveys(tmp_path):
    queries = load(
        tmp_path,
        "select sum(godt_helbred)::bigint as n, max(alder) as oldest from score join answer using (wave, respondent)",
        reads='"score", "answer"',
        params="",
        result='n = { type = "bigint", doc = "n" }\noldest = { type = "double", doc = "age" }',
    )
    survey = Survey.model_validate(
        {
            "name": "sundhed", "title": "x", "short": "x", "population": "x",
            "items": {"helbred": {"asks": "x", "codes": {1: "godt", 2: "ikke"}}, "alder": {"asks": "x"}},
            "indicators": {"godt_helbred": {"item": "helbred", "counts": [1], "label": "x"}},
        }
    )  # fmt: skip

    with pytest.raises(DefinitionError, match="godt_helbred"):
        query.check(queries)
    query.check(queries, [survey])


def test_every_problem_of_every_file_is_told_at_once(tmp_path):
    (tmp_path / "a.sql").write_text("select 1", encoding="utf-8")
    (tmp_path / "b.sql").write_text("/* doc = */ select 1", encoding="utf-8")
    (tmp_path / "c.sql").write_text('/* doc = "x"\nsize = 3 */ select 1', encoding="utf-8")

    with pytest.raises(DefinitionError) as caught:
        query.load_all([tmp_path])

    text = str(caught.value)
    assert "3 problems" in text
    for part in ("a.sql: no header", "b.sql: the header is not valid TOML", "c.sql: header: grain", "size: Extra"):
        assert part in text


def test_a_broken_query_stands_in_the_way_of_nobody_who_does_not_ask_for_it(tmp_path):
    # One unfinished file in queries/ made every command fail, reports included.
    whole = HEADER.format(reads='"score"', params="", result=AREA)
    (tmp_path / "whole.sql").write_text(whole + "select 1", encoding="utf-8")
    (tmp_path / "mine.sql").write_text("select 1", encoding="utf-8")
    shelf = query.Shelf([tmp_path])

    assert list(shelf) == ["mine", "whole"]
    assert shelf["whole"].doc == "Answers per area"
    assert "mine" in shelf
    with pytest.raises(DefinitionError, match=r"mine\.sql: no header"):
        shelf["mine"]


def test_the_first_folder_wins(tmp_path):
    for place, doc in (("own", "mine"), ("starting", "theirs")):
        (tmp_path / place / "analysis").mkdir(parents=True)
        text = HEADER.format(reads='"score"', params="", result=AREA).replace("Answers per area", doc)
        (tmp_path / place / "analysis" / "x.sql").write_text(text + "select 1", encoding="utf-8")

    queries = query.load_all([tmp_path / "own", tmp_path / "starting"])

    assert {name: one.doc for name, one in queries.items()} == {"analysis/x": "mine"}


def test_the_pattern_of_names_selects_exactly_them():
    pattern = query.names_pattern(["tryg_aften", "a.b"])

    assert pattern == r"^(tryg_aften|a\.b)$"
