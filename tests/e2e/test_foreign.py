"""Somebody else's suite, on the built wheel in an environment of its own: 200 tests, none in another's way."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(900)]

ROOT = Path(__file__).resolve().parent.parent.parent
TESTS, SECONDS = 200, 60
"""So many tests in so long on two cores: the promise of docs/testing.md."""


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Done well, or the output of what failed. Nothing of this process's Python reaches the other one."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SOCLES_", "PYTEST_"))}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-6000:]}\n{done.stderr[-4000:]}"
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as for a release."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("socles-*.whl")
    return built


@pytest.fixture(scope="module")
def project(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The foreign project with its ``.venv``, far from our own files."""
    folder = tmp_path_factory.mktemp("elsewhere") / "foreign"
    shutil.copytree(ROOT / "tests" / "foreign", folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    run(sys.executable, "-m", "venv", ".venv", cwd=folder)
    versions = ROOT / "requirements" / "dev.txt"
    wanted = (f"{wheel}[testing]", "pytest-xdist", "--constraint", versions)
    run(folder / ".venv/bin/python", "-m", "pip", "install", "--quiet", *wanted, cwd=folder)
    return folder


def test_200_tests_in_separate_workspaces_within_a_minute(project: Path) -> None:
    started = time.monotonic()
    run(project / ".venv/bin/pytest", "-q", "-n", "auto", "--junitxml=result.xml", cwd=project)
    seconds = time.monotonic() - started

    (suite,) = ElementTree.parse(project / "result.xml").getroot()
    print(f"\n{suite.get('tests')} tests of a foreign project: {seconds:.1f} s")
    workspaces = {found.get("value") for found in suite.iterfind(".//property[@name='workspace']")}
    assert len(workspaces) == int(suite.get("tests", 0)) >= TESTS
    assert seconds < SECONDS


def test_nothing_comes_from_our_own_files(project: Path) -> None:
    code = "import dmp_sim, sandbox, socle, socles; print(dmp_sim, sandbox, socle, socles)"

    assert run(project / ".venv/bin/python", "-c", code, cwd=project).stdout.count("site-packages") == 4


def test_the_wheel_needs_no_pytest_to_serve(project: Path) -> None:
    code = "import sys, sandbox.launcher, socles; assert 'pytest' not in sys.modules"

    run(project / ".venv/bin/python", "-c", code, cwd=project)
