"""The demo city, built once for the tests of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pyreadstat
import pytest

from tryghed.definitions.project import Project, load
from tryghed.demo.build import build


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("city") / "demo"
    build(folder)
    return folder


@pytest.fixture(scope="session")
def project(built) -> Project:
    return load(built)


@pytest.fixture(scope="session")
def truth(built) -> pl.DataFrame:
    text = dict.fromkeys(("wave", "area"), pl.String)
    return pl.read_csv(built / "truth.csv", schema_overrides=text)


@pytest.fixture(scope="session")
def delivered(built, project) -> Mapping[tuple[str, str], tuple[pl.DataFrame, Any]]:
    """Every delivery as read back: rows with declared missing codes kept, and the file's codebook."""
    return {
        (survey, name): pyreadstat.read_sav(built / wave.delivery.file, user_missing=True, output_format="polars")
        for survey, waves in project.waves.items()
        for name, wave in waves.items()
    }
