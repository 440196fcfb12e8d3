import hashlib
import os

import polars as pl
import pyreadstat
import pytest
import xlsxwriter

from tryghed.definitions.wave import Csv, Delivery, Part
from tryghed.errors import DataError
from tryghed.intake import isolation, readers


@pytest.fixture
def put(tmp_path):
    """Return a function that writes a file and gives its path."""

    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def read(path, **delivery):
    return readers.read(path, Delivery(file=path.name, **delivery))


def error(path, **delivery):
    with pytest.raises(DataError) as caught:
        read(path, **delivery)
    assert path.name in caught.value.where
    return caught.value


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("nr;sted\n1;Østerbro\n", "utf-8"),
        ("nr;sted\n1;Østerbro\n", "utf-8-sig"),
        ("nr;sted\n1;Østerbro\n", "cp1252"),
        ("nr;sted\n1;Østerbro\n", "utf-16"),
        ("nr;sted\r\n1;Østerbro\r\n", "utf-8"),
        ("nr;sted\r1;Østerbro\r", "utf-8"),
        ("sep=;\r\nnr;sted\r\n1;Østerbro", "cp1252"),
        ("sep=,\nnr,sted\n1,Østerbro\n", "utf-8"),
        ("nr;sted;\n1;Østerbro;\n\n", "utf-8"),
    ],
)
def test_csv_as_programs_write_it(put, content, encoding):
    # Guards against æøå garbled, a byte-order mark in the first column's name, and Excel's sep= line as header.
    assert read(put("a.csv", content.encode(encoding))).rows.to_dicts() == [{"nr": "1", "sted": "Østerbro"}]


def test_csv_values_stay_text(put):
    # Guards against a leading zero lost to a guess.
    rows = read(put("a.csv", 'nr;navn\n007;"a;b ""c""\nd"\n;\n08;\n')).rows
    assert rows.to_dict(as_series=False) == {"nr": ["007", None, "08"], "navn": ['a;b "c"\nd', None, None]}


def test_blank_rows_at_the_end_of_csv_are_no_rows(put):
    # Guards against people without a number where a spreadsheet kept the rows that somebody deleted.
    rows = read(put("a.csv", "nr;navn\n1;a\n;\n2;b\n;\n ; \n\n"), rows=3).rows
    assert rows.to_dict(as_series=False) == {"nr": ["1", None, "2"], "navn": ["a", None, "b"]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a;b\n1;2\n3\n4;5;6\n", "2 rows do not have the 2 fields of the first line: line 3 has 1; line 4 has 3"),
        ('a;b\n"1\n1";2\n3;"4\n5;6\n', "line 4: unexpected end of data"),
        ("a;b;a\n1;2;3\n", "several columns are called a"),
        ("a;;b\n1;2;3\n", "column 2 has values, but no name"),
        ("a,b,c\n1,2,3\n", "only one column, whose name has 2 ','"),
        ("a;b\n1;2\n\0;\0\n", "is not text in utf-8 or cp1252"),
    ],
)
def test_torn_csv_is_refused_with_its_line(put, content, message):
    # Guards against half a file, or shifted columns, taken for a delivery.
    assert message in error(put("a.csv", content)).message


def test_a_declared_encoding_is_kept_to(put):
    path = put("a.csv", "nr;sted\n1;Østerbro\n".encode("cp1252"))
    assert "is not text in utf-8" in error(path, csv=Csv(encoding="utf-8")).message


def test_sav_with_labels_and_missing_codes(tmp_path):
    path = tmp_path / "a.sav"
    rows = pl.DataFrame({"q1": [1.0, 8.0, None], "navn": ["a", "b", "c"]})
    pyreadstat.write_sav(
        rows, path, column_labels={"q1": "Hvor tryg?"}, variable_value_labels={"q1": {1: "Tryg", 8: "Ved ikke"}},
        missing_ranges={"q1": [{"lo": 8, "hi": 9}]},
    )  # fmt: skip
    delivered = read(path)
    assert delivered.rows.equals(rows, null_equal=True)
    assert delivered.labels == {"q1": "Hvor tryg?"}
    assert delivered.value_labels == {"q1": {1.0: "Tryg", 8.0: "Ved ikke"}}
    # A range stands for the codes that occur in it.
    assert delivered.user_missing == {"q1": frozenset({8.0})}
    assert delivered.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_dta_is_read(tmp_path):
    pyreadstat.write_dta(pl.DataFrame({"q1": [1.0, 2.0]}), tmp_path / "a.dta")
    assert read(tmp_path / "a.dta").rows["q1"].to_list() == [1.0, 2.0]


