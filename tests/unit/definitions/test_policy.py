import pytest

from tryghed.definitions.policy import ReleaseRules
from tryghed.definitions.toml import read
from tryghed.errors import DefinitionError


def rules(tmp_path, families):
    path = tmp_path / "release.toml"
    path.write_text(f'version = "1"\n[families]\n{families}\n', encoding="utf-8")
    return read(path, ReleaseRules).families


def test_the_level_of_a_release_may_be_divided_otherwise(tmp_path):
    assert rules(tmp_path, "headline = 0.03\nother = 0.01").headline == 0.03


def test_families_cannot_have_more_than_one_in_twenty_together(tmp_path):
    # Each level alone is allowed, so that only their sum can tell.
    with pytest.raises(DefinitionError, match=r"families: .* add up to 0.06; a release has 0.05 in all"):
        rules(tmp_path, "headline = 0.03")
