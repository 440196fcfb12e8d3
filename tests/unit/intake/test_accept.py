import hashlib
import os
import pickle
import stat
from decimal import Decimal

import polars as pl
import pytest

from tryghed import frames
from tryghed.errors import DataError, UsageError
from tryghed.frames import Finding
from tryghed.intake.accept import Refused, accept

ROW = "g;1;1;101;1;50;1;1\n"


def rows_with(*lines):
    head = "nr;vaegt;lag;rode;koen;alder;q1;del\n"
    return head + "".join(f"{line}\n" for line in lines)


def by_row(wave, table, column):
    """The column of a table in the order of the file."""
    return (
        wave.respondents.select("respondent")
        .join(table, on="respondent", how="left", maintain_order="left")[column]
        .to_list()
    )


def test_schemas_are_the_contract(taken):
    # Guards against columns the store would refuse, or types that change what it keeps.
    wave = taken()
    assert wave.respondents.schema == frames.RESPONDENT
    assert wave.membership.schema == frames.MEMBERSHIP
    assert wave.grouping.schema == frames.GROUPING
    assert wave.answers.schema == {"respondent": pl.String, "sex": pl.Int16, "age": pl.Float64, "safe": pl.Int16}
    names = ["tryg", "utryg", "voksen", "aldrig", *(f"safe_svar_{code}" for code in (1, 2, 3, 8))]
    assert wave.scores.schema == {"respondent": pl.String} | dict.fromkeys(names, pl.Int8)


def test_answers_keep_every_kind_of_missing_apart(taken):
    # Guards against counting those not asked (row d) among those who did not answer (row e).
    wave = taken()
    assert wave.answers["safe"].to_list() == [1, -91, -92, -93, -95, 3]
    assert wave.answers["age"].to_list() == [39.5, 40, -92, 80, -95, 18]


def test_scores_are_null_outside_the_base(taken):
    # Guards against "ved ikke" in a base that does not list it, and missing numbers inside a range.
    wave = taken()
    assert wave.scores["tryg"].to_list() == [1, 0, None, None, None, 0]
    assert wave.scores["utryg"].to_list() == [0, None, None, None, None, 1]
    assert wave.scores["voksen"].to_list() == [None, 1, None, None, None, 0]
    assert wave.scores["safe_svar_8"].to_list() == [0, 1, None, None, None, 0]


def test_an_indicator_of_an_item_not_asked_is_there_and_empty(taken):
    # Guards against queries over several waves failing because one did not ask.
    assert taken().scores["aldrig"].to_list() == [None] * 6


def test_weights_are_read_as_danish_numbers_and_exactly(taken):
    # Guards against 1.000,5 read as 1.0005, and against weights that went through a float.
    weights = taken().respondents["weight"].to_list()
    assert weights == [Decimal("1.5"), Decimal("0.25"), 2, Decimal("1000.5"), 1, 1]


def test_membership_overlaps_and_everybody_is_in_every_set(taken):
    # Guards against a unit counted in one area only, and a unit that is itself an area forgotten.
    wave = taken()
    own = {name: set(rows["area"]) for (name,), rows in wave.membership.group_by("respondent")}
    nord = wave.membership.filter(area_set="dele", area="nord")["respondent"].to_list()
    itself = wave.membership.filter(area_set="hele", area="101")["respondent"].to_list()
    ids = wave.respondents["respondent"].to_list()
    assert nord == [ids[0], ids[1], ids[5]]
    assert itself == ids[:2]
    assert own[ids[5]] == {"nord", "syd", "alle"}
    assert own[ids[4]] == {"alle"}
    assert wave.membership.filter(area="alle").group_by("area_set").len().rows_by_key("area_set") == {
        "dele": [(6,)], "hele": [(6,)],
    }  # fmt: skip


def test_grouping_has_crossings_and_everybody(taken):
    # Guards against missing ages (-92, -95) landing below 40.
    wave = taken()
    crossed = wave.grouping.filter(dimension="sex*age")
    assert by_row(wave, crossed, "category") == ["mand*under_40", "kvinde*over_40", None, "mand*over_40", None,
                                                 "kvinde*under_40"]  # fmt: skip
    assert wave.grouping.filter(dimension="age").height == 4
    assert wave.grouping.filter(dimension="alle", category="alle").height == 6


def test_design_has_strata_as_text_and_no_psu(taken):
    wave = taken()
    assert wave.respondents["stratum"].to_list() == ["1", "1", "2", "2", "2", "2"]
    assert wave.respondents["psu"].null_count() == 6
    assert wave.population == {"1": 100.0, "2": 200.0}


