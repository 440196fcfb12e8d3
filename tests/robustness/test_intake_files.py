"""Awkward and damaged files: each is read, or refused with one error that says what to do."""

from pathlib import Path

import pytest

from tryghed.definitions.wave import Csv, Delivery
from tryghed.errors import DataError
from tryghed.intake import readers

DATA = Path(__file__).parents[3] / "shared" / "data" / "robustness"
EXPECTED = DATA / "expected_pyreadstat_1.3.7.tsv"
READ_HERE_ONLY = {"haven/tests/testthat/spss/datetime.sav": (2, 3)}

needs_data = pytest.mark.skipif(not EXPECTED.exists(), reason="needs ../shared/data/robustness")


def _files():
    if not EXPECTED.exists():
        return []
    lines = [[*line.split("\t"), "", ""] for line in EXPECTED.read_text(encoding="utf-8").splitlines()[1:]]
    return [pytest.param(*line[:5], id=line[0]) for line in lines]


@needs_data
@pytest.mark.parametrize(("name", "size", "result", "rows", "columns"), _files())
def test_every_file_is_read_or_refused(name, size, result, rows, columns):
    # Guards against a crash, a traceback, or fewer rows than the file has.
    path = DATA / name
    assert path.stat().st_size == int(size)
    delivery = Delivery(file=path.name, rows=int(rows) if rows and path.suffix == ".xpt" else None)
    shape = READ_HERE_ONLY.get(name) or ((int(rows), int(columns)) if result == "OK" else None)
    if shape is None:
        with pytest.raises(DataError) as caught:
            readers.read(path, delivery)
        assert path.name in caught.value.where
        assert caught.value.hint
    else:
        assert readers.read(path, delivery).rows.shape == shape


@needs_data
def test_half_a_transport_file_is_refused():
    # Guards against half a survey: 5,082 of 10,195 rows open without a complaint.
    path = DATA / "derived" / "truncated_half.xpt"
    (found,) = readers.read(path, Delivery(file=path.name, rows=10_195)).findings
    assert (found.code, found.severity) == ("other_rows", "error")
    assert found.message == "5,082 rows, the definition has 10,195"


@needs_data
def test_text_cut_off_within_a_row_is_refused_with_its_line():
    path = DATA / "derived" / "truncated_mid_row.csv"
    lines = path.read_bytes().count(b"\n") + 1
    with pytest.raises(DataError, match=f"line {lines}: unexpected end of data"):
        readers.read(path, Delivery(file=path.name, csv=Csv(separator=",", decimal=".")))


@needs_data
def test_letters_beyond_ascii_survive():
    rows = readers.read(DATA / "haven/tests/testthat/spss/umlauts.sav", Delivery(file="umlauts.sav"))
    labels = "".join(label for labels in rows.value_labels.values() for label in labels.values())
    assert "ä" in labels
