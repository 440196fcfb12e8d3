"""The key of a panel is never made anew while its waves are in the store."""

import shutil
from datetime import date

import pytest

from tryghed.definitions import project
from tryghed.errors import DataError
from tryghed.frames import Decision
from tryghed.ingestion import Said, examined, ingest

PANEL = ('stratum = "lag"', 'stratum = "lag"\npanel = "borgere"')


@pytest.fixture
def waves(made, tmp_path):
    """A project with two waves of a panel, the first of them loaded."""
    made(wave=[PANEL])
    one = tmp_path / "surveys" / "proeve" / "2025.toml"
    text = one.read_text(encoding="utf-8").replace("2025", "2026").replace("wave.csv", "next.csv")
    one.with_name("2026.toml").write_text(text, encoding="utf-8")
    shutil.copyfile(tmp_path / "deliveries" / "wave.csv", tmp_path / "deliveries" / "next.csv")
    loaded = project.load(tmp_path)
    load(loaded, "2025")
    return loaded


def load(of, wave):
    (looked,) = examined(of, [("proeve", wave)], print, said=Said())
    codes = {one.code for one in looked.findings if one.severity == "warning"}
    taken = tuple(Decision(code, "en prøve", "testen", date(2026, 1, 2)) for code in codes)
    return ingest(of, [("proeve", wave)], print, said=Said(decisions=taken))


def test_a_lost_key_is_asked_for_and_not_replaced(waves):
    # Guards against people of a panel who are somebody else in the next wave, without a word.
    key = waves.folder / "keys" / "panels" / "borgere.key"
    kept = key.read_bytes()
    key.unlink()

    for wave in ("2025", "2026"):
        with pytest.raises(DataError, match=r"the key of the panel of 2025 is not there"):
            load(waves, wave)
    assert not key.exists()

    key.write_bytes(kept)
    assert load(waves, "2026")[0].changed


def test_the_first_wave_of_a_panel_makes_the_key(waves):
    assert (waves.folder / "keys" / "panels" / "borgere.key").exists()


def test_waves_that_are_loaded_can_become_a_panel(made, tmp_path):
    # Guards against a key that is asked for before there ever was one, and against one that stands for nobody.
    made()
    definition = tmp_path / "surveys" / "proeve" / "2025.toml"
    load(project.load(tmp_path), "2025")
    own, shared = tmp_path / "keys" / "proeve-2025.key", tmp_path / "keys" / "panels" / "borgere.key"
    assert own.exists()

    definition.write_text(definition.read_text(encoding="utf-8").replace(*PANEL), encoding="utf-8")
    assert load(project.load(tmp_path), "2025")[0].changed
    assert (own.exists(), shared.exists()) == (False, True)

    shared.unlink()
    with pytest.raises(DataError, match=r"the key of the panel of 2025 is not there"):
        load(project.load(tmp_path), "2025")