def test_psus_are_nested_in_their_stratum(taken):
    # Guards against PSU 1 of one stratum taken for PSU 1 of another.
    wave = taken(wave=[('stratum = "lag"', 'stratum = "lag"\npsu = "koen"')])
    assert wave.respondents["psu"].to_list() == ["1/1", "1/2", "2/2", "2/1", "2/2", "2/2"]


def test_without_strata_all_are_in_one(taken):
    changes = [('stratum = "lag"', ""), ("[design.population]\n1 = 100\n2 = 200\n", "")]
    assert taken(wave=changes).respondents["stratum"].unique().to_list() == ["1"]


def test_source_says_what_was_read(taken, tmp_path):
    wave = taken()
    digest = hashlib.sha256((tmp_path / "deliveries" / "wave.csv").read_bytes()).hexdigest()
    assert wave.source == frames.Source("deliveries/wave.csv", digest, False, 6, 8)
    codes = ["unverified", "weight_extreme", "missing_area", "weight_sum", "weight_strata"]
    assert [one.code for one in wave.findings] == codes


def test_a_verified_delivery_has_no_remark(made, take, tmp_path):
    made()
    digest = hashlib.sha256((tmp_path / "deliveries" / "wave.csv").read_bytes()).hexdigest()
    known = ('file = "deliveries/wave.csv"', f'file = "deliveries/wave.csv"\nsha256 = "{digest}"\nrows = 6')
    wave = take(made(wave=[known]))
    assert wave.source.verified
    assert "unverified" not in [one.code for one in wave.findings]


def test_pseudonyms_hide_the_number_and_last(made, take, tmp_path):
    # Guards against numbers that can be linked by anyone, or that change from one load to the next.
    project = made()
    first, again = take(project), take(project)
    ids = first.respondents["respondent"]
    assert ids.equals(again.respondents["respondent"])
    assert all(len(one) == 32 and int(one, 16) >= 0 for one in ids.to_list())
    assert hashlib.sha256(b"a").hexdigest()[:32] not in ids.to_list()
    key = tmp_path / "keys" / "proeve-2025.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert os.listdir(key.parent) == ["proeve-2025.key"]  # noqa: PTH208 hidden files too
    key.unlink()
    assert not ids.equals(take(project).respondents["respondent"])


@pytest.mark.parametrize(("panel", "shared"), [("", 0), ('\npanel = "borgere"', 6)])
def test_pseudonyms_differ_between_waves_unless_a_panel_is_declared(made, take, tmp_path, panel, shared):
    # Guards against following a person from wave to wave, and against a panel that cannot be followed.
    changes = [('weight = "vaegt"', f'weight = "vaegt"{panel}')]
    first = take(made(wave=changes)).respondents["respondent"]
    (tmp_path / "surveys/proeve/2025.toml").rename(tmp_path / "surveys/proeve/2026.toml")
    second = take(made(wave=changes), "2026").respondents["respondent"]
    assert len(set(first) & set(second)) == shared


def test_a_broken_key_is_not_replaced(made, take, tmp_path):
    # Guards against silently new pseudonyms after half a restore.
    project = made()
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "proeve-2025.key").write_bytes(b"short")
    with pytest.raises(DataError, match="5 bytes instead of a key of 32"):
        take(project)


def test_the_fingerprint_follows_every_definition(taken):
    # Guards against a corrected definition that is taken for already loaded.
    first = taken().definition_sha256
    assert taken().definition_sha256 == first
    assert taken(survey=[('label = "Tryg"', 'label = "Trygge"')]).definition_sha256 != first
    assert taken(wave=[("2 = 200", "2 = 201")]).definition_sha256 != first


def test_all_problems_are_told_at_once(refused):
    # Guards against a provider having to send the file once per mistake.
    found = refused(
        rows_with("a;1;1;101;1;39;1;1", "a;-1;1;999;3;x;1;1", ";;;101;2;40;7;1", "d;inf;3;101;2;40;1;1"),
        wave=[('safe = "q1"', 'safe = "q_1"'), ("[routing.safe]", "[routing.age]")],
    )
    assert set(found) >= {
        "duplicate_respondent", "missing_respondent", "weight_missing", "weight_not_positive", "missing_stratum",
        "stratum_without_population", "unknown_area", "unknown_code", "missing_column",
    }  # fmt: skip
    assert found["duplicate_respondent"].rows == (1, 2)
    assert found["weight_not_positive"].rows == (2, 4)
    assert "q1" in found["missing_column"].hint


