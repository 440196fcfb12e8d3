import pytest

from tryghed.intake.accept import examine

TABLE = """division;category;invited
sex;kvinde;30
sex;mand;20
dele;nord;25
dele;syd;25
"""
NAMED = ("[privacy]", '[fieldwork]\ninvited = 50\ninvited_by = "deliveries/inviterede.csv"\n\n[privacy]')


@pytest.fixture
def told(made, tmp_path):
    """Return a function that gives the invited as stored, and the findings about them."""

    def run(table=TABLE, named=NAMED):
        project = made(wave=[named])
        (tmp_path / "deliveries" / "inviterede.csv").write_text(table, encoding="utf-8-sig")
        examined = examine(project, "proeve", "2025")
        return examined.invited.rows(), {one.code: one for one in examined.findings if one.code.startswith("invited")}

    return run


def test_the_table_of_the_institute_is_read(told):
    rows, found = told()
    assert rows == [
        ("alle", "alle", 50), ("sex", "kvinde", 30), ("sex", "mand", 20), ("dele", "nord", 25), ("dele", "syd", 25),
    ]  # fmt: skip
    assert found == {}


def test_tables_in_the_definition_say_the_same(told):
    named = ("[privacy]", "[fieldwork]\ninvited = 50\n[fieldwork.invited_by.sex]\nkvinde = 30\nmand = 20\n\n[privacy]")
    rows, found = told(named=named)
    assert rows == [("alle", "alle", 50), ("sex", "kvinde", 30), ("sex", "mand", 20)]
    assert found == {}


@pytest.mark.parametrize(
    ("table", "code", "told_of"),
    [
        (TABLE.replace("mand;20", "mand;21"), "invited_sum", "sum to 51, fieldwork.invited is 50"),
        (TABLE.replace("mand;20", "maend;20"), "invited_unknown", "no category maend"),
        (TABLE.replace("dele;", "bydele;"), "invited_unknown", "no area set or group"),
        (TABLE.replace("mand;20", "mand;20,5"), "invited_unreadable", "line 3"),
        (TABLE + "sex;mand;20\n", "invited_unreadable", "line 6"),
        ("gruppe;antal\nkvinde;3\n", "invited_unreadable", "the first line must be division;category;invited"),
        (TABLE.replace("kvinde;30", "kvinde;49").replace("mand;20", "mand;1"), "invited_too_few", "sex mand: 2 of 1"),
    ],
)
def test_tables_that_cannot_be_right_are_told(told, table, code, told_of):
    # Guards against response rates above 100 per cent, and out of a number that was never there.
    _, found = told(table)
    assert told_of in found[code].message


def test_a_table_that_is_not_there_is_told(made):
    found = {one.code: one for one in examine(made(wave=[NAMED]), "proeve", "2025").findings}
    assert "cannot be read" in found["invited_unreadable"].message


def test_another_table_is_another_import(made, take, tmp_path):
    # Guards against corrected counts taken for already loaded.
    project = made(wave=[NAMED])
    marks = []
    for table in (TABLE, TABLE.replace("nord;25", "nord;24").replace("syd;25", "syd;26")):
        (tmp_path / "deliveries" / "inviterede.csv").write_text(table, encoding="utf-8")
        marks.append(take(project).definition_sha256)
    assert marks[0] != marks[1]
