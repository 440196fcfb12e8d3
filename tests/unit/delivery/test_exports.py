import csv
import io
import json
import stat
import zipfile
from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest

from tryghed.delivery import exports
from tryghed.errors import DeliveryError

ROWS = pl.DataFrame(
    {
        "area": ["amager-vest", "alle"],
        "n": [12345, None],
        "share": [0.71234, float("nan")],
        "weight": pl.Series([Decimal("-1234.5"), None], dtype=pl.Decimal(38, 9)),
        "day": [date(2025, 1, 31), None],
    }
)
PAYLOADS = [
    "=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "＋1", "－1", "＠1",
    "=cmd|' /C calc'!A0", '=HYPERLINK("http://x")', "http://x.dk", "mailto:x@x.dk", "file:///etc/passwd", "internal:A1",
]  # fmt: skip


def test_the_table_is_danish_and_aligned():
    assert exports.write(ROWS, None, "table") == (
        "area              n   share    weight  day\n"
        "amager-vest  12.345  0,7123  −1.234,5  2025-01-31\n"
        "alle\n"
    )  # fmt: skip


def test_a_column_has_the_decimals_its_numbers_need_four_at_most_and_halves_go_up():
    # Python's own formatting gives "0,1234" for 0.12345 and "−0,0000" for -0.00001.
    rows = pl.DataFrame({"share": [0.12345, -0.00001], "mean": [9.0625, 1.0], "size": [1234567.5, 1.0]})

    assert exports.table(rows).splitlines()[1:] == ["0,1235  9,0625  1.234.567,5", "0,0000  1,0000          1,0"]


def test_a_p_is_never_told_as_0_and_files_keep_the_number():
    # Guards against 0,0000 for a p of 0.00001; a share that small is rounded as any other number.
    rows = pl.DataFrame(
        {"q_p": [0.00001, 0.5, None], "p_adjusted": [0.0, 0.0001, 0.00009], "share": [0.00001, 0.5, None]}
    )

    assert [line.split() for line in exports.table(rows).splitlines()[1:]] == [
        ["<0,0001", "<0,0001", "0,0000"], ["0,5000", "0,0001", "0,5000"], ["<0,0001"],
    ]  # fmt: skip
    assert "0,00001;0,0;0,00001" in exports.write(rows, None, "csv")
    assert '"q_p": 1e-05' in exports.write(rows, None, "json")
    book = zipfile.ZipFile(io.BytesIO(exports.write(rows, None, "xlsx")))
    assert b"<v>1E-05</v>" in book.read("xl/worksheets/sheet1.xml")
    assert b"[&lt;0.0001]&quot;&lt;0,0001&quot;;#,##0.0000" in book.read("xl/styles.xml")


def test_a_wide_table_shortens_text_and_then_goes_on_below():
    rows = pl.DataFrame({"area": ["x" * 200]} | {f"share_of_indicator_{i}": [0.5] for i in range(6)})

    text = exports.table(rows, width=100)

    assert max(map(len, text.splitlines())) <= 100
    assert text.count("area") == 2
    assert text.count("xxxxxxxxxxx…") == 2


def test_terminal_text_cannot_move_the_cursor():
    text = exports.table(pl.DataFrame({"a": ["x\x1b[2Jy\nz"]}))

    assert text == "a\nx [2Jy z\n"


def test_csv_opens_in_a_danish_excel(tmp_path):
    content = exports.write(ROWS, tmp_path / "a.csv", "csv")

    assert content == "area;n;share;weight;day\r\namager-vest;12345;0,71234;-1234,500000000;2025-01-31\r\nalle;;;;\r\n"
    assert (tmp_path / "a.csv").read_bytes() == b"\xef\xbb\xbf" + content.encode()


@pytest.mark.parametrize("payload", PAYLOADS[:14])
def test_csv_carries_no_formula(payload):
    text = exports.write(pl.DataFrame({payload: [payload], "x": ["æ;ø"]}), None, "csv")

    cells = [cell for line in csv.reader(io.StringIO(text, newline=""), delimiter=";") for cell in line]
    assert cells == ["'" + payload, "x", "'" + payload, "æ;ø"]


def test_excel_carries_no_formula_and_no_link():
    content = exports.write(pl.DataFrame({"text": PAYLOADS}), None, "xlsx")

    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "hyperlink" not in sheet
        assert not [name for name in book.namelist() if "rels" in name and "worksheets" in name]


def test_excel_reads_back(tmp_path):
    exports.write(ROWS, tmp_path / "a.xlsx", "xlsx")

    back = pl.read_excel(tmp_path / "a.xlsx")
    assert back.rows() == [("amager-vest", 12345, 0.71234, -1234.5, date(2025, 1, 31)), ("alle",) + (None,) * 4]


def test_what_does_not_fit_into_excel_is_refused():
    with pytest.raises(DeliveryError, match="40,000 characters"):
        exports.write(pl.DataFrame({"text": ["x" * 40_000]}), None, "xlsx")


def test_json_has_no_nan():
    records = json.loads(exports.write(ROWS, None, "json"))

    assert records[0] == {
        "area": "amager-vest", "n": 12345, "share": 0.71234, "weight": -1234.5, "day": "2025-01-31",
    }  # fmt: skip
    assert records[1]["share"] is None
    assert exports.write(ROWS.clear(), None, "json") == "[]\n"


def test_nested_values_and_moments():
    rows = pl.DataFrame({"s": [{"n": 1, "w": Decimal("1.5")}], "at": [datetime(2025, 1, 2, 3, 4, 5, 678)]})

    assert exports.write(rows, None, "csv").splitlines()[1] == '"{""n"": 1, ""w"": 1.5}";2025-01-02 03:04:05'


@pytest.mark.parametrize("form", exports.FORMATS)
def test_the_same_table_gives_the_same_bytes(form, tmp_path):
    first, again = (exports.write(ROWS, tmp_path / f"{i}.{form}", form) for i in range(2))

    assert first == again
    assert (tmp_path / f"0.{form}").read_bytes() == (tmp_path / f"1.{form}").read_bytes()
    assert stat.S_IMODE((tmp_path / f"0.{form}").stat().st_mode) == 0o600


def test_parquet_reads_back(tmp_path):
    exports.write(ROWS, tmp_path / "a.parquet", "parquet")

    assert pl.read_parquet(tmp_path / "a.parquet").equals(ROWS, null_equal=True)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    target = tmp_path / "a.csv"
    target.write_text("old", encoding="utf-8")

    def fail(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exports.os, "fsync", fail)
    with pytest.raises(DeliveryError, match=r"a\.csv: cannot be written: No space left"):
        exports.write(ROWS, target, "csv")

    assert target.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_numbers_with_more_digits_than_a_float_knows_are_powers_of_ten():
    # The mistake: a traceback for 1e300.
    shown = exports.table(pl.DataFrame({"big": [1e300, -2.5e20, 1234.5]}))

    assert shown.split() == ["big", "1e+300", "\u22122,5e+20", "1.234,5"]
