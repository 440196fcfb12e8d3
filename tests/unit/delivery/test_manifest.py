import pytest

from tryghed.delivery.manifest import Entry, checksum, fingerprint, is_current, read, write
from tryghed.errors import DeliveryError


def test_a_file_is_current_until_it_or_its_inputs_change(tmp_path):
    page = tmp_path / "page.pdf"
    page.write_bytes(b"page")
    write(tmp_path, {"page.pdf": Entry("inputs", checksum(page))})
    known = read(tmp_path)

    assert is_current(page, "inputs", known)
    assert not is_current(page, "other inputs", known)
    page.write_bytes(b"edited by hand")
    assert not is_current(page, "inputs", known)


def test_no_manifest_knows_no_file(tmp_path):
    assert read(tmp_path) == {}


def test_a_damaged_manifest_is_told(tmp_path):
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")

    with pytest.raises(DeliveryError, match="not a manifest"):
        read(tmp_path)


def test_fingerprints_keep_parts_apart():
    # guards against ("ab", "c") and ("a", "bc") being one and the same
    assert fingerprint(["ab", "c"]) != fingerprint(["a", "bc"])