def test_xpt_needs_its_row_count(tmp_path):
    # Guards against half a survey: the format cannot tell that it was cut off.
    pyreadstat.write_xport(pl.DataFrame({"q1": [1.0, 2.0]}), tmp_path / "a.xpt", table_name="A")
    assert "its rows must be known" in error(tmp_path / "a.xpt").message
    assert [one.message for one in read(tmp_path / "a.xpt", rows=3).findings] == ["2 rows, the definition has 3"]
    assert read(tmp_path / "a.xpt", rows=2).rows["q1"].to_list() == [1.0, 2.0]


def workbook(path, sheets):
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
    return path


def test_xlsx_keeps_text_among_numbers(tmp_path):
    # Guards against a column of numbers in which "ukendt" silently becomes blank.
    path = workbook(tmp_path / "a.xlsx", {"Data": [["nr", "vaegt"], [1, 0.1], [2, "ukendt"], [3, None]]})
    assert read(path).rows.to_dict(as_series=False) == {"nr": ["1", "2", "3"], "vaegt": ["0.1", "ukendt", None]}


def test_xlsx_cells_that_hold_an_error_are_told(tmp_path):
    # Guards against a lookup that failed, taken for somebody who did not answer.
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("A & B").write_formula(5, 5, "=1/0", value="#DIV/0!")
        sheet = book.add_worksheet("svar")
        sheet.write_row(0, 0, ["nr", "rode", "#N/A"])
        sheet.write_row(1, 0, [1, 101, "x"])
        sheet.write_number(2, 0, 2)
        sheet.write_formula(2, 1, "=NA()", value="#N/A")

    (told,) = read(path, sheet="svar").findings

    assert (told.code, told.severity, told.count) == ("cell_errors", "warning", 1)
    assert told.message.endswith("read as blank: B3")


def test_xlsx_with_several_sheets_needs_one_named(tmp_path):
    path = workbook(tmp_path / "a.xlsx", {"Forside": [["Hej"]], "Data": [["nr"], [1]]})
    assert "2 sheets: Forside, Data" in error(path).message
    assert "no sheet 'data'" in error(path, sheet="data").message
    assert read(path, sheet="Data").rows.to_dicts() == [{"nr": "1"}]


def test_xlsx_with_columns_of_one_name_is_refused(tmp_path):
    assert "several columns are called a" in error(workbook(tmp_path / "a.xlsx", {"A": [["a", "a"], [1, 2]]})).message


def test_parquet_is_read_and_nested_columns_refused(tmp_path):
    rows = pl.DataFrame({"nr": [1, 2], "sted": pl.Series(["a", "b"], dtype=pl.Categorical)})
    rows.write_parquet(tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet").rows.to_dict(as_series=False) == {"nr": [1, 2], "sted": ["a", "b"]}
    pl.DataFrame({"nr": [[1, 2]]}).write_parquet(tmp_path / "b.parquet")
    assert "nr (List(Int64))" in error(tmp_path / "b.parquet").message


def test_a_missing_file_says_what_is_there(tmp_path, put):
    put("wave_2025.sav", "x")
    assert "wave_2025.sav" in error(tmp_path / "wave_2025.zsav").hint
    assert "no folder" in error(tmp_path / "nowhere" / "a.sav").hint


@pytest.mark.parametrize(
    ("name", "content", "seen"),
    [
        ("a.sav", b"%PDF-1.7 ...", "looks like a PDF"),
        ("a.csv", b"PK\x03\x04....", "looks like a ZIP archive or an Excel workbook (.xlsx)"),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "looks like an old Excel workbook (.xls), or one that is locked",
        ),
        ("a.sav", b"\x1c" + bytes(7) + b"ENCRYPTEDSAV", "looks like an SPSS file that is locked with a password"),
        ("a.csv", b"-----BEGIN PGP MESSAGE-----\n\n", "looks like a file that is encrypted with PGP"),
        ("a.dta", b"nr;vaegt\n1;2\n", "looks like a text file"),
        ("a.parquet", b"\x00\x01\x02", "looks like something else"),
        ("a.sav", b"", "the file is empty (0 bytes)"),
    ],
)
def test_a_wrong_file_is_called_what_it_is(put, name, content, seen):
    assert seen in error(put(name, content)).message