def test_every_missing_column_is_named(made):
    with pytest.raises(Refused) as caught:
        accept(made(wave=[('respondent = "nr"', 'respondent = "NR"'), ('column = "rode"', 'column = "x"')]),
               "proeve", "2025")  # fmt: skip
    places = [one.where for one in caught.value.findings if one.code == "missing_column"]
    assert places == ["design.respondent", "area.column"]
    assert "no column 'NR'" in str(caught.value)


def test_unknown_codes_are_shown_with_rows(refused):
    found = refused(rows_with("a;1;1;101;1;39;4;1", "b;1;1;101;1;39;1,5;1", "c;1;2;101;1;39;ja;1"))
    assert found["unknown_code"].rows == (1, 2, 3)
    assert "1,5, 4, ja" in found["unknown_code"].message


def test_numbers_that_are_our_missing_codes_are_refused(refused):
    # Guards against an age of -95 that would be taken for "mangler".
    assert refused(rows_with("a;1;1;101;1;-95;1;1"))["unknown_code"].count == 1


#: Takes stratum 2 out of the definition, for deliveries that hold people of stratum 1 only.
ONE_STRATUM = ("2 = 200\n", "")


def test_a_stratum_that_nobody_answered_from_is_refused(refused):
    # The rows of a whole district lost on the way: the total would be that of the others, and nothing told.
    found = refused(rows_with("a;1;1;101;1;39;1;1", "b;1;1;101;1;39;1;1"))["stratum_empty"]
    assert found.message == "nobody answered in 1 of 2 strata: 2"


def test_a_delivery_without_areas_is_refused(refused):
    found = refused(rows_with("a;1;1;;1;39;1;1", "b;1;2;;1;39;1;1"))["missing_area"]
    assert found.severity == "error"


def test_weight_zero_is_refused_unless_it_means_outside(refused, taken):
    rows = rows_with("a;0;1;101;1;39;1;1", "b;1;1;101;1;39;1;1")
    assert 'zero_weight = "outside"' in refused(rows)["weight_not_positive"].hint
    wave = taken(rows, wave=[ONE_STRATUM, ('weight = "vaegt"', 'weight = "vaegt"\nzero_weight = "outside"')])
    # Guards against people outside the sample being dropped with their PSU, or counted as answers.
    assert wave.respondents.height == 2
    assert wave.scores["tryg"].to_list() == [None, 1]
    assert wave.answers["safe"].to_list() == [1, 1]


def test_an_extreme_weight_is_a_warning(taken):
    wave = taken()
    found = {one.code: one for one in taken(rows_with(*(f"{i};1;1;101;1;39;1;1" for i in range(9)),
                                                      "x;21;1;101;1;39;1;1"), wave=[ONE_STRATUM]).findings}  # fmt: skip
    assert found["weight_extreme"].rows == (10,)
    assert found["weight_extreme"].severity == "warning"
    assert wave.respondents.height == 6


def test_more_sampled_than_live_there_is_refused(refused):
    # Guards against a finite population correction below zero.
    found = refused(wave=[("1 = 100", "1 = 1")])
    assert found["population_too_small"].message == "stratum 1: 2 sampled out of a population of 1"


def test_few_unknown_areas_are_a_warning_and_become_null(taken):
    rows = rows_with(*(f"{i};1;1;101;1;39;1;1" for i in range(30)), "x;1;1;nowhere;1;39;1;1")
    wave = taken(rows, wave=[ONE_STRATUM])
    assert wave.respondents["unit"].to_list() == ["101"] * 30 + [None]
    assert [one.severity for one in wave.findings if one.code == "unknown_area"] == ["warning"]


def test_an_item_nobody_answered_is_a_warning(taken):
    found = taken(rows_with("a;1;1;101;1;39;9;1", "b;1;1;101;1;39;;1"), wave=[ONE_STRATUM]).findings
    assert [one.where for one in found if one.code == "empty_item"] == ["safe (q1)"]


def test_a_delivery_without_rows_is_refused(refused):
    assert "empty_delivery" in refused(rows_with())


def test_a_refusal_survives_a_process_boundary():
    finding = Finding("unknown_code", "error", "x", "y", 1, (2,))
    error = pickle.loads(pickle.dumps(Refused("no", where="a", hint="b", findings=(finding,))))  # noqa: S301 our own
    assert (str(error), error.findings) == (str(Refused("no", where="a", hint="b")), (finding,))


def test_a_wave_that_is_not_defined_is_a_usage_error(made):
    with pytest.raises(UsageError, match="no wave '2030'"):
        accept(made(), "proeve", "2030")
