"""The wheel is whole: installed elsewhere it begins a project and checks it."""

import subprocess
import sys
import zipfile

import pytest

from tests.e2e.conftest import REPOSITORY


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        folder,
        REPOSITORY,
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (made,) = folder.glob("tryghed-*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Run the wheel's own code, with nothing of the repository on the path."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    code = (
        f"import sys; sys.path.insert(0, {str(folder / 'site')!r}); import tryghed; "
        f"assert tryghed.__file__.startswith({str(folder)!r}); from tryghed.cli.main import main; main()"
    )

    def run(*arguments):
        command = [sys.executable, "-I", "-c", code, *map(str, arguments)]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=120)

    return folder, run


def test_the_wheel_carries_the_starting_project_and_no_data(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()

    start = "tryghed/starting_project"
    carried = (
        "surveys/tryghed/survey.toml policy/release.toml queries/estimate/strata.sql "
        "queries/analysis/share_by_area.sql "
        "reports/district.toml reports/templates/report.css reports/templates/fonts/IBMPlexSans-Regular.woff2 "
        "surveys/areas/survey_districts_13.geojson"
    )
    for part in carried.split():
        assert f"{start}/{part}" in names
    assert not [name for name in names if name.endswith((".sav", ".duckdb", ".xpt", ".pyc"))]


def test_it_tells_its_version_begins_a_project_and_checks_it(installed):
    folder, run = installed

    assert "0.1.0" in run("--version").stdout
    run("init", folder / "mine")
    checked = run("check", "--project", folder / "mine")

    assert "templates" in checked.stderr
    assert not (folder / "mine" / "reports" / "templates").exists()