def test_a_folder_is_not_a_file(tmp_path):
    (tmp_path / "a.sav").mkdir()
    assert "is a folder" in error(tmp_path / "a.sav").message


def test_a_file_that_changes_while_it_is_read_is_refused(put, monkeypatch):
    # Guards against rows of one file under the checksum of another, where a copy is still under way.
    path = put("a.csv", "nr;sted\n1;Valby\n")
    run = isolation.run

    def read_and_change(task):
        found = run(task)
        path.write_bytes(b"nr;sted\n1;Valby\n2;Vanl\xc3\xb8se\n")
        return found

    monkeypatch.setattr(isolation, "run", read_and_change)

    assert "changed while it was read" in error(path).message


def test_a_pipe_or_a_device_is_not_a_file(tmp_path):
    # Guards against an import that waits for ever, for somebody to write or for /dev/zero to end.
    os.mkfifo(tmp_path / "a.csv")
    (tmp_path / "b.csv").symlink_to("/dev/zero")
    for name in ("a.csv", "b.csv"):
        assert "is a pipe or a device" in error(tmp_path / name).message


def test_an_unknown_ending_lists_the_formats(put):
    assert "sav, zsav, por, dta" in error(put("a.ods", "x")).hint


def test_a_declared_format_overrules_the_ending(put):
    assert read(put("a.txt", "nr;x\n1;2\n"), format="csv").rows.height == 1


def test_another_file_than_agreed_is_refused_with_both_digests(put):
    path = put("a.csv", "nr;x\n1;2\n")
    refusal = error(path, sha256="0" * 64).message
    assert "0" * 64 in refusal
    assert hashlib.sha256(path.read_bytes()).hexdigest() in refusal


def test_another_number_of_rows_is_found_and_the_rest_is_looked_at_all_the_same(put):
    # Guards against a first mistake that hides all others: the file was not read further, and each was told in turn.
    (found,) = read(put("a.csv", "nr;x\n1;2\n"), rows=2).findings
    assert (found.code, found.severity, found.where) == ("other_rows", "error", "a.csv")
    assert found.message == "1 row, the definition has 2"


def test_files_are_joined_on_their_key(tmp_path, put):
    put("b.csv", "nr;x\n3;c\n1;a\n9;i\n")
    delivered = read(put("a.csv", "nr;y\n1;1\n2;2\n3;3\n"), join=[Part(file="b.csv", key="nr")])
    # Guards against rows put beside the wrong person, and people dropped because a further file lacks them.
    assert delivered.rows.to_dict(as_series=False) == {
        "nr": ["1", "2", "3"],
        "y": ["1", "2", "3"],
        "x": ["a", None, "c"],
    }
    assert [(one.severity, one.rows) for one in delivered.findings] == [("info", (2,)), ("warning", (3,))]
    assert list(delivered.files) == ["a.csv", "b.csv"]
    before = delivered.sha256
    put("b.csv", "nr;x\n3;c\n1;a\n9;j\n")
    # Guards against a corrected second file taken for already loaded.
    assert read(tmp_path / "a.csv", join=[Part(file="b.csv", key="nr")]).sha256 != before


@pytest.mark.parametrize(
    ("further", "message"),
    [
        ("nr;x\n1;a\n1;b\n", "rows without nr: 0; rows with one that others have too: 2"),
        ("nr;x\n1;a\n;b\n", "rows without nr: 1; rows with one that others have too: 0"),
        ("id;x\n1;a\n", "no column 'nr' to join on"),
        ("nr;y\n1;a\n", "columns y are in a.csv too"),
    ],
)
def test_a_join_that_would_multiply_or_mix_rows_is_refused(put, further, message):
    put("b.csv", further)
    with pytest.raises(DataError, match=message):
        read(put("a.csv", "nr;y\n1;1\n"), join=[Part(file="b.csv", key="nr")])


def test_parts_are_found_where_the_project_has_them(tmp_path, put):
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    put("first/a.csv", "nr;y\n1;1\n")
    put("second/b.csv", "nr;x\n1;2\n")
    delivery = Delivery(file="first/a.csv", join=[Part(file="second/b.csv", key="nr")])
    assert readers.read(tmp_path / "first" / "a.csv", delivery).rows.row(0) == ("1", "1", "2")
