"""What people wrote is kept with its wave only, read by who may, and never without a line in the audit log."""

import os
import stat
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from made_waves import wave

from tryghed import custody
from tryghed.definitions.project import load
from tryghed.errors import StoreError, UsageError
from tryghed.store import audit, erasure, free_text, generations, warehouse
from tryghed.store.erasure import Tombstone

WAVE = ("tryghed", "2025")
FILE = "a" * 64
TEXTS = pl.DataFrame({
    "respondent": ["2", "1", "3"], "question": ["where", "where", "why"],
    "text": ["ved stien", "i gården, ring 23 45 67 89", "mørkt"],
})  # fmt: skip


@pytest.fixture
def project(tmp_path):
    made = load(Path(__file__).parents[3])
    wave_too = made.waves["tryghed"]["2025"].model_copy(update={"free_text": {"where": "a", "why": "b"}})
    waves = made.waves | {"tryghed": {**made.waves["tryghed"], "2025": wave_too}}
    made = replace(made, folder=tmp_path, waves=waves)
    warehouse.publish(tmp_path, wave("2025", sha256=FILE))
    free_text.keep(tmp_path, *WAVE, FILE, TEXTS)
    return made


def test_texts_are_told_masked_and_without_who_wrote_them(project):
    # Guards against a pseudonym beside a text, an order that is that of the rows, and masks of an earlier version.
    read = custody.texts(project, *WAVE, because="categories")

    assert read.rows() == [("where", "i gården, ring [telefon]"), ("where", "ved stien"), ("why", "mørkt")]


def test_who_read_what_and_why_is_in_the_log(project):
    custody.texts(project, *WAVE, because="categories", questions=["why"])

    entry = audit.read(project.folder)[-1]
    assert (entry.command, entry.outcome, entry.survey, entry.wave) == ("texts", "read", *WAVE)
    assert (entry.because, entry.target, entry.rows) == ("categories", "why", 1)
    assert entry.user


def test_who_may_not_read_them_is_refused_and_that_is_logged(project, monkeypatch):
    def denied(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(StoreError, match="may not be read by you: Permission denied"):
        free_text.read(project.folder, *WAVE)
    monkeypatch.undo()
    place = free_text.path(project.folder, *WAVE)
    place.chmod(0o640)

    with pytest.raises(StoreError, match=r"can be read by others than its owner \(640\)"):
        custody.texts(project, *WAVE, because="curious")

    assert [(one.command, one.outcome) for one in audit.read(project.folder)] == [("texts", "refused")]


def test_what_is_not_there_is_told(project):
    with pytest.raises(UsageError, match="no free text whom in tryghed/2025"):
        custody.texts(project, *WAVE, because="x", questions=["whom"])
    with pytest.raises(UsageError, match="nothing is kept of what people wrote"):
        custody.texts(project, "tryghed", "2024", because="x")


def test_reading_does_not_look_like_another_import(project):
    audit.record(project.folder, "ingest", survey=WAVE[0], wave=WAVE[1], sha256=FILE)
    custody.texts(project, *WAVE, because="x")

    assert audit.knows(project.folder, *WAVE, FILE)


def test_texts_of_a_wave_that_was_erased_or_replaced_meanwhile_are_not_kept(project):
    # Guards against an import that was slower than an erasure and puts the texts back.
    erasure.erase(project.folder, WAVE, Tombstone("x", "not-required"))
    free_text.path(project.folder, *WAVE).unlink()
    free_text.keep(project.folder, *WAVE, FILE, TEXTS)
    warehouse.publish(project.folder, wave("2025", sha256="b" * 64), again="x")
    free_text.keep(project.folder, *WAVE, FILE, TEXTS)

    assert not free_text.path(project.folder, *WAVE).exists()


def test_texts_wait_for_who_holds_the_store(project):
    with generations.writing(project.folder), pytest.raises(StoreError, match="another command is writing it"):
        free_text.keep(project.folder, *WAVE, FILE, TEXTS)


def test_texts_are_their_owners_alone(project):
    place = free_text.path(project.folder, *WAVE)

    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert os.listdir(place.parent) == ["tryghed-2025.parquet"]  # noqa: PTH208 hidden files too
